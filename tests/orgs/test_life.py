"""An org's life: which state follows which, trials that end, sandboxes and their refresh (C6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.clock import utcnow
from app.db import Database
from app.orgs import features, plans, sandboxes, service, states, trials
from app.orgs.catalogue import WRITING, Feature, Plan
from app.orgs.errors import StateChangeError
from app.orgs.models import AuditEntry, Org, OrgState
from canvas.framing import my_domain
from tests.support.application import make_org

PRODUCTION, OLD, NEW = (f"00D5e0000000{number}EAA" for number in (101, 102, 103))


@pytest.fixture(autouse=True)
def _provider() -> None:
    features.install()


def put(database: Database, org: Org, state: OrgState, **known: Any) -> None:
    with database.system_writing() as session:
        found = service.required(session, org.salesforce_id)
        service.set_state(session, found, state, "staff:kim", why="said so", **known)


def seen(database: Database, org: Org) -> Org:
    with database.system_reading() as session:
        return service.required(session, org.salesforce_id)


def live_at(database: Database, org: Org, name: str) -> None:
    domain = my_domain(f"https://{name}.my.salesforce.com")
    assert domain is not None
    with database.system_writing() as session:
        sandboxes.learn(session, service.required(session, org.salesforce_id), domain)


def test_every_state_says_what_may_follow() -> None:
    """Data, whole: whatever state there is, and staff can always give it anew."""
    assert set(states.ALLOWED) == set(OrgState)
    assert all(state in after for state, after in states.ALLOWED.items())


@pytest.mark.parametrize(
    ("before", "after"),
    [(OrgState.PENDING, OrgState.LEAVING), (OrgState.LEAVING, OrgState.TRIAL),
     (OrgState.ARCHIVED, OrgState.ACTIVE)],
)  # fmt: skip
def test_what_may_not_follow_is_refused(
    database: Database, before: OrgState, after: OrgState
) -> None:
    """The sentence says what may."""
    org = make_org(database, PRODUCTION, "Org", before)
    with pytest.raises(StateChangeError, match=f"{before.value} cannot become {after.value}"):
        put(database, org, after, until=utcnow() + timedelta(days=1))
    assert seen(database, org).state is before


def test_what_ends_says_when(database: Database, org: Org) -> None:
    """A trial and a leave need a time to come; nothing else takes one."""
    for until in (None, utcnow() - timedelta(minutes=1)):
        with pytest.raises(StateChangeError) as refused:
            put(database, org, OrgState.TRIAL, until=until)
        assert refused.value.reason == "no_end"
    with pytest.raises(StateChangeError):
        put(database, org, OrgState.SUSPENDED, until=utcnow() + timedelta(days=1))


@pytest.mark.data
def test_a_trial_is_extended_and_ends_once(database: Database, org: Org) -> None:
    """The schedule suspends what is over, however often it runs; one that was extended goes on."""
    other = make_org(database, PRODUCTION, "Other")
    for each in (org, other):
        put(database, each, OrgState.TRIAL, until=utcnow() + timedelta(days=7))
    put(database, other, OrgState.TRIAL, until=utcnow() + timedelta(days=30))
    version = seen(database, org).version
    assert trials.end_those_over(database) == 0
    with time_machine.travel(utcnow() + timedelta(days=8)):
        assert trials.end_those_over(database) == 1
        assert trials.end_those_over(database) == 0
    ended, going = seen(database, org), seen(database, other)
    assert (ended.state, ended.state_until) == (OrgState.SUSPENDED, None)
    assert ended.version == version + 1
    assert going.is_served
    with database.reading(org.id) as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert last is not None
    assert (last.actor, last.detail["before"]) == ("system", "trial")


def test_a_leaving_org_shows_nothing_and_lets_its_admins_in(database: Database, org: Org) -> None:
    """They take their data along until the day comes."""
    put(database, org, OrgState.LEAVING, until=utcnow() + timedelta(days=30), message="Bye")
    found = seen(database, org)
    assert (found.is_served, found.admits_admins, found.state_message) == (False, True, "Bye")


@pytest.mark.parametrize(
    ("url", "name", "is_sandbox"),
    [
        ("https://acme.my.salesforce.com", "acme", False),
        ("https://acme--uat.sandbox.my.salesforce.com", "acme--uat", True),
        ("https://acme--uat.cs42.my.salesforce.com", "acme--uat", True),
        ("https://acme-dev-ed.develop.my.salesforce.com", "acme-dev-ed", False),
    ],
)
def test_a_domain_says_what_an_org_is(url: str, name: str, is_sandbox: bool) -> None:
    """The My Domain name, with the sandbox's behind two hyphens."""
    found = my_domain(url)
    assert found is not None
    assert (found.name, found.is_sandbox) == (name, is_sandbox)


