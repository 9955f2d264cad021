"""One activity of all that a person did on a day (L5, X4, X20)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select, update

from app.clock import utcnow
from app.db import TenantSession
from app.engagement.models import Event
from app.engagement.ports import told_of
from app.jobs import sweeps
from app.orgs import settings
from app.orgs.settings import OpportunityRule
from app.outbox.digests import collecting, making
from app.outbox.digests.days import WAIT, closes_at, day_of
from app.outbox.digests.models import DigestEntry
from tests.outbox.world import World

KINDS = {"email_opened": "digest", "page_visit": "digest", "email_clicked": "digest"}
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
LONDON = "Europe/London"


@pytest.fixture
def world(world: World) -> World:
    """Opens, clicks and pages go as digests; to people alone."""
    world.prepare(kinds=KINDS, opportunity_rule=OpportunityRule.NONE)
    return world


def _close(world: World, day: date | None = DAY) -> None:
    """As if all that was put aside were of this day, and the day were over."""
    values = {"due_at": utcnow() - timedelta(seconds=1)} | ({"day": day} if day else {})
    with world.writing() as session:
        session.execute(update(DigestEntry).where(DigestEntry.anchor_id.is_(None)).values(values))


def _make(world: World) -> int:
    return sweeps.make_digests(world.database)


def _entries(world: World, *, is_open: bool) -> int:
    with world.database.reading(world.org.id) as session:
        which = DigestEntry.anchor_id
        return (
            session.scalar(
                select(func.count())
                .select_from(DigestEntry)
                .where(which.is_(None) if is_open else which.is_not(None))
            )
            or 0
        )


def _a_day(world: World, contact: str) -> None:
    world.record([contact], 3, kind="email_opened", occurred_at=NOON)
    for minute, subject in ((7, "Pricing"), (9, "")):
        moment = NOON.replace(minute=minute)
        url = "https://example.com/x"
        world.record([contact], kind="page_visit", occurred_at=moment, subject=subject, url=url)


def test_a_day_becomes_one_activity_of_each_person(world: World) -> None:
    """L5: counts in the subject, a line for each in the description, in order of time."""
    first, second = world.contacts()[:2]
    _a_day(world, first)
    world.record([second], kind="email_opened", occurred_at=NOON)
    assert world.rows() == []
    assert _make(world) == 0  # the day goes on
    _close(world)

    assert _make(world) == 2
    assert _make(world) == 0
    world.drain()

    tasks = {task["WhoId"]: task for task in world.activities()}
    assert tasks[second]["Subject"] == "1 e-mail opened: Offer 0"
    task = tasks[first]
    assert task["Subject"] == (
        "3 e-mails opened, 2 pages visited: Offer 0, Offer 1, Offer 2, Pricing"
    )
    assert task["Description"].splitlines() == [
        f"Day: 20 November 2026 ({LONDON})",
        "12:05 E-mail opened: Offer 0",
        "12:05 E-mail opened: Offer 1",
        "12:05 E-mail opened: Offer 2",
        "12:07 Visited page: Pricing",
        "12:09 Visited a page (https://example.com/x)",
        "Recorded by Inlay.",
    ]
    assert (task["ActivityDate"], task["Status"]) == ("2026-11-20", "Completed")
    assert (task["Inlay_Kind__c"], len(world.activities())) == ("digest", 2)


def test_a_digest_may_be_an_event_of_the_whole_day(world: World) -> None:
    """C4: by the org's choice."""
    world.prepare(objects={"digest": "Event"})
    _a_day(world, world.contacts()[0])
    _close(world)
    _make(world)

    world.drain()

    (event,) = world.activities("Event")
    assert event["IsAllDayEvent"]
    assert event["ActivityDate"] == "2026-11-20"
    assert event["ShowAs"] == "Free"


def test_what_comes_after_its_day_was_told_goes_to_the_digest_of_today(world: World) -> None:
    """X4: a digest is never changed nor sent twice; nothing is lost either."""
    contact = world.contacts()[0]
    _a_day(world, contact)
    _close(world)
    _make(world)
    world.drain()
    world.record([contact], kind="email_opened", occurred_at=NOON.replace(minute=30))
    _close(world)  # as if it had been written while the digest was made

    assert _make(world) == 0
    assert _entries(world, is_open=True) == 1
    _close(world, None)
    assert _make(world) == 1
    world.drain()

    (late,) = [task for task in world.activities() if task["ActivityDate"] != DAY.isoformat()]
    assert len(world.activities()) == 2
    assert "20 November 2026, 12:30 E-mail opened: Offer 0" in late["Description"].splitlines()


