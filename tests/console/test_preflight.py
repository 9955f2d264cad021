"""E7: the preflight's page: what is missing, for which feature, which set grants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.console.permissions import Role
from app.db import Database
from app.keys import Keyring
from app.orgs import features
from app.orgs.features import Feature
from app.orgs.models import Org
from app.salesforce.gateway import EXTENSION
from devorg import DevorgConfig
from devorg.faults import fault_from
from devorg.server import RunningOrg, running
from tests.console.conftest import Visitor
from tests.salesforce.conftest import connect
from tests.salesforce.preflight.conftest import hold
from tests.support.application import ORG_ID

SignedIn = Callable[[Role], Visitor]
PATH = f"/console/orgs/{ORG_ID}/preflight"


@pytest.fixture(scope="module")
def devorg() -> Iterator[RunningOrg]:
    """One org for the module; the integration user holds what the guide says."""
    with running(DevorgConfig(org_id=ORG_ID)) as org:
        hold(org)
        yield org


@pytest.fixture
def app(config: Config, database: Database, devorg: RunningOrg) -> Iterator[Flask]:
    """The application, allowed to call devorg."""
    devorg.org.faults.clear()
    made = create_app(replace(config, salesforce_extra_origins=(devorg.url,)), database=database)
    yield made
    made.extensions[EXTENSION].close()


@pytest.fixture
def connected(database: Database, keyring: Keyring, org: Org, devorg: RunningOrg) -> Org:
    """The org, connected."""
    connect(database, keyring, org, devorg.url)
    return org


def test_before_the_first_run_the_page_says_so(signed_in: SignedIn, org: Org) -> None:
    shown = signed_in(Role.ORG_ADMIN).get(PATH).text
    assert "Nothing was looked at yet." in shown
    assert "The org is not connected." in shown
    assert "Run now" not in shown


def test_an_admin_runs_it_and_sees_each_missing_right_with_its_set(
    signed_in: SignedIn, connected: Org, database: Database
) -> None:
    with database.system_writing() as session:
        features.switch(session, connected, Feature.ACTIVITY_TO_SALESFORCE, True, by="test")
    admin = signed_in(Role.ORG_ADMIN)
    assert admin.post(PATH).status_code == 303
    shown = admin.get(PATH).text
    missing = shown[shown.index('id="h-missing"') : shown.index('id="h-use"')]
    assert "Access Activities (ActivitiesAccess)" in missing
    assert "Assign to the integration user: <code>Inlay_Activity_Access</code>." in missing
    assert "for Activities" in missing
    assert 'data-verdict="missing"' in shown
    assert "<code>Inlay_Push_Access</code>" in shown  # of what is not switched on
    ticket = admin.get(f"{PATH}.txt")
    assert ticket.mimetype == "text/plain"
    assert "attachment" in ticket.headers["Content-Disposition"]
    assert "MISSING  The integration user lacks the user permission" in ticket.text


def test_a_hung_or_broken_org_is_told_and_the_last_answer_stays(
    signed_in: SignedIn, connected: Org, devorg: RunningOrg
) -> None:
    admin = signed_in(Role.ORG_ADMIN)
    admin.post(PATH)
    devorg.org.faults.add(fault_from({"kind": "status", "status": 503, "match": "/composite"}))
    shown = admin.post(PATH)
    assert shown.status_code == 200
    assert 'role="alert"' in shown.text
    assert "Salesforce cannot be reached" in shown.text
    assert "Nothing is missing for what is switched on." in shown.text


def test_whoever_asked_why_goes_back_there(signed_in: SignedIn, connected: Org) -> None:
    """X6: the page that names the cause is the one that shows the right which was found."""
    answer = signed_in(Role.ORG_ADMIN).post(PATH, why="ada@example.com")
    assert answer.location is not None
    assert answer.location.endswith("/why?q=ada@example.com&looked=1")


def test_a_viewer_looks_and_does_not_run(signed_in: SignedIn, connected: Org) -> None:
    viewer = signed_in(Role.VIEWER)
    assert "Run now" not in viewer.get(PATH).text
    assert viewer.post(PATH).status_code == 403


def test_a_degraded_connection_leads_to_the_preflight(
    signed_in: SignedIn, connected: Org, database: Database
) -> None:
    with database.system_writing() as session:
        features.switch(session, connected, Feature.SCORES, True, by="test")
    admin = signed_in(Role.ORG_ADMIN)
    admin.post(PATH)
    shown = admin.get(PATH.replace("preflight", "connect")).text
    assert 'data-condition="degraded"' in shown
    assert f'<a href="{PATH}">Look at the preflight</a>' in shown
