"""Visits: beacons of one page load become one visit and one event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.db import Database, TenantSession
from app.engagement import queries, visits
from app.engagement.confidence import Judgement, Reason
from app.engagement.kinds import Step
from app.engagement.models import Confidence, Event, Visit
from app.engagement.ports import RecordedEvent
from app.engagement.silence import end_silent
from app.engagement.visits import Beat, NewStep, Place
from app.ids import new_id
from app.orgs.models import Org
from canvas.ids import to_18
from tests.engagement.conftest import Listener
from tests.engagement.test_intake import counts, recount
from tests.support.application import make_org

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
HUMAN = Judgement(Confidence.HUMAN, Reason.BEHAVIOUR)
SCANNER = Judgement(Confidence.LIKELY_SCANNER, Reason.ALL_LINKS_AT_ONCE)
PLACE = Place(new_id(), new_id(), "For Ada", "https://pages.example.com/d/x")

Send = Callable[..., Beat]


@pytest.fixture
def send(database: Database, org: Org, ada: UUID) -> Send:
    """Send a beacon, some seconds after the start."""

    def sent(seconds: float = 0, *steps: NewStep, **changes: Any) -> Beat:
        values: dict[str, Any] = {
            "visitor": "page-load-1",
            "person_id": ada,
            "now": START + timedelta(seconds=seconds),
            "steps": steps,
            "visible_seconds_so_far": seconds,
            "judgement": HUMAN,
            **changes,
        }
        with database.writing(org.id) as session:
            return visits.beat(session, PLACE, **values)

    return sent


def step(id_: str, kind: Step, target: str = "", label: str = "") -> NewStep:
    return NewStep(id_, kind, START, target, label)


CLICK = step("s1", Step.LINK_CLICKED, "https://example.com/a", "Our offer")


def head_of(database: Database, org: Org) -> Event:
    with database.reading(org.id) as session:
        return session.scalars(select(Event).where(Event.folded.is_(False))).one()


def end(database: Database, org: Org, visit: Visit, listener: Listener) -> None:
    with database.writing(org.id) as session:
        visits.end(session, visit, now=START + timedelta(seconds=60), recorded=listener)


def test_the_first_beacon_begins_a_visit_that_the_timeline_shows(
    database: Database, org: Org, ada: UUID, send: Send
) -> None:
    first, second = send(0), send(5)

    assert (first.began, second.began, first.visit.id) == (True, False, second.visit.id)
    with database.reading(org.id) as session:
        (item,) = queries.timeline(session, [ada]).items
    assert (item.kind, item.subject, item.visit_id) == (
        "destination_visit", "For Ada", first.visit.id
    )  # fmt: skip
    assert item.properties["seconds"] == 5


def test_steps_are_folded_into_the_visit(database: Database, org: Org, send: Send) -> None:
    send(1, step("b", Step.BLOCK_SEEN, "block-1"))
    send(9, CLICK, step("d", Step.DOCUMENT_OPENED, "doc-1", "Prices"))

    visit = send(12, step("f", Step.FORM_SENT)).visit

    assert visit.clicks == [{"target": "https://example.com/a", "label": "Our offer"}]
    assert visit.documents == [{"target": "doc-1", "label": "Prices"}]
    assert [block["target"] for block in visit.blocks] == ["block-1"]
    assert visit.form_sent
    assert head_of(database, org).points == 8 + 3 + 4 + 15
    with database.reading(org.id) as session:
        folded = session.scalars(select(Event).where(Event.folded.is_(True))).all()
        assert {event.kind for event in folded} == {
            "block_seen", "link_clicked", "document_opened", "form_sent"
        }  # fmt: skip
        assert counts(session) == recount(session)


def test_a_repeated_beacon_changes_nothing(
    database: Database, org: Org, ada: UUID, send: Send
) -> None:
    send(4, CLICK)
    with database.reading(org.id) as session:
        before = (queries.versions(session, [ada]), counts(session))

    again = send(4, CLICK)

    assert not again.began
    assert len(again.visit.clicks) == 1
    with database.reading(org.id) as session:
        assert (queries.versions(session, [ada]), counts(session)) == before


def test_a_late_beacon_takes_no_time_away(send: Send) -> None:
    send(0)
    send(20)

    assert send(5).visit.seconds == 20


def test_visible_time_cannot_be_longer_than_the_visit(send: Send) -> None:
    send(0)

    assert send(10, visible_seconds_so_far=86_400).visit.seconds <= 25


def test_another_page_load_is_another_visit(database: Database, org: Org, send: Send) -> None:
    assert send(0).visit.id != send(0, visitor="page-load-2").visit.id


def test_a_visit_is_handed_on_once_when_it_ends(
    database: Database, org: Org, send: Send, listener: Listener
) -> None:
    visit = send(3).visit

    end(database, org, visit, listener)
    end(database, org, visit, listener)

    assert [(e.kind, e.key) for e in listener.events] == [
        ("destination_visit", f"page:visit:{visit.id}")
    ]
    assert head_of(database, org).properties["ended"] is True


def test_what_comes_after_the_goodbye_is_still_kept(
    database: Database, org: Org, send: Send, listener: Listener
) -> None:
    end(database, org, send(3).visit, listener)

    visit = send(6, CLICK).visit

    assert (visit.seconds, len(visit.clicks)) == (6, 1)
    assert head_of(database, org).properties["clicks"] == visit.clicks
    end(database, org, visit, listener)
    assert len(listener.events) == 1


def test_silent_visits_of_all_orgs_are_ended_once(
    database: Database, org: Org, send: Send, listener: Listener
) -> None:
    other = make_org(database, to_18("00D000000000002"), "Other")
    send(10)
    with database.writing(other.id) as session:
        visits.beat(session, PLACE, visitor="v", person_id=None, now=START, judgement=HUMAN)

    def silent(seconds: float) -> int:
        now = START + timedelta(seconds=seconds)
        return end_silent(database, now=now, silence_seconds=120, recorded=listener)

    assert [silent(100), silent(125), silent(125), silent(131)] == [0, 1, 0, 1]
    assert len(listener.events) == 2
    with database.reading(org.id) as session:
        ended = session.scalars(select(Visit)).one()
    assert ended.ended_at == START + timedelta(seconds=10)


def test_an_org_whose_visits_cannot_be_ended_delays_no_other(
    database: Database, org: Org, send: Send
) -> None:
    """X1, X4."""
    other = make_org(database, to_18("00D000000000002"), "Other")
    send(0)
    with database.writing(other.id) as session:
        later = START + timedelta(seconds=1)
        visits.beat(session, PLACE, visitor="v", person_id=None, now=later, judgement=HUMAN)

    def recorded(session: TenantSession, _events: Sequence[RecordedEvent]) -> None:
        if session.org_id == org.id:
            raise RuntimeError("a setting of this org is damaged")
        told.append(session.org_id)

    told: list[UUID] = []
    now = START + timedelta(seconds=200)
    assert end_silent(database, now=now, silence_seconds=120, recorded=recorded) == 1
    assert told == [other.id]


def test_a_visit_keeps_the_worst_that_was_said_of_it(
    database: Database, org: Org, ada: UUID, send: Send
) -> None:
    """X5: and it stays visible, with the reason."""
    send(1)
    send(2, judgement=SCANNER)
    visit = send(3).visit

    assert (visit.confidence, visit.confidence_reason) == SCANNER
    head = head_of(database, org)
    assert (head.confidence, head.confidence_reason, head.points) == (*SCANNER, 0)
    with database.reading(org.id) as session:
        assert counts(session) == recount(session)
        assert queries.summary(session, [ada], today=START.date()).score == 0


def test_a_visit_is_anonymous_until_there_is_consent(
    database: Database, org: Org, ada: UUID, send: Send
) -> None:
    """X13: identified after consent, anonymous before."""
    send(1, CLICK, person_id=None)
    with database.reading(org.id) as session:
        assert queries.timeline(session, [ada]).items == []

    visit = send(4).visit

    assert visit.person_id == ada
    with database.reading(org.id) as session:
        assert len(queries.timeline(session, [ada]).items) == 1
        assert {e.person_id for e in session.scalars(select(Event))} == {ada}
        assert counts(session) == recount(session) != {}


def test_a_visit_that_gets_its_person_after_the_goodbye_is_handed_on_again(
    database: Database, org: Org, ada: UUID, send: Send, listener: Listener
) -> None:
    """X13: the first time nobody could be named, so nothing was delivered."""
    end(database, org, send(1, person_id=None).visit, listener)
    end(database, org, send(2).visit, listener)

    assert [event.person_id for event in listener.events] == [None, ada]


def test_threads_of_one_page_load_make_one_visit(database: Database, org: Org, send: Send) -> None:
    def work(turn: int) -> bool:
        return send(turn % 4, CLICK, step(f"b{turn % 3}", Step.BLOCK_SEEN, f"b{turn % 3}")).began

    with ThreadPoolExecutor(6) as pool:
        began = list(pool.map(work, range(18)))

    assert began.count(True) == 1
    with database.reading(org.id) as session:
        visit = session.scalars(select(Visit)).one()
        assert (len(visit.clicks), len(visit.blocks), visit.seconds) == (1, 3, 3)
        assert counts(session) == recount(session)


def test_a_page_that_floods_is_kept_within_bounds(send: Send) -> None:
    for turn in range(6):
        flood = [
            step(f"{turn}-{n}", Step.LINK_CLICKED, f"https://example.com/{turn}/{n}")
            for n in range(60)
        ]
        visit = send(turn, *flood).visit

    assert len(visit.clicks) == visits.MAX_THINGS
