"""A rule that breaks a whole kind is said once; nothing is lost, order is kept (issue 5, E7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from sqlalchemy import update

from app.clock import utcnow
from app.outbox import decisions
from app.outbox.models import DeliveryBreaker
from app.outbox.turns import breakers
from app.outbox.turns.breakers import (
    REFUSALS_OF_ANYBODY,
    REFUSALS_TO_OPEN,
    TRIED_AT_ONCE,
    Breaker,
)
from tests.outbox.world import World

_KIND = "email_replied"


def _require(world: World, *, required: bool = True) -> None:
    """The org's admin makes a field required that Inlay does not fill."""
    body = {"sobject": "Task", "field": "CallObject", "required": required}
    url = f"{world.devorg.url}/_devorg/rules/required"
    requests.post(url, json=body, timeout=30).raise_for_status()


def _opened(world: World) -> list[Breaker]:
    with world.database.reading(world.org.id) as session:
        return breakers.opened(session)


def _time_to_try(world: World) -> None:
    with world.writing() as session:
        session.execute(
            update(DeliveryBreaker).values(next_probe_at=utcnow() - timedelta(seconds=1))
        )


def _reset(world: World) -> None:
    with world.writing() as session:
        assert breakers.reset(session, _KIND)


def test_a_required_field_is_said_once_and_costs_one_call(world: World) -> None:
    """5,000 activities would else be parked one by one; none needs a person, the rule does."""
    _require(world)
    world.record(world.contacts(), 300)

    world.drain()

    (breaker,) = _opened(world)
    assert (breaker.kind, breaker.waiting, breaker.reason) == (_KIND, 300, "required_field")
    assert breaker.code == "REQUIRED_FIELD_MISSING"
    assert "CallObject" in breaker.message
    assert set(world.states()) == {"held"}
    assert world.activities() == []
    before = world.calls()
    world.record(world.contacts(), 20)
    world.drain()
    assert world.calls() == before, "what comes later waits without a call"
    assert _opened(world)[0].waiting == 320


def test_a_try_that_passes_lets_all_follow_in_order(world: World) -> None:
    """Done: nothing lost, nothing doubled, each person's activities in order."""
    _require(world)
    world.record(world.contacts(), 230)
    world.drain()
    _require(world, required=False)

    assert world.claim() is None, "not before its time"
    _time_to_try(world)
    world.drain()

    assert set(world.states()) == {"delivered"}
    assert len(world.activities()) == 230
    assert _opened(world) == []
    by_person: dict[str, list[int]] = {}
    for task in world.activities():  # in the order they were written
        number = int(task["Subject"].rsplit(" ", 1)[1])
        by_person.setdefault(task["WhoId"], []).append(number)
    assert all(numbers == sorted(numbers) for numbers in by_person.values())


def test_a_try_that_fails_costs_one_call_and_the_next_comes_later(world: World) -> None:
    """Rows that were tried wait on; the time between tries doubles."""
    _require(world)
    world.record(world.contacts(), 60)
    world.drain()
    before = world.calls()

    _time_to_try(world)
    world.drain()
    first = _opened(world)[0].next_try_at
    _time_to_try(world)
    world.drain()
    second = _opened(world)[0].next_try_at

    assert world.calls() - before == 2
    assert set(world.states()) == {"held"}
    tried = [row for row in world.rows() if row.attempts == 2]
    assert len(tried) == 2 * TRIED_AT_ONCE, "those tried least come first"
    assert first is not None
    assert second is not None
    assert timedelta(minutes=1) < first - utcnow() < second - utcnow()


def test_a_person_who_mended_the_rule_need_not_wait(world: World) -> None:
    """``orgs breaker-reset``: some are tried at once."""
    _require(world)
    world.record(world.contacts(), 50)
    world.drain()
    _require(world, required=False)

    _reset(world)
    world.drain()

    assert set(world.states()) == {"delivered"}
    with world.writing() as session:
        assert not breakers.reset(session, _KIND), "there is none any more"


def test_other_kinds_of_the_same_people_go_on(world: World) -> None:
    """A rule on replies holds no call back."""
    world.fault(kind="error", match="/composite/sobjects/", contains="email_replied")
    contacts = world.contacts()[:3]
    world.record(contacts, 10)
    world.record(contacts, 10, kind="call")

    world.drain()

    by_kind = {(row.kind, row.state.value) for row in world.rows()}
    assert by_kind == {("email_replied", "held"), ("call", "delivered")}


