"""What decides about a feature (C6): kill switch, the org's row, plan, roll-out, default."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select

from app.clock import utcnow
from app.db import Database
from app.ids import new_id
from app.orgs import features, kill_switches, plans
from app.orgs.catalogue import KILLS, PLANS, KillSwitch, Plan
from app.orgs.errors import SwitchError
from app.orgs.features import SPECS, Because, Feature
from app.orgs.models import KillSwitchState, Org, OrgState, SystemEntry
from tests.support.application import make_org

BOUGHT = Feature.CREATE_DESTINATION


@pytest.fixture(autouse=True)
def _provider() -> None:
    features.install()


def on(database: Database, org: Org) -> frozenset[Feature]:
    with database.reading(org.id) as session:
        return features.enabled(session)


def because(database: Database, org: Org, feature: Feature) -> Because:
    with database.reading(org.id) as session:
        return features.explain(session)[1][feature].because


def turn(database: Database, name: KillSwitch, is_pulled: bool) -> None:
    with database.system_writing() as session:
        kill_switches.turn(session, name, is_pulled, by="staff:kim", why="trouble")


def share(database: Database, percent: int, feature: Feature = BOUGHT) -> None:
    with database.system_writing() as session:
        kill_switches.set_share(session, feature, percent, by="staff:kim", why="roll-out")


def switch(database: Database, org: Org, is_on: bool, days: int | None = None) -> None:
    until = utcnow() + timedelta(days=days) if days else None
    with database.system_writing() as session:
        known = session.get_one(Org, org.id)
        features.switch(session, known, BOUGHT, is_on, by="staff:kim", until=until)


@pytest.mark.data
def test_the_first_that_decides_counts(database: Database, org: Org) -> None:
    """Each step is overruled by the one before it, and is back when that is gone."""
    assert because(database, org, BOUGHT) is Because.DEFAULT
    share(database, 100)
    assert BOUGHT in on(database, org)
    assert because(database, org, BOUGHT) is Because.SHARE
    with database.system_writing() as session:
        plans.set_plan(
            session, session.get_one(Org, org.id), Plan.COMPLETE, by="staff:kim", why="bought"
        )
    assert because(database, org, BOUGHT) is Because.PLAN
    switch(database, org, False)
    assert BOUGHT not in on(database, org)
    assert because(database, org, BOUGHT) is Because.ORG
    switch(database, org, True)
    turn(database, KillSwitch.NEW_DESTINATIONS, True)
    assert BOUGHT not in on(database, org)
    assert because(database, org, BOUGHT) is Because.KILL_SWITCH
    turn(database, KillSwitch.NEW_DESTINATIONS, False)
    assert BOUGHT in on(database, org)
    with database.system_writing() as session:
        known = session.get_one(Org, org.id)
        features.leave_to_plan(session, known, BOUGHT, by="staff:kim", why="as bought")
    assert because(database, org, BOUGHT) is Because.PLAN


@pytest.mark.data
def test_a_switch_counts_until_its_time(database: Database, org: Org) -> None:
    """A trial of a feature: on until then; afterwards the plan or the default counts again."""
    for days, orgs in ((14, [org.id]), (-1, [])):
        switch(database, org, True, days=days)
        assert (BOUGHT in on(database, org)) is bool(orgs)
        with database.system_reading() as session:
            assert features.orgs_with(session, BOUGHT) == orgs


def test_a_share_is_the_same_each_time_and_grows_without_taking_back() -> None:
    """By org id and feature: other orgs come first in another feature."""
    orgs = [str(UUID(int=number)) for number in range(2000)]

    def within(percent: int, feature: str = "scores") -> set[str]:
        return {org for org in orgs if features.is_in_share(feature, org, percent)}

    assert within(0) == set()
    assert within(100) == set(orgs)
    assert within(20) < within(50)
    assert 300 < len(within(20)) < 500
    assert within(20) != within(20, "follow_ups")


@pytest.mark.data
def test_a_share_reaches_the_schedules(database: Database) -> None:
    """orgs_with finds by roll-out what enabled() says; orgs that are not served are left out."""
    orgs = [make_org(database, f"00D5e0000000{n:03d}EAA", f"Org {n}") for n in range(12)]
    make_org(database, "00D5e0000000900EAA", "Waits", OrgState.PENDING)
    share(database, 50, Feature.SCORES)
    with database.system_reading() as session:
        found = features.orgs_with(session, Feature.SCORES)
    assert found == [org.id for org in orgs if Feature.SCORES in on(database, org)]


@pytest.mark.data
def test_under_a_kill_switch_what_writes_rests_and_is_still_on(
    database: Database, org: Org
) -> None:
    """Nothing is lost: it is noted as ever, and no schedule finds an org to write to."""
    feature = Feature.SCORES
    share(database, 100, feature)
    for name in (KillSwitch.SALESFORCE_WRITES, KillSwitch.OPTIONAL_WRITES):
        turn(database, name, True)
        with database.reading(org.id) as session:
            assert feature in features.enabled(session)
            assert feature not in features.writing(session)
            assert kill_switches.may_send(session) is (name is KillSwitch.OPTIONAL_WRITES)
        with database.system_reading() as session:
            assert features.orgs_with(session, feature) == []
        turn(database, name, False)
    with database.reading(org.id) as session:
        assert feature in features.writing(session)


def test_all_of_it_is_one_statement(database: Database, org: Org) -> None:
    """Rows, plan, shares and kill switches: a request reads no more than it did."""
    share(database, 30)
    switch(database, org, True, days=3)
    seen: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    try:
        on(database, org)
    finally:
        event.remove(database.reader, "before_cursor_execute", note)
    assert (
        len(
            [
                each
                for each in seen
                if each.lstrip().upper().startswith("SELECT") and "set_config" not in each
            ]
        )
        == 1
    )


def test_a_kill_switch_and_a_share_ask_why_and_are_written_down(database: Database) -> None:
    """Who, what and why, in a table that is only added to."""
    with database.system_writing() as session:
        with pytest.raises(SwitchError, match="Say why"):
            kill_switches.turn(session, KillSwitch.WIDGET, True, by="staff:kim", why=" ")
        with pytest.raises(SwitchError, match="between 0 and 100"):
            kill_switches.set_share(session, BOUGHT, 101, by="staff:kim", why="more")
    turn(database, KillSwitch.WIDGET, True)
    share(database, 5)
    with database.system_reading() as session:
        entries = session.scalars(select(SystemEntry).order_by(SystemEntry.seq)).all()
        assert kill_switches.states(session)["widget"].changed_by == "staff:kim"
    assert [(each.tag, each.actor, each.detail["why"]) for each in entries] == [
        ("staff:kill_switch:turn", "staff:kim", "trouble"),
        ("staff:feature_share:set", "staff:kim", "roll-out"),
    ]


def test_what_a_later_release_added_does_no_harm(database: Database, org: Org) -> None:
    """X17: an unknown kill switch, feature and plan are passed over."""
    assert set(KILLS) == set(KillSwitch)
    assert set(PLANS) == set(Plan)
    with database.system_writing() as session:
        session.get_one(Org, org.id).plan = "galactic"
        row = KillSwitchState(id=new_id(), name="gravity", is_pulled=True, changed_by="x")
        session.add(row)
    assert on(database, org) == {each for each, spec in SPECS.items() if spec.default}