def test_the_day_is_that_of_the_orgs_zone() -> None:
    """The setting, else the org's; over at midnight and a short wait, also on days of 23 hours."""
    tokyo, berlin = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
    late = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert day_of(late, tokyo, late) == date(2026, 3, 29)
    assert day_of(late, berlin, late) == date(2026, 3, 29)
    assert closes_at(date(2026, 3, 29), berlin) == datetime(2026, 3, 29, 22, tzinfo=UTC) + WAIT
    assert closes_at(date(2026, 3, 28), berlin) == datetime(2026, 3, 28, 23, tzinfo=UTC) + WAIT
    now = closes_at(date(2026, 3, 28), berlin)
    assert day_of(late - timedelta(hours=8), berlin, now) == date(2026, 3, 29)  # it is too late


def test_a_person_without_a_record_waits_with_the_digest(world: World) -> None:
    """House, flow 4: as every other activity."""
    world.record(["somebody@elsewhere.example"], 2, kind="email_opened")
    _close(world)

    assert _make(world) == 1
    assert world.states() == ["unlinked"]


def test_two_workers_at_once_make_one_digest(world: World) -> None:
    """X4: the outbox takes one of each person and day, whoever is quicker."""
    contact = world.contacts()[0]
    person = world.person(contact)
    _a_day(world, contact)
    _close(world)
    with world.writing() as session:
        seen = making._take(session, {person}, utcnow())
    _make(world)

    # the other worker saw less of the day, and comes second
    with world.writing() as session:
        anchors = {(person, DAY): min(seen, key=making._when).event_id}
        assert making._insert(session, anchors, utcnow()) == set()
    assert len(world.rows()) == 1


def test_an_event_that_has_an_activity_already_is_not_told_again(world: World) -> None:
    """X4: the org changed its mind in the course of the day."""
    contact = world.contacts()[0]
    world.prepare(kinds={"destination_visit": "each"})
    world.record([contact], kind="destination_visit", occurred_at=NOON)
    world.prepare(kinds={"destination_visit": "digest"})
    with world.writing() as session:
        _collect_again(session)
    _close(world)

    assert _make(world) == 0
    assert len(world.rows()) == 1
    assert _entries(world, is_open=True) == 0


def _collect_again(session: TenantSession) -> None:
    events = [told_of(event) for event in session.scalars(select(Event))]
    collecting.collect(session, settings.read(session), events, utcnow())


def test_a_long_day_is_counted_whole_and_told_in_part(world: World) -> None:
    """Lengths: what there is no room for is counted, and the end stands."""
    world.record([world.contacts()[0]], 450, kind="page_visit", occurred_at=NOON)
    _close(world)
    _make(world)

    world.drain()

    (task,) = world.activities()
    assert task["Subject"].startswith("450 pages visited: Offer 0, Offer 1, ")
    assert task["Subject"].endswith("…")
    assert len(task["Subject"]) <= 255
    lines = task["Description"].splitlines()
    assert lines[-2:] == ["And 250 more.", "Recorded by Inlay."]


def test_an_opportunity_that_is_younger_than_the_day_hears_nothing_of_it(world: World) -> None:
    """E3: the first event of the day counts, not the last."""
    world.prepare(opportunity_rule=OpportunityRule.LATEST)
    opened = {
        row["Id"]: datetime.fromisoformat(row["CreatedDate"])
        for row in world.records("Opportunity")
        if not row["IsClosed"]
    }
    roles = [r for r in world.records("OpportunityContactRole") if r["OpportunityId"] in opened]
    contact = roles[0]["ContactId"]
    first = min(opened[r["OpportunityId"]] for r in roles if r["ContactId"] == contact)
    for moment in (first - timedelta(hours=1), utcnow()):
        world.record([contact], kind="page_visit", occurred_at=moment)
    _close(world)
    _make(world)

    world.drain()

    (task,) = world.activities()
    assert task["WhatId"] is None


def test_looking_for_days_that_are_over_reads_nothing_else(world: World) -> None:
    """One statement while nothing is due, answered by the index on what is."""
    _a_day(world, world.contacts()[0])
    seen: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sqlalchemy_event.listen(world.database.engine, "before_cursor_execute", count)
    try:
        _make(world)
    finally:
        sqlalchemy_event.remove(world.database.engine, "before_cursor_execute", count)
    assert len([each for each in seen if "digest_entry" in each]) == 1


def test_days_of_an_org_that_fails_do_not_stand_before_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fair: they are looked at again later, and nothing of them is lost."""
    _a_day(world, world.contacts()[0])
    _close(world)

    def fails(*_: object) -> int:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as patched:
        patched.setattr(making, "make", fails)
        assert _make(world) == 0
    assert _make(world) == 0  # not yet
    _close(world)
    assert _make(world) == 1
