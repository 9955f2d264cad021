"""Support's pages of plans, kill switches, an org's life and refreshed sandboxes (C6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.clock import utcnow
from app.console.permissions import Role
from app.console.support.changes import OFFERED
from app.db import Database
from app.keys import Keyring
from app.orgs import features, kill_switches, sandboxes, service, states
from app.orgs.catalogue import KillSwitch
from app.orgs.features import Feature
from app.orgs.models import Org, OrgState
from app.outbox.models import DeliveryState
from app.salesforce.connect import connections
from canvas.framing import my_domain
from canvas.ids import to_18
from tests.console.conftest import Visitor
from tests.console.rows import Rows
from tests.support.application import make_org

SignedIn = Callable[[Role], Visitor]


def known(database: Database, org: Org) -> Org:
    with database.system_reading() as session:
        return service.required(session, org.salesforce_id)


def test_what_is_offered_may_be_done() -> None:
    """Every button leads somewhere, from every state."""
    assert set(OFFERED) == set(OrgState)
    for before, offered in OFFERED.items():
        assert {each.state for each in offered} <= states.ALLOWED[before]


def test_a_plan_is_given_and_a_feature_left_to_it(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    """The page says what each feature stands as it does for."""
    path, support = f"/console/orgs/{org.salesforce_id}", signed_in(Role.SUPPORT)
    assert support.post(f"{path}/plan", plan="complete").status_code == 422
    assert support.post(f"{path}/plan", plan="galactic", why="x").status_code == 404
    assert support.post(f"{path}/plan", plan="complete", why="bought").status_code == 303
    assert "On by the plan Complete" in support.get(f"{path}/features").text
    asked = {"feature": "scores", "why": "not wanted"}
    support.post(f"{path}/features/off", **asked)
    assert "As usual<span" in support.get(f"{path}/features").text
    support.post(f"{path}/features/usual", **asked)
    with database.reading(org.id) as session:
        assert features.is_enabled(session, Feature.SCORES)
    assert signed_in(Role.VIEWER).post(f"{path}/plan", plan="", why="x").status_code == 403


def test_kill_switches_are_the_operators_and_named_by_effect(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    """Seen by all staff; a reason is asked; the org's page says that it stands above all."""
    path, operator = "/console/system", signed_in(Role.OPERATOR)
    assert "Stop all writes to Salesforce" in signed_in(Role.VIEWER).get(path).text
    refused = signed_in(Role.SUPPORT).post(f"{path}/switches/pull", switch="widget", why="x")
    assert refused.status_code == 403
    assert operator.post(f"{path}/switches/pull", switch="widget").status_code == 422
    assert operator.post(f"{path}/switches/pull", switch="gravity", why="x").status_code == 404
    asked = {"switch": "new_destinations", "why": "<b>spam</b>"}
    done = operator.post(f"{path}/switches/pull", word="No new Destinations", **asked)
    assert done.status_code == 303
    text = operator.get(path).text
    assert "No new Destinations: pulled" in text
    assert "&lt;b&gt;spam" in text
    features_page = f"/console/orgs/{org.salesforce_id}/features"
    assert "Stopped for all orgs" in operator.get(features_page).text
    told = signed_in(Role.ORG_ADMIN).get(features_page).text
    assert "Stopped for all orgs" in told
    assert path not in told
    operator.post(f"{path}/switches/release", switch="new_destinations", why="over")
    with database.system_reading() as session:
        assert not kill_switches.states(session)[KillSwitch.NEW_DESTINATIONS].is_pulled


