"""An org in the box, an application that is let into it, and short words for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from app.config import Config, load
from app.console.permissions import Role
from app.db import Database
from app.orgs.models import Org
from app.salesforce.connect import connections
from app.salesforce.connect.connections import ConnectionStatus
from devorg import DevorgConfig, users
from devorg.apps.app import app_from
from devorg.server import RunningOrg, running
from tests.console.conftest import Visitor
from tests.support.application import APP_URL, ORG_ID, PAGES_URL, SECRET_KEY

KEY, SECRET = "devorg-client", "devorg-client-secret"
CALLBACK = f"{APP_URL}/oauth/callback"
PAGE = f"/console/orgs/{ORG_ID}/connect"
SignedIn = Callable[[Role], Visitor]


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    with running(DevorgConfig(org_id=ORG_ID, soap_login=True)) as org:
        yield org


@pytest.fixture
def box(served: RunningOrg) -> RunningOrg:
    oauth = served.org.oauth
    oauth.grants.end_all_of(KEY)
    oauth.reset()
    oauth.apps.save(app_from({"callbackUrls": [CALLBACK]}, oauth.apps.find(KEY)))
    return served


@pytest.fixture
def config(
    request: pytest.FixtureRequest, tmp_path: object, database_url: str, box: RunningOrg
) -> Config:
    """Settings with a Connect app, the org in the box, and addresses of ours."""
    return load(
        {
            "INLAY_SECRET_KEYS": SECRET_KEY,
            "INLAY_HOME": f"{tmp_path}/home",
            "INLAY_DATABASE_URL": database_url,
            "INLAY_APP_URL": APP_URL,
            "INLAY_PAGES_URL": PAGES_URL,
            "INLAY_SALESFORCE_EXTRA_ORIGINS": box.url,
            "INLAY_CONNECT_CLIENT_ID": KEY,
            "INLAY_CONNECT_CLIENT_SECRET": SECRET,
            "INLAY_OUTBOUND_ADDRESSES": "203.0.113.7",
            "INLAY_ALLOW_PASSWORD_LOGIN": "yes" if "password" in request.node.name else "no",
        }
    )


@pytest.fixture
def admin(signed_in: SignedIn) -> Visitor:
    return signed_in(Role.ORG_ADMIN)


def status_of(database: Database, org: Org) -> ConnectionStatus | None:
    with database.reading(org.id) as session:
        return connections.status(session)


def credentials(box: RunningOrg, secret: str = SECRET) -> dict[str, str]:
    return {"address": box.url, "client_id": KEY, "client_secret": secret}


def refresh_token(box: RunningOrg, alias: str = "rep") -> str:
    grants, app, user = box.org.oauth.grants, box.org.oauth.apps.find(KEY), users.find(alias)
    assert app is not None
    assert user is not None
    return grants.issue(grants.open(app, user, frozenset({"api", "refresh_token"})))
