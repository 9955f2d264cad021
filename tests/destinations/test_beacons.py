"""What pages tell: folded once, believed only as far as the page itself bears it out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.clock import utcnow
from app.db import Database
from app.destinations import tracking
from app.destinations.models import Block, BlockKind, Destination, Link
from app.destinations.queries import DestinationView, for_record
from app.engagement.models import Confidence, EngagementState, Event, Visit
from app.web.models import RateCount
from tests.destinations.conftest import Recorder, Shared, wait_until_held

LOAD = "0123456789abcdef01234567"
VIEW = {"id": 1, "kind": "view", "at": 0}


def beacon(**changes: Any) -> dict[str, Any]:
    return {"load": LOAD, "age": 1500, "visible": 1500, "steps": [VIEW], **changes}


def tell(pages: FlaskClient, token: str, message: Any, **options: Any) -> int:
    body = message if isinstance(message, bytes) else json.dumps(message)
    return pages.post(f"/d/{token}/beacon", data=body, **options).status_code


def visits_of(database: Database, shared: Shared) -> Sequence[Visit]:
    with database.reading(shared.org_id) as session:
        return session.scalars(select(Visit).order_by(Visit.started_at)).all()


def view_of(database: Database, shared: Shared) -> DestinationView:
    with database.reading(shared.org_id) as session:
        view = for_record(session, shared.record.id)
    assert view is not None
    return view


def how_many(database: Database, shared: Shared, table: Any) -> int:
    with database.reading(shared.org_id) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_visible_heartbeat_is_a_view(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X5, X11."""
    assert tell(pages, shared.ada, beacon()) == 204
    (visit,) = visits_of(database, shared)
    assert (visit.person_id, visit.confidence) == (shared.ada_id, Confidence.HUMAN)
    assert visit.url == f"http://127.0.0.1:8000/d/{shared.ada}?preview"
    view = view_of(database, shared)
    assert (view.views, view.viewers, view.anonymous_views) == (1, [shared.ada_id], 0)
    assert view.last_viewed_at is not None
    assert [link.views for link in view.links] == [0, 1, 0]
    assert view.version == 2


def test_less_than_a_second_is_none(pages: FlaskClient, database: Database, shared: Shared) -> None:
    """X5."""
    assert tell(pages, shared.ada, beacon(visible=999, bye=True)) == 204
    assert visits_of(database, shared) == []
    assert view_of(database, shared).views == 0


