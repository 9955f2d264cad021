"""Intake: each event once, counted once, told once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select

from app.crm.models import Person
from app.crm.schemas import person_key
from app.db import Database, TenantSession
from app.engagement import intake, rollups
from app.engagement.intake import ItemResult, NewEvent, Status
from app.engagement.models import Confidence, DailyRollup, EngagementState, Event, Source
from app.engagement.ports import RecordedEvent
from app.orgs.models import Org
from canvas.ids import to_18
from tests.engagement.conftest import Listener
from tests.support.application import make_org

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def new(id_: str, who: str = "ada", **changes: Any) -> NewEvent:
    values: dict[str, Any] = {
        "id": id_,
        "kind": "email_opened",
        "occurred_at": NOON,
        "person": person_key(email=f"{who}@example.com"),
        **changes,
    }
    return NewEvent(**values)


def record(
    database: Database, org: Org, items: Sequence[NewEvent], listener: Listener
) -> list[ItemResult]:
    with database.writing(org.id) as session:
        return intake.record(session, items, listener)


def counts(session: TenantSession) -> dict[tuple[Any, ...], tuple[int, float]]:
    """The rollup as it is."""
    rows = session.scalars(select(DailyRollup))
    return {
        (row.person_id, row.day, row.kind, row.confidence): (row.events, round(row.points, 6))
        for row in rows
        if row.events
    }


def recount(session: TenantSession) -> dict[tuple[Any, ...], tuple[int, float]]:
    """The rollup as the events say that it should be."""
    found: dict[tuple[Any, ...], tuple[int, float]] = {}
    for row in session.scalars(select(Event).where(Event.folded.is_(False))):
        key = (row.person_id, row.occurred_at.astimezone(UTC).date(), row.kind, row.confidence)
        events, points = found.get(key, (0, 0.0))
        found[key] = (events + 1, round(points + row.points, 6))
    return found


def test_events_are_kept_and_told_once(database: Database, org: Org, listener: Listener) -> None:
    items = [new("1"), new("2", kind="email_clicked", subject="Offer", url="https://example.com")]

    first = record(database, org, items, listener)
    again = record(database, org, items, listener)

    assert [result.status for result in first] == [Status.CREATED] * 2
    assert [result.status for result in again] == [Status.DUPLICATE] * 2
    assert [sorted(e.kind for e in batch) for batch in listener.batches] == [
        ["email_clicked", "email_opened"]
    ]
    with database.reading(org.id) as session:
        assert counts(session) == recount(session) != {}


def test_of_two_items_with_one_id_the_first_counts(
    database: Database, org: Org, listener: Listener
) -> None:
    results = record(
        database, org, [new("1", subject="first"), new("1", subject="second")], listener
    )

    assert results == [ItemResult("1", Status.CREATED), ItemResult("1", Status.DUPLICATE)]
    assert [event.subject for event in listener.events] == ["first"]


def test_an_import_never_doubles_what_was_sent(
    database: Database, org: Org, listener: Listener
) -> None:
    record(database, org, [new("1")], listener)

    results = record(database, org, [new("1", source=Source.IMPORT)], listener)

    assert results[0].status is Status.DUPLICATE


def test_an_error_of_the_port_undoes_the_batch(database: Database, org: Org) -> None:
    def fails(_session: TenantSession, _events: Sequence[RecordedEvent]) -> None:
        raise RuntimeError("the outbox is full")

    with pytest.raises(RuntimeError), database.writing(org.id) as session:
        intake.record(session, [new("1")], fails)

    with database.reading(org.id) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 0
        assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_nothing_new_is_not_told(database: Database, org: Org, listener: Listener) -> None:
    assert record(database, org, [], listener) == []
    record(database, org, [new("1")], listener)
    record(database, org, [new("1")], listener)

    assert len(listener.batches) == 1


def test_scanners_stay_visible_and_weigh_nothing(
    database: Database, org: Org, listener: Listener
) -> None:
    """X5: raw events stay, whoever is thought to have acted."""
    record(database, org, [new("1", confidence=Confidence.BOT, kind="email_clicked")], listener)

    with database.reading(org.id) as session:
        stored = session.scalars(select(Event)).one()
        state = session.scalars(select(EngagementState)).one()
    assert (stored.confidence, stored.points) == (Confidence.BOT, 0)
    assert state.last_engaged_at is None


def test_a_sent_email_is_no_engagement_of_the_person(
    database: Database, org: Org, listener: Listener
) -> None:
    record(database, org, [new("1"), new("2", kind="email_sent", occurred_at=NOON)], listener)
    late = new("3", kind="email_sent", occurred_at=NOON + timedelta(days=1))
    record(database, org, [late], listener)

    with database.reading(org.id) as session:
        state = session.scalars(select(EngagementState)).one()
    assert (state.last_engaged_at, state.version) == (NOON, 2)


def test_an_older_event_does_not_move_the_last_engagement(
    database: Database, org: Org, listener: Listener
) -> None:
    record(database, org, [new("1")], listener)
    record(database, org, [new("2", occurred_at=NOON - timedelta(days=3))], listener)

    with database.reading(org.id) as session:
        assert session.scalars(select(EngagementState)).one().last_engaged_at == NOON


def test_two_orgs_may_use_one_id(database: Database, org: Org, listener: Listener) -> None:
    other = make_org(database, to_18("00D000000000002"), "Other")

    for each in (org, other):
        assert record(database, each, [new("1")], listener)[0].status is Status.CREATED


def test_500_events_take_a_handful_of_statements(
    database: Database, org: Org, listener: Listener
) -> None:
    items = [new(str(n), who=f"p{n % 100}") for n in range(500)]
    statements: list[str] = []
    sqlalchemy_event.listen(
        database.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )

    record(database, org, items, listener)

    assert len(statements) <= 10


def test_threads_that_send_the_same_neither_fail_nor_double(
    database: Database, org: Org, listener: Listener
) -> None:
    items = [new(str(n), who=f"p{n % 7}") for n in range(60)]

    def work(turn: int) -> list[ItemResult]:
        return record(database, org, items[::-1] if turn % 2 else items, listener)

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(work, range(12)))

    created = [r.id for result in results for r in result if r.status is Status.CREATED]
    assert sorted(created) == sorted(item.id for item in items)
    assert len(listener.events) == 60
    with database.reading(org.id) as session:
        assert counts(session) == recount(session)
        assert sum(events for events, _ in counts(session).values()) == 60


def test_threads_that_send_different_events_of_the_same_people_lose_none(
    database: Database, org: Org, listener: Listener
) -> None:
    def work(turn: int) -> None:
        items = [new(f"{turn}-{n}", who=f"p{(n * (turn + 1)) % 5}") for n in range(30)]
        record(database, org, items, listener)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(12)))

    with database.reading(org.id) as session:
        assert counts(session) == recount(session)
        assert session.scalar(select(func.count()).select_from(Event)) == 360


_ITEMS = st.lists(
    st.builds(
        new,
        st.integers(0, 12).map(str),
        who=st.sampled_from(["ada", "bob"]),
        kind=st.sampled_from(["email_opened", "email_sent", "meeting", "custom.demo"]),
        occurred_at=st.integers(-72, 20).map(lambda hours: NOON + timedelta(hours=hours)),
        confidence=st.sampled_from(Confidence),
    ),
    max_size=25,
)


@settings(max_examples=25)
@given(items=_ITEMS, cuts=st.lists(st.integers(0, 25), max_size=3))
def test_however_a_flow_is_cut_each_id_counts_once(
    database: Database, items: list[NewEvent], cuts: list[int]
) -> None:
    org = make_org(database, to_18(f"00D{next(_numbers):012d}"), "Property")
    bounds = [0, *sorted(cuts), len(items)]
    heard = Listener()
    for start, stop in itertools.pairwise(bounds):
        record(database, org, items[start:stop], heard)
    record(database, org, items[::-1], heard)

    with database.reading(org.id) as session:
        assert counts(session) == recount(session)
        kept = session.scalars(select(Event.key)).all()
    assert sorted(kept) == sorted({f"api:{item.id}" for item in items})
    assert len(heard.events) == len(kept)


_numbers = iter(range(1, 10_000))


def test_rescoring_rebuilds_the_rollup(database: Database, org: Org, listener: Listener) -> None:
    """X5: raw events stay and can be rescored."""
    record(database, org, [new(str(n), kind="meeting") for n in range(3)], listener)
    with database.writing(org.id) as session:
        stored = session.scalars(select(Event).order_by(Event.seq)).first()
        assert stored is not None
        stored.confidence = Confidence.LIKELY_SCANNER
        person = stored.person_id
        assert person is not None
        session.flush()

        rollups.rebuild(session, [person])

    with database.reading(org.id) as session:
        assert counts(session) == recount(session)
        assert sorted(counts(session).values()) == [(1, 0.0), (2, 40.0)]