@pytest.mark.parametrize("url", [None, "", "http://127.0.0.1:9000", "https://evil.example"])
def test_other_hosts_have_no_domain(url: str | None) -> None:
    assert my_domain(url) is None


@pytest.mark.data
@pytest.mark.parametrize("sandbox_first", [True, False])
def test_a_sandbox_has_its_productions_plan(database: Database, sandbox_first: bool) -> None:
    """For the plan alone: a switch of production's is not the sandbox's; its own plan wins."""
    production, sandbox, stranger = (
        make_org(database, each, name)
        for each, name in ((PRODUCTION, "Acme"), (OLD, "Acme UAT"), (NEW, "Acmelike"))
    )
    names = {production: "acme", sandbox: "acme--uat.sandbox", stranger: "acmelike--uat.sandbox"}
    order = list(names) if not sandbox_first else list(reversed(names))
    for each in order:
        live_at(database, each, names[each])
    with database.system_writing() as session:
        known = service.required(session, PRODUCTION)
        plans.set_plan(session, known, Plan.COMPLETE, by="staff:kim", why="bought")
        features.switch(session, known, Feature.WIDGET, False, by="staff:kim")

    def has(org: Org, feature: Feature) -> bool:
        with database.reading(org.id) as session:
            return features.is_enabled(session, feature)

    assert has(sandbox, Feature.SCORES)
    assert has(sandbox, Feature.WIDGET)
    assert not has(stranger, Feature.SCORES)
    with database.system_writing() as session:
        known = service.required(session, OLD)
        plans.set_plan(session, known, Plan.WIDGET, by="staff:kim", why="smaller")
    assert not has(sandbox, Feature.SCORES)


@pytest.mark.data
def test_a_refreshed_sandbox_takes_the_place_of_the_old_one(database: Database) -> None:
    """The old tenant is archived; the new one is served with its plan and writes nothing."""
    old = make_org(database, OLD, "Acme UAT")
    live_at(database, old, "acme--uat.sandbox")
    with database.system_writing() as session:
        known = service.required(session, OLD)
        plans.set_plan(session, known, Plan.COMPLETE, by="staff:kim", why="bought")
    new = make_org(database, NEW, "Acme UAT", OrgState.PENDING)
    live_at(database, new, "acme--uat.sandbox")
    with database.system_writing() as session:
        found = sandboxes.accept(
            session, service.required(session, NEW), by="staff:kim", why="refreshed"
        )
        assert found.salesforce_id == OLD
        with pytest.raises(StateChangeError, match="No older sandbox"):
            sandboxes.accept(session, service.required(session, NEW), by="staff:kim", why="again")
    assert seen(database, old).state is OrgState.ARCHIVED
    assert seen(database, new).state is OrgState.ACTIVE
    with database.reading(new.id) as session:
        on = features.enabled(session)
    assert not on & WRITING
    assert Feature.CREATE_DESTINATION in on


def test_a_suspended_sandbox_is_not_let_in_by_its_refresh(database: Database) -> None:
    """Nobody gets around a suspension by a refresh."""
    old = make_org(database, OLD, "Acme UAT", OrgState.SUSPENDED)
    live_at(database, old, "acme--uat.sandbox")
    new = make_org(database, NEW, "Acme UAT", OrgState.PENDING)
    live_at(database, new, "acme--uat.sandbox")
    with database.system_writing() as session:
        sandboxes.accept(session, service.required(session, NEW), by="staff:kim", why="refreshed")
    assert seen(database, new).state is OrgState.PENDING
