"""Which events become history's activities, and what they are written to (L5, C4, E2, E3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from sqlalchemy import select

from app.clock import utcnow
from app.engagement.models import Confidence
from app.orgs import settings
from app.orgs.models import AuditEntry, Org
from app.orgs.settings import KindPolicy
from app.outbox import service as outbox
from app.outbox.backfill import service
from app.outbox.backfill.errors import BackfillRefusedError
from app.outbox.backfill.models import BackfillState
from app.outbox.backfill.preview import count
from tests.outbox.backfill.history import History
from tests.outbox.expected import expected, written
from tests.outbox.world import World

pytestmark = [
    pytest.mark.usefixtures("small"),
    pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True),
]


def test_only_what_was_asked_for_is_written(history: History) -> None:
    """Kinds and days that were asked for; of people, not scanners; nothing twice."""
    world, contacts = history.world, history.world.contacts()
    now = utcnow()
    history.record(contacts, 30, at=now - timedelta(days=2), subject="asked for")
    history.record(contacts, 3, at=now - timedelta(days=9), subject="too early")
    history.record(contacts, 3, at=now - timedelta(hours=1), subject="too late")
    history.record(contacts, 3, at=now - timedelta(days=2), kind="call", subject="another kind")
    history.record(contacts, 3, at=now - timedelta(days=2), confidence=Confidence.LIKELY_SCANNER)
    world.record(contacts, 4, subject="live")
    world.drain()
    history.start(["email_replied"], since=now - timedelta(days=5), until=now - timedelta(days=1))
    history.finish()
    subjects = sorted(task["Subject"] for task in world.activities())
    assert subjects == ["Replied to e-mail: asked for"] * 30 + ["Replied to e-mail: live"] * 4

    with pytest.raises(BackfillRefusedError, match="no such events"):
        history.start(["email_replied"], since=now - timedelta(days=5), until=now - timedelta(1))


def test_a_kind_that_was_switched_on_later_is_caught_up_with(history: History) -> None:
    """What happened live while it was off counts as history too."""
    world = history.world
    world.record(world.contacts(), 40, kind="email_opened")
    assert world.rows() == []
    with pytest.raises(BackfillRefusedError, match="Switch it on first"):
        history.start(["email_opened"])
    with world.database.system_writing() as session:
        org = session.get_one(Org, world.org.id)
        settings.set_kind(session, org, "email_opened", KindPolicy.EACH)
    world.record(world.contacts(), 5, kind="email_opened")
    history.start()
    history.finish()
    assert written(world) == expected(world)
    assert len(world.activities()) == 45


def test_people_without_a_record_wait_until_they_have_one(history: History) -> None:
    """As ever: their activities are planned, and go when they are linked."""
    world = history.world
    history.record(world.contacts(), 30)
    history.record(["nobody@example.com"], 4)
    history.start()
    assert history.finish() is BackfillState.DONE
    assert history.progress().rows == {"delivered": 30, "unlinked": 4}
    assert history.progress().settled == 34
    with world.writing() as session:
        assert outbox.backfill(session, [world.person("nobody@example.com")]) == 0


def test_the_rule_all_writes_to_every_opportunity_that_had_begun(history: History) -> None:
    """E3: nothing of it on an opportunity that was created later."""
    world = history.world
    with world.database.system_writing() as session:
        settings.write(session, session.get_one(Org, world.org.id), opportunity_rule="all")
    contact, other = _with_two_deals(world)
    contacts = [contact, *(one for one in world.contacts() if one != contact)]
    history.record(contacts, 60, at=utcnow())
    history.record(contacts, 30, at=utcnow() - timedelta(days=3650))
    history.start()
    history.finish()
    tasks = world.activities()
    created = {row["Id"]: row["CreatedDate"] for row in world.records("Opportunity")}
    assert sum(task["WhoId"] is not None for task in tasks) == 90
    further = [task for task in tasks if task["WhoId"] is None]
    assert other in {task["WhatId"] for task in tasks}
    assert further
    assert all(task["WhatId"] and ":" in task["Inlay_Key__c"][2:] for task in further)
    for task in tasks:
        if task["WhatId"]:
            assert created[task["WhatId"]] <= task["Inlay_Occurred_At__c"]
    assert len({task["Inlay_Key__c"] for task in tasks}) == len(tasks)
    assert len(tasks) == len(world.rows())


def _with_two_deals(world: World) -> tuple[str, str]:
    """A contact with roles in two open opportunities, and the second of these."""
    opened = [row["Id"] for row in world.records("Opportunity") if not row["IsClosed"]]
    roles = world.records("OpportunityContactRole")
    contact, first = next(
        (role["ContactId"], role["OpportunityId"])
        for role in roles
        if role["OpportunityId"] in opened
    )
    second = next(one for one in opened if one != first)
    body = {"OpportunityId": second, "ContactId": contact, "Role": "Evaluator"}
    path = "/services/data/v60.0/sobjects/OpportunityContactRole"
    world.gateway.for_org(world.org.id).call("POST", path, feature="test", body=body)
    return str(contact), str(second)


def test_events_become_calendar_events_where_the_org_wants_these(history: History) -> None:
    world = history.world
    with world.database.system_writing() as session:
        org = session.get_one(Org, world.org.id)
        settings.write(session, org, activity_object="Event")
    history.record(world.contacts(), 40)
    history.start()
    history.finish()
    assert len(world.activities("Event")) == 40
    assert world.activities("Task") == []


def test_an_org_without_the_key_field_gets_no_bulk_jobs(history: History) -> None:
    """An insert could not be told from its repetition."""
    world = history.world
    for name in ("Key", "Kind", "Occurred_At", "Confidence", "Link"):
        hidden = {"user": "integration", "field": f"Task.Inlay_{name}__c", "visible": False}
        url = f"{world.devorg.url}/_devorg/access"
        requests.post(url, json=hidden, timeout=30).raise_for_status()
    history.record(world.contacts(), 40)
    history.start()
    history.finish()
    assert len(world.activities()) == 40
    assert set(world.states()) == {"delivered"}
    assert "lacks the package" in history.backfill().note


def test_who_asked_stands_in_the_audit_and_only_one_runs_at_a_time(history: History) -> None:
    world = history.world
    history.record(world.contacts(), 3)
    history.start()
    with pytest.raises(BackfillRefusedError, match="under way"):
        history.start()
    history.stop()
    with pytest.raises(BackfillRefusedError, match="No back-fill"):
        history.stop()
    with world.database.reading(world.org.id) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    told = [(one.tag, one.actor) for one in entries if ":backfill:" in one.tag]
    assert told == [
        ("admin:backfill:start", "admin@example.com"),
        ("admin:backfill:stop", "admin@example.com"),
    ]


def test_of_links_only_the_first_click_is_told(history: History) -> None:
    """L5: of a person and link, in order of time, and not where one was told live."""
    world = history.world
    first, second, *_ = world.contacts()
    long_ago = utcnow() - timedelta(days=20)
    for day in range(15):
        for person in (first, second):
            history.record(
                [person], 1, kind="email_clicked", at=long_ago + timedelta(days=day), subject="",
                url=f"https://www.example.com/{day % 2}",
            )  # fmt: skip
    history.record(world.contacts(), 20)
    world.record([second], 1, kind="email_clicked", subject="", url="https://www.example.com/1")
    world.drain()
    history.start()
    history.finish()
    clicks = [task for task in world.activities() if task["Inlay_Kind__c"] == "email_clicked"]
    told = sorted((task["WhoId"], task["Inlay_Link__c"][-1]) for task in clicks)
    assert told == sorted([(first, "0"), (first, "1"), (second, "0"), (second, "1")])
    of_first = [task["ActivityDate"] for task in clicks if task["WhoId"] == first]
    assert sorted(of_first) == sorted(
        f"{long_ago + timedelta(days=day):%Y-%m-%d}" for day in (0, 1)
    )


@pytest.mark.parametrize("people", [2, 30], ids=["composite", "bulk"])
def test_days_of_a_person_become_one_digest_each(history: History, people: int) -> None:
    """L5, X20: all that they did on a day that is over is told once, also across chunks."""
    world = history.world
    with world.database.system_writing() as session:
        org = session.get_one(Org, world.org.id)
        settings.set_kind(session, org, "page_visit", KindPolicy.DIGEST)
    chosen = world.contacts()[:people]
    noon = (utcnow() - timedelta(days=9)).replace(hour=12)
    for day in range(2):
        for minute in range(3):
            at = noon + timedelta(days=day, minutes=minute)
            history.record(chosen, len(chosen), kind="page_visit", at=at)
    with world.database.reading(world.org.id) as session:
        counts = count(session, service.span_of(session, [], None, None))
    history.start()
    history.finish()
    tasks = world.activities()
    assert counts.activities == len(tasks) == len(chosen) * 2
    assert {task["Inlay_Kind__c"] for task in tasks} == {"digest"}
    assert all(task["Description"].count("Offer") == 3 for task in tasks)
    assert len({(task["WhoId"], task["ActivityDate"]) for task in tasks}) == len(tasks)
    with pytest.raises(BackfillRefusedError, match="no such events"):
        history.start()


def test_days_of_a_stopped_back_fill_can_be_asked_for_again(history: History) -> None:
    """What their digests would have told of is not lost."""
    world = history.world
    with world.database.system_writing() as session:
        org = session.get_one(Org, world.org.id)
        settings.set_kind(session, org, "page_visit", KindPolicy.DIGEST)
    people = world.contacts()[:30]
    history.record(people, 60, kind="page_visit", at=utcnow() - timedelta(days=4))
    history.start()
    history.step()
    history.stop()
    assert history.finish() is BackfillState.STOPPED
    assert len(world.activities()) < 30
    history.start()
    assert history.finish() is BackfillState.DONE
    tasks = world.activities()
    assert len(tasks) == 30
    assert all(task["Description"].count("Offer") == 2 for task in tasks)
