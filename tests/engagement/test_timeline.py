"""The timeline: newest first, page by page, several people merged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.event import listen

from app.crm.schemas import person_key
from app.crm.service import people_for
from app.db import Database
from app.engagement import intake, paging, queries
from app.engagement.errors import CursorError
from app.engagement.intake import NewEvent
from app.engagement.models import Confidence
from app.engagement.queries import TimelineItem
from app.orgs.models import Org
from canvas.ids import to_18
from tests.engagement.conftest import Listener
from tests.support.application import make_org

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
#: Who, minutes before START, kind.
Told = tuple[str, int, str]


def fill(database: Database, org: Org, told: list[Told]) -> dict[str, UUID]:
    keys = {name: person_key(email=f"{name}@example.com") for name in ("ada", "bob", "eve")}
    items = [
        NewEvent(str(n), kind, START - timedelta(minutes=minutes), keys[who])
        for n, (who, minutes, kind) in enumerate(told)
    ]
    with database.writing(org.id) as session:
        people = people_for(session, list(keys.values()))
        intake.record(session, items, Listener())
    return {name: people[key] for name, key in keys.items()}


def read_all(
    database: Database,
    org: Org,
    people: list[UUID],
    *,
    limit: int = 20,
    kind: str | None = None,
    since: datetime | None = None,
) -> list[TimelineItem]:
    """All pages, one after the other."""
    found: list[TimelineItem] = []
    cursor: str | None = None
    with database.reading(org.id) as session:
        while True:
            page = queries.timeline(
                session, people, limit=limit, kind=kind, since=since, before=cursor
            )
            assert len(page.items) <= limit
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found


def test_the_newest_comes_first_and_others_stay_out(database: Database, org: Org) -> None:
    people = fill(database, org, [("ada", 5, "call"), ("bob", 1, "meeting"), ("eve", 0, "call")])

    items = read_all(database, org, [people["ada"], people["bob"]])

    assert [(item.person_id, item.kind) for item in items] == [
        (people["bob"], "meeting"),
        (people["ada"], "call"),
    ]
    assert items[0].occurred_at == START - timedelta(minutes=1)


def test_nobody_has_no_timeline(database: Database, org: Org) -> None:
    assert read_all(database, org, []) == []


def test_an_org_reads_no_events_of_another(database: Database, org: Org) -> None:
    other = make_org(database, to_18("00D000000000002"), "Other")
    people = fill(database, other, [("ada", 1, "call")])

    assert read_all(database, org, [people["ada"]]) == []
    assert len(read_all(database, other, [people["ada"]])) == 1


def test_an_opportunity_counts_from_its_creation(database: Database, org: Org) -> None:
    """E3: what a contact did before is not copied to it."""
    people = fill(database, org, [("ada", 10, "call"), ("ada", 5, "call"), ("ada", 1, "call")])

    items = read_all(database, org, [people["ada"]], since=START - timedelta(minutes=5))

    assert len(items) == 2


_TOLD = st.lists(
    st.tuples(
        st.sampled_from(["ada", "bob", "eve"]),
        st.integers(0, 6),  # few minutes, so that many events share one
        st.sampled_from(["call", "meeting"]),
    ),
    max_size=30,
)


@settings(max_examples=25)
@given(
    told=_TOLD,
    limit=st.integers(1, 7),
    kind=st.sampled_from([None, "call"]),
    minutes=st.none() | st.integers(0, 6),
)
def test_pages_one_after_another_are_the_whole(
    database: Database, told: list[Told], limit: int, kind: str | None, minutes: int | None
) -> None:
    org = make_org(database, to_18(f"00D{next(_numbers):012d}"), "Property")
    people = fill(database, org, told)
    since = None if minutes is None else START - timedelta(minutes=minutes)

    items = read_all(
        database, org, [people["ada"], people["bob"]], limit=limit, kind=kind, since=since
    )

    wanted = [
        (who, when)
        for who, when, what in told
        if who != "eve" and kind in (None, what) and (minutes is None or when <= minutes)
    ]
    order = [(item.occurred_at, item.seq) for item in items]
    assert order == sorted(set(order), reverse=True)
    assert sorted((i.person_id, i.occurred_at) for i in items) == sorted(
        (people[who], START - timedelta(minutes=when)) for who, when in wanted
    )


_numbers = iter(range(1, 10_000))


@pytest.mark.parametrize(
    "cursor",
    ["x", "####", "", "MTIz", "A" * 65, "é", "OTk5OTk5OTk5OTk5OTk5OTk5LjE", "MS4tMQ"],
)
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(CursorError):
        paging.decode(cursor)


@given(
    st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001  # hypothesis wants naive bounds
    st.integers(1, 2**53),
)
def test_a_cursor_gives_its_position_back(moment: datetime, seq: int) -> None:
    position = paging.Position(moment.replace(tzinfo=UTC), seq)

    assert paging.decode(paging.encode(position)) == position


def test_each_event_tells_who_is_thought_to_have_acted(database: Database, org: Org) -> None:
    """X5."""
    key = person_key(email="ada@example.com")
    scanned = NewEvent(
        "1", "email_clicked", START, key,
        confidence=Confidence.LIKELY_SCANNER, confidence_reason="too_fast",
    )  # fmt: skip
    with database.writing(org.id) as session:
        intake.record(session, [scanned], Listener())
        page = queries.timeline(session, list(people_for(session, [key]).values()))

    assert [(i.confidence, i.confidence_reason) for i in page.items] == [
        (Confidence.LIKELY_SCANNER, "too_fast")
    ]


_KINDS = ("call", "meeting")


@pytest.mark.parametrize("names", [("ada",), ("ada", "bob")], ids=["one person", "several"])
@pytest.mark.parametrize("kind", [None, "call"])
def test_a_long_history_is_read_by_an_index_and_not_from_end_to_end(
    database: Database, org: Org, names: tuple[str, ...], kind: str | None
) -> None:
    """L11: the index holds only what a timeline shows, and the planner has to see that it fits."""
    told = [(who, n, kind) for n in range(150) for who in ("ada", "bob") for kind in _KINDS]
    people = fill(database, org, told)

    plan = _plan_of(database, org, [people[name] for name in names], kind)

    index = "ix_event_timeline_kind" if kind else "ix_event_timeline"
    assert plan
    assert all(index in line for line in plan), plan


def _plan_of(database: Database, org: Org, people: list[UUID], kind: str | None) -> list[str]:
    """How the database means to find the events, line by line."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, text: str, given: Any, *_: Any) -> None:
        seen.append((text, given))

    with database.reading(org.id) as session:
        connection = session.connection()
        if database.dialect == "postgresql":
            connection.exec_driver_sql("ANALYZE event")
            for way in ("seqscan", "bitmapscan", "sort"):  # what pays for so small a table
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        listen(database.engine, "before_cursor_execute", note)
        queries.timeline(session, people, kind=kind)
        text, given = seen[-1]
        given = tuple(given) if isinstance(given, list) else given
        explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{explain} {text}", given)
        return [line for line in (str(row[-1]) for row in rows) if _reads_events(line)]


def _reads_events(line: str) -> bool:
    is_read = "Scan" in line or line.startswith(("SCAN", "SEARCH"))
    return is_read and any(name in line for name in ("event", "candidate", "peer"))