def test_a_quiet_org_counts_from_call_to_call(world: World) -> None:
    """What was parked one by one while it was counted follows as well."""
    _require(world)
    contacts = world.contacts()
    for number in range(REFUSALS_TO_OPEN - 1):
        world.record([contacts[number]])
        world.drain()
    assert set(world.states()) == {"parked"}
    assert _opened(world) == []

    world.record([contacts[0]])
    world.drain()

    assert set(world.states()) == {"held"}
    _require(world, required=False)
    _reset(world)
    world.drain()
    assert set(world.states()) == {"delivered"}


def test_one_delivery_between_refusals_means_no_breaker(world: World) -> None:
    """Bad rows are no bad kind: each is parked for itself."""
    world.fault(kind="error", match="/composite/sobjects/", contains="Secret")
    for _ in range(3):
        world.record(world.contacts(), 4, subject="Secret")
        world.record(world.contacts(), 1)
        world.drain()

    assert world.states().count("parked") == 12
    assert world.states().count("delivered") == 3
    assert _opened(world) == []


@pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
def test_bad_rows_that_come_first_do_not_keep_it_open(world: World) -> None:
    """Tries go round: a row that is bad itself never stands for its kind."""
    world.fault(kind="error", match="/composite/sobjects/", contains="Secret")
    contacts = world.contacts()
    world.record(contacts[:8], 8, subject="Secret")
    world.drain()
    world.record(contacts[8:12], 4)
    world.drain()
    assert set(world.states()) == {"held"}

    _time_to_try(world)
    world.drain()

    assert world.states().count("delivered") == 4
    assert set(world.states()) <= {"delivered", "parked", "held"}


@pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
def test_one_record_that_is_always_refused_opens_nothing(world: World) -> None:
    """Its rows need a person; the kind goes on for everybody else."""
    world.fault(kind="error", match="/composite/sobjects/", contains="Secret")
    world.record(world.contacts()[:2], 20, subject="Secret")
    world.drain()
    assert set(world.states()) == {"parked"}

    world.record(world.contacts()[2:], 30, subject="Secret")
    world.drain()

    assert set(world.states()) == {"held"}, "50 rows are a kind, whoever they are of"


@pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
def test_a_lock_or_an_outage_opens_nothing(world: World) -> None:
    """What passes by itself is not the org's rule."""
    world.fault(kind="lock", match="/composite/sobjects/", times=1)
    world.record(world.contacts(), 20)
    world.drain()
    world.fault(kind="maintenance", times=1)
    world.hurry()
    world.drain()

    assert _opened(world) == []
    world.hurry()
    world.drain()
    assert set(world.states()) == {"delivered"}


@pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
def test_one_person_s_refused_activities_that_are_tried_over_and_over_are_no_rule_of_the_kind(
    world: World,
) -> None:
    """A rep who clicks again and again holds nobody else's: rows count, not tries."""
    _require(world)
    contact = world.contacts()[0]
    world.record([contact], 20)
    for _ in range(4):
        world.drain()
        assert set(world.states()) == {"parked"}
        assert _opened(world) == []
        with world.writing() as session:
            decisions.retry(session, [row.seq for row in world.rows()])
    world.record([contact], 30)
    world.drain()
    (breaker,) = _opened(world)
    assert breaker.waiting == REFUSALS_OF_ANYBODY


@pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
def test_what_a_rep_lets_try_again_holds_nobody_else_s_and_still_shows_that_it_passes(
    world: World,
) -> None:
    """X6: a card of several people with old refusals; an admin's try counts as ever."""
    world.fault(kind="error", match="/composite/sobjects/", contains="Secret")
    ours, theirs = world.contacts()[:4], world.contacts()[4:]
    for contact in ours:  # each refused for itself, while others pass
        world.record([contact], 4, subject="Secret")
        world.record(theirs, 4)
        world.drain()
    refused = [row.seq for row in world.rows() if row.state == "parked"]
    assert len(refused) == 16
    for _ in range(3):
        with world.writing() as session:
            assert decisions.retry(session, refused, by_rep=True) == 16
        world.drain()
        assert _opened(world) == []
        assert [row.seq for row in world.rows() if row.state == "parked"] == refused
    world.record(theirs, 4)
    world.drain()
    assert [row.state for row in world.rows()][-4:] == ["delivered"] * 4

    with world.writing() as session:
        decisions.retry(session, refused)
    world.drain()
    (breaker,) = _opened(world)
    assert breaker.waiting == 16
    world.devorg.org.faults.clear()
    _reset(world)
    world.drain()
    assert set(world.states()) == {"delivered"}