def test_a_repeated_beacon_changes_nothing(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """The same ids are the same steps."""
    seen = {"id": 2, "kind": "block_seen", "at": 900, "target": "b2"}
    message = beacon(steps=[VIEW, seen])
    for _ in range(3):
        assert tell(pages, shared.ada, message) == 204
    (visit,) = visits_of(database, shared)
    assert visit.blocks == [{"target": "b2", "label": "In short"}]
    assert how_many(database, shared, Event) == 3  # the visit's head and two steps
    view = view_of(database, shared)
    assert (view.views, view.version) == (1, 2)


def test_beacons_at_once_make_one_visit(
    pages: FlaskClient, app: Flask, database: Database, shared: Shared
) -> None:
    """A retry may overtake what it repeats."""
    with ThreadPoolExecutor(4) as pool:
        clients = [app.test_client() for _ in range(4)]
        for client in clients:
            client.environ_base.update(pages.environ_base)
        answers = list(pool.map(lambda client: tell(client, shared.ada, beacon()), clients))
    assert answers == [204] * 4
    assert len(visits_of(database, shared)) == 1
    assert view_of(database, shared).views == 1


def test_the_page_itself_says_what_was_clicked(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """Labels and addresses cannot be sent in: nobody writes into a rep's timeline."""
    steps = [
        VIEW,
        {"id": 2, "kind": "link_clicked", "at": 5000, "target": "b3-0"},
        {"id": 3, "kind": "link_clicked", "at": 6000, "target": "b3-1"},
        {"id": 4, "kind": "document_opened", "at": 7000, "target": "d1"},
        {"id": 5, "kind": "link_clicked", "at": 8000, "target": "b9-7"},
        {"id": 6, "kind": "block_seen", "at": 8000, "target": "<script>"},
        {"id": 7, "kind": "document_opened", "at": 8000, "target": "d9"},
    ]
    tell(pages, shared.ada, beacon(age=9000, visible=9000, steps=steps))
    (visit,) = visits_of(database, shared)
    assert [(click["label"], click["target"]) for click in visit.clicks] == [
        ("Website of Northwind", "https://www.northwind.example/"),
        ("What this page records, and why", "http://127.0.0.1:8000/what-is-recorded"),
    ]
    assert [paper["label"] for paper in visit.documents] == ["How we work together"]
    assert visit.blocks == []


def test_links_within_a_text_are_told_apart(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    with database.writing(shared.org_id) as session:
        text = session.scalars(select(Block).where(Block.kind == BlockKind.TEXT)).one()
        text.content = {"markdown": "[one](https://one.example) [two](https://two.example)"}
    click = {"id": 2, "kind": "link_clicked", "at": 2000, "target": "b2-1"}
    tell(pages, shared.ada, beacon(age=3000, steps=[VIEW, click]))
    assert visits_of(database, shared)[0].clicks == [
        {"target": "https://two.example", "label": "two"}
    ]


def test_a_goodbye_hands_the_visit_on_once(
    pages: FlaskClient, database: Database, shared: Shared, recorder: Recorder
) -> None:
    for _ in range(2):
        tell(pages, shared.ada, beacon(age=4000, visible=4000, bye=True))
    (visit,) = visits_of(database, shared)
    assert visit.ended_at is not None
    assert [event.person_id for event in recorder.events] == [shared.ada_id]


def test_a_step_that_arrives_after_the_goodbye_is_still_folded(
    pages: FlaskClient, database: Database, shared: Shared, recorder: Recorder
) -> None:
    tell(pages, shared.ada, beacon(bye=True))
    late = {"id": 2, "kind": "document_opened", "at": 1400, "target": "d1"}
    tell(pages, shared.ada, beacon(steps=[late]))
    (visit,) = visits_of(database, shared)
    assert len(visit.documents) == 1
    assert len(recorder.events) == 1


@pytest.mark.parametrize(
    ("agent", "changes", "reason"),
    [
        ("Googlebot/2.1 (+http://www.google.com/bot.html)", {}, "user_agent"),
        ("", {}, "no_user_agent"),
        (None, {"automated": True}, "automated_browser"),
        (
            None,
            {"steps": [VIEW, {"id": 2, "kind": "link_clicked", "at": 200, "target": "b3-0"}]},
            "too_fast",
        ),
    ],
)
def test_a_robots_visit_is_kept_but_is_no_view(
    pages: FlaskClient,
    database: Database,
    shared: Shared,
    agent: str | None,
    changes: dict[str, Any],
    reason: str,
) -> None:
    """X5: with its reason; nothing is thrown away."""
    headers = {} if agent is None else {"User-Agent": agent}
    assert tell(pages, shared.ada, beacon(**changes), headers=headers) == 204
    (visit,) = visits_of(database, shared)
    assert visit.confidence is not Confidence.HUMAN
    assert visit.confidence_reason == reason
    view = view_of(database, shared)
    assert (view.views, view.viewers, view.last_viewed_at) == (0, [], None)
    assert view.version == 2


def test_a_view_that_turns_out_a_robots_is_taken_back(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X5."""
    tell(pages, shared.ada, beacon())
    tell(pages, shared.ada, beacon(automated=True))
    tell(pages, shared.ada, beacon(automated=True))
    view = view_of(database, shared)
    assert (view.views, view.viewers) == (0, [])


def test_a_driven_browser_becomes_a_view_once_it_is_used_like_a_person_does(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X5: browsers that a company isolates look like that."""
    tell(pages, shared.ada, beacon(automated=True))
    assert view_of(database, shared).views == 0
    tell(pages, shared.ada, beacon(automated=True, input=True, age=6000, visible=6000))
    tell(pages, shared.ada, beacon(automated=True))  # the first one again, late
    (visit,) = visits_of(database, shared)
    assert (visit.confidence, visit.confidence_reason) == (Confidence.HUMAN, "isolated_browser")
    assert view_of(database, shared).views == 1


def test_the_general_link_is_viewed_by_somebody(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X13: anonymous before they say who they are."""
    tell(pages, shared.general, beacon())
    view = view_of(database, shared)
    assert (view.views, view.viewers, view.anonymous_views) == (1, [], 1)
    assert visits_of(database, shared)[0].person_id is None


def test_who_objects_loses_their_name_for_good(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X13: also against a beacon that was still on its way."""
    tell(pages, shared.ada, beacon())
    note = json.dumps({"load": LOAD})
    assert pages.post(f"/d/{shared.ada}/refusal", data=note).status_code == 204
    tell(pages, shared.ada, beacon(age=6000, visible=6000))
    (visit,) = visits_of(database, shared)
    assert (visit.person_id, visit.refused) == (None, True)
    view = view_of(database, shared)
    assert (view.views, view.viewers, view.anonymous_views) == (1, [], 1)
    with database.reading(shared.org_id) as session:
        assert set(session.scalars(select(Event.person_id))) == {None}
        state = session.scalars(select(EngagementState)).one()
    assert state.version == 2  # open widgets hear of it


def test_objecting_before_anything_was_told_leaves_nothing(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X13."""
    pages.post(f"/d/{shared.ada}/refusal", data=json.dumps({"load": LOAD}))
    assert visits_of(database, shared) == []


NO_BEACONS = [
    b"",
    b"nonsense",
    b"\xff\xfe",
    b"[]",
    {"load": LOAD},
    beacon(load="short"),
    beacon(load="A" * 24),
    beacon(load=LOAD + "\n"),
    beacon(visible=-1),
    beacon(visible=1e99),
    beacon(visible="1500"),
    beacon(extra=1),
    beacon(steps=[{**VIEW, "kind": "form_sent"}]),
    beacon(steps=[{**VIEW, "label": "mine"}]),
    beacon(steps=[{**VIEW, "id": 0}]),
    beacon(steps=[{**VIEW, "target": "x" * 33}]),
    beacon(steps=[{**VIEW, "id": number} for number in range(1, 52)]),
]


def test_what_no_page_of_ours_sends_is_refused(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    assert [m for m in NO_BEACONS if tell(pages, shared.ada, m) != 400] == []
    assert visits_of(database, shared) == []


def test_a_beacon_of_more_than_8_kb_is_refused(pages: FlaskClient, shared: Shared) -> None:
    assert tell(pages, shared.ada, b" " * 8193) == 413


def test_an_unknown_link_hears_404(pages: FlaskClient, shared: Shared) -> None:
    assert tell(pages, "abcdefghijklmnopqrstuv", beacon()) == 404


@pytest.mark.usefixtures("one_minute")
def test_one_address_on_one_link_is_limited(
    pages: FlaskClient, app: Flask, database: Database, shared: Shared
) -> None:
    config = app.extensions["inlay.config"]
    app.extensions["inlay.config"] = replace(config, page_rate_per_minute=3)
    answers = [tell(pages, shared.ada, b"x") for _ in range(4)]
    assert answers == [400, 400, 400, 429]
    assert tell(pages, shared.ben, beacon()) == 204
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert tell(pages, shared.ada, beacon(), environ_overrides=elsewhere) == 204


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 429),  # one household has all of a /64
        ("2001:db8:1:2::1", "2001:db8:1:3::1", 204),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", 204),
        ("::ffff:192.0.2.7", "192.0.2.7", 429),
        ("no address", "another", 204),
    ],
)
@pytest.mark.usefixtures("one_minute")
def test_one_network_is_limited_as_one_address(
    pages: FlaskClient, app: Flask, shared: Shared, first: str, second: str, answer: int
) -> None:
    """A limit by the whole IPv6 address would be none: everybody has 2^64 of them."""
    config = app.extensions["inlay.config"]
    app.extensions["inlay.config"] = replace(config, page_rate_per_minute=1)
    told = [
        tell(pages, shared.ada, beacon(), environ_overrides={"REMOTE_ADDR": address})
        for address in (first, second)
    ]
    assert told == [204, answer]


def test_a_page_load_keeps_so_many_steps_and_no_more(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X5: a forged page could write 10,000 rows; what is beyond is taken and forgotten."""
    numbers = (1, tracking.MOST_STEPS, tracking.MOST_STEPS + 1, 10_000)
    steps = [{"id": number, "kind": "view", "at": 0} for number in numbers]
    assert tell(pages, shared.ada, beacon(steps=steps)) == 204
    assert how_many(database, shared, Event) == 1 + 2


def test_no_address_of_a_visitor_is_kept(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    tell(pages, shared.ada, beacon(), environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    with database.system_reading() as session:
        kept = repr([vars(row) for row in session.scalars(select(RateCount))])
        for table in (Visit, Event, Link):
            kept += repr([vars(row) for row in session.scalars(select(table))])
    assert "192.0.2.7" not in kept
    assert "Mozilla" not in kept


def test_a_view_and_whoever_revokes_its_link_never_wait_for_each_other_in_a_circle(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X4: first the Destination, then its link, as the console does."""
    with ThreadPoolExecutor(1) as pool:
        with database.writing(shared.org_id) as session:
            session.scalar(select(Destination.id).with_for_update())
            other = pool.submit(tell, pages, shared.ada, beacon())
            wait_until_held(database, other)
            session.execute(update(Link).values(revoked_at=utcnow()))
        assert other.result() in {204, 404}