def test_pulling_says_first_what_it_concerns_and_takes_its_title(
    database: Database, org: Org, other: Org, signed_in: SignedIn
) -> None:
    """Every destructive act says how many; what was typed is kept; releasing takes a reason."""
    path, operator = "/console/system/switches", signed_in(Role.OPERATOR)
    for tenant, sent in ((org, ("pending", "waiting", "parked")), (other, ("leased",))):
        rows = Rows(database, tenant)
        somebody = rows.person("Ada", "ada@example.com")
        for state in sent:
            rows.row(somebody, DeliveryState(state))
    text = operator.get(f"{path}/salesforce_writes").text
    assert re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", text) == [
        ("Orgs that are served", "2"),
        ("Activities on their way now", "3"),
        ("Orgs that these are of", "2"),
        ("Histories that are being filled in", "0"),
        ("Follow-up tasks that wait", "0"),
    ]
    for switch in KillSwitch:
        assert "At this moment" in operator.get(f"{path}/{switch.value}").text
    assert operator.get(f"{path}/gravity").status_code == 404
    assert signed_in(Role.SUPPORT).get(f"{path}/widget").status_code == 403
    asked = {"switch": "salesforce_writes", "why": "A bad release"}
    assert "Type its title: Stop all writes to Salesforce" in text
    refused = operator.post(f"{path}/pull", word="Stop all", **asked)
    assert refused.status_code == 422
    assert 'id="error-word"' in refused.text
    assert 'value="A bad release"' in refused.text
    with database.reading(org.id) as session:
        assert kill_switches.may_send(session)
    typed = " stop all  writes to salesforce."
    assert operator.post(f"{path}/pull", word=typed, **asked).status_code == 303
    with database.reading(org.id) as session:
        assert not kill_switches.may_send(session)
    assert "It is pulled already" in operator.get(f"{path}/salesforce_writes").text
    assert operator.post(f"{path}/release", **asked).status_code == 303


@pytest.mark.parametrize("percent", ["", "101", "-1", "half", "²"])
def test_a_share_is_a_percentage(signed_in: SignedIn, percent: str) -> None:
    """What was typed is kept, and the message stands at the field."""
    operator = signed_in(Role.OPERATOR)
    form = {"feature": "scores", "why": "slowly"}
    refused = operator.post("/console/system/shares", **form, percent=percent)
    assert refused.status_code == 422
    assert 'id="error-share-scores"' in refused.text
    assert 'value="slowly"' in refused.text
    assert operator.post("/console/system/shares", **form, percent="25").status_code == 303
    assert "25 %" in operator.get("/console/system").text


def test_a_trial_is_begun_extended_and_suspended(database: Database, signed_in: SignedIn) -> None:
    """The day is asked at its field; the page shows when it ends."""
    pending = make_org(database, to_18("00D000000000009"), "New one", OrgState.PENDING)
    path, support = f"/console/orgs/{pending.salesforce_id}/state", signed_in(Role.SUPPORT)
    in_two_days = (utcnow() + timedelta(days=2)).date().isoformat()
    for until in ("", "2020-01-01", "soon"):
        refused = support.post(f"{path}/trial", why="try it", until=until)
        assert refused.status_code == 422
        assert 'id="error-until-trial"' in refused.text
        assert 'value="try it"' in refused.text
    assert support.post(f"{path}/leaving", why="x", until=in_two_days).status_code == 422
    assert support.post(f"{path}/trial", why="try it", until=in_two_days).status_code == 303
    assert "Change the trial" in support.get(path).text
    assert known(database, pending).is_served
    support.post(f"{path}/suspended", why="unpaid", message="<i>Back on Friday</i>")
    assert "&lt;i&gt;Back on Friday" in support.get(path).text
    found = known(database, pending)
    assert (found.state, found.state_until) == (OrgState.SUSPENDED, None)


def test_a_refreshed_sandbox_is_offered_and_accepted(
    database: Database, keyring: Keyring, org: Org, signed_in: SignedIn
) -> None:
    """The old tenant's secrets are forgotten; a page of the new one offers nothing twice."""
    domain = my_domain("https://acme--uat.sandbox.my.salesforce.com")
    assert domain is not None
    new = make_org(database, to_18("00D000000000010"), "Acme UAT", OrgState.PENDING)
    with database.system_writing() as session:
        for each in (org, new):
            sandboxes.learn(session, service.required(session, each.salesforce_id), domain)
    with database.writing(org.id) as tenant:
        connections.connect(
            tenant, keyring, instance_url="https://acme--uat.sandbox.my.salesforce.com",
            client_id="id", client_secret="secret",
        )  # fmt: skip
    path, support = f"/console/orgs/{new.salesforce_id}", signed_in(Role.SUPPORT)
    assert "A refreshed sandbox?" in support.get(f"{path}/state").text
    assert support.post(f"{path}/refresh").status_code == 422
    assert support.post(f"{path}/refresh", why="refreshed").status_code == 303
    assert support.post(f"{path}/refresh", why="again").status_code == 422
    assert "A refreshed sandbox?" not in support.get(f"{path}/state").text
    assert known(database, org).state is OrgState.ARCHIVED
    with database.reading(org.id) as session:
        status = connections.status(session)
    assert status is not None
    assert not status.is_connected
    assert (
        "another tenant has taken its place"
        in support.get(f"/console/orgs/{org.salesforce_id}/state").text
    )
