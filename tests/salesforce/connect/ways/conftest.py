"""An org with every way in, and short words to connect by each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import attempts, certificates, connections, establishing
from app.salesforce.connect.connections import ConnectionStatus
from app.salesforce.connect.ways import Access
from app.salesforce.gateway import Gateway
from app.salesforce.models import Connection, Method
from devorg import DevorgConfig, users
from devorg.apps.app import app_from
from devorg.apps.codes import Code
from devorg.apps.passwords import DEFAULT_PASSWORD, DEFAULT_SECURITY_TOKEN
from devorg.server import RunningOrg, running
from tests.salesforce.scripted import ORGANIZATION

CALLBACK = "http://localhost:8000/oauth/callback"
KEY, SECRET = "devorg-client", "devorg-client-secret"
PASSWORD = DEFAULT_PASSWORD + DEFAULT_SECURITY_TOKEN
PAIR = certificates.make(ORGANIZATION)
WAYS = tuple(Method)


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    """An org that still lets passwords in."""
    config = DevorgConfig(org_id=ORGANIZATION, soap_login=True, password_flow=True)
    with running(config) as org:
        yield org


@pytest.fixture
def box(served: RunningOrg) -> RunningOrg:
    """The org at its seed, with an app that rotates refresh tokens and knows our certificate."""
    org = served.org
    org.reset()
    org.faults.clear()
    org.oauth.grants.end_all_of(KEY)
    org.oauth.reset()
    org.history.clear()
    policies(served, isRefreshTokenRotationEnabled=True, certificate=PAIR.certificate)
    policies(served, isPkceRequired=True, callbackUrls=[CALLBACK])
    org.oauth.grants.approve(org.oauth.apps.all()[0], user_of("integration"), frozenset({"api"}))
    return served


@pytest.fixture
def gateway(
    config: Config, database: Database, keyring: Keyring, box: RunningOrg
) -> Iterator[Gateway]:
    made = Gateway(settings_of(config, box), database, keyring)
    yield made
    made.close()


@pytest.fixture
def second(
    config: Config, database: Database, keyring: Keyring, box: RunningOrg
) -> Iterator[Gateway]:
    """Another process on the same database."""
    made = Gateway(settings_of(config, box), database, keyring)
    yield made
    made.close()


def settings_of(config: Config, box: RunningOrg) -> Config:
    return replace(
        config,
        salesforce_extra_origins=(box.url,),
        connect_client_id=KEY,
        connect_client_secret=SECRET,
        allow_password_login=True,
    )


def user_of(alias: str) -> users.User:
    found = users.find(alias)
    assert found is not None
    return found


def policies(box: RunningOrg, **changed: Any) -> None:
    """Change policies of the app."""
    apps = box.org.oauth.apps
    apps.save(app_from(changed, apps.find(KEY)))


def refresh_token(box: RunningOrg, alias: str = "admin") -> str:
    """What an admin got for their own app by some tool of theirs."""
    grants, app = box.org.oauth.grants, box.org.oauth.apps.find(KEY)
    assert app is not None
    grants.approve(app, user_of(alias), frozenset({"api", "refresh_token"}))
    return grants.issue(grants.open(app, user_of(alias), frozenset({"api", "refresh_token"})))


def connect(gateway: Gateway, box: RunningOrg, org: Org, way: Method, user: str = "admin") -> None:
    """Connect the org by a way in."""
    if way is Method.WEB_SERVER:
        connect_in_browser(gateway, box, org, user)
        return
    establishing.establish(gateway, org.id, access_by(box, way, user), by="test")


def access_by(box: RunningOrg, way: Method, user: str) -> Access:
    if way is Method.CLIENT_CREDENTIALS:
        return Access(way, box.url, KEY, SECRET)
    if way is Method.OWN_APP:
        return Access(way, box.url, KEY, SECRET, refresh_token=refresh_token(box, user))
    if way is Method.PASSWORD:
        return Access(way, box.url, username=user_of(user).username, password=PASSWORD)
    name = user_of("integration").username
    keys = {"private_key": PAIR.private_key, "certificate": PAIR.certificate}
    return Access(way, box.url, KEY, username=name, **keys)


def connect_in_browser(gateway: Gateway, box: RunningOrg, org: Org, user: str = "admin") -> None:
    """The web server flow without the browser: Salesforce hands out a code for the challenge."""
    with gateway.database.writing(org.id) as session:
        ticket = attempts.offer(session, actor="test", opener="session", login_url=box.url)
        begun = attempts.begin(session, gateway.keyring, ticket, "session")
        answered = attempts.answer(session, gateway.keyring, begun.state, begun.secret)
    scopes = frozenset(attempts.SCOPES.split())
    allowed = Code(KEY, user_of(user), scopes, CALLBACK, begun.challenge, None)
    establishing.establish_by_code(
        gateway,
        org.id,
        login_url=answered.login_url,
        code=box.org.oauth.codes.issue(allowed),
        verifier=answered.verifier,
        redirect_uri=CALLBACK,
        by="test",
    )


def status_of(gateway: Gateway, org: Org) -> ConnectionStatus:
    with gateway.database.reading(org.id) as session:
        found = connections.status(session)
    assert found is not None
    return found


def row_of(gateway: Gateway, org: Org) -> Connection:
    with gateway.database.reading(org.id) as session:
        return session.scalars(select(Connection)).one()


def paths(box: RunningOrg) -> list[str]:
    return [event.path for event in box.org.history.all()]


def call(gateway: Gateway, org: Org) -> None:
    gateway.for_org(org.id).resources(feature="test")
