"""Score and last engagement on Contacts and Leads, when the band changes (L8, X20)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event

from app.clock import utcnow
from app.engagement.score import band_of, days_until_fall, score_of
from app.orgs.features import Feature
from app.outbox.records import calls
from app.outbox.records.models import PersonScore
from tests.outbox.records.conftest import Desk

ALONE = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


def test_a_person_who_warms_up_gets_score_and_last_engagement(desk: Desk) -> None:
    """L8: on a Contact and on a Lead, with a namespace and without; the cold get nothing."""
    warm, cold = desk.world.contacts()[:2]
    lead = next(r["Id"] for r in desk.world.records("Lead") if not r["IsConverted"])
    noon = utcnow().replace(hour=12)  # what was of another day counts less
    moment = noon - timedelta(hours=2)
    with time_machine.travel(noon, tick=True):
        desk.world.record([warm, lead], 6, kind="meeting", occurred_at=moment)
        desk.world.record([cold], 1, kind="email_opened")

        assert desk.write_scores() == {"saved": 2, "unchanged": 1, "refused": 0}

    for record, sobject in ((warm, "Contact"), (lead, "Lead")):
        row = desk.person_in_org(record, sobject)
        assert row["Inlay_Score__c"] == 70
        assert row["Inlay_Last_Engaged__c"][:16] == moment.isoformat()[:16]
    assert desk.person_in_org(cold)["Inlay_Score__c"] is None


@ALONE
def test_within_a_band_nothing_is_written_and_at_most_daily(desk: Desk) -> None:
    """X20: a further event is no news; a new band waits for the day to be over."""
    contact = desk.world.contacts()[0]
    desk.world.record([contact], 1, kind="meeting")
    desk.write_scores()
    first = desk.person_in_org(contact)["Inlay_Score__c"]
    desk.world.gateway.accounting.flush()
    desk.world.devorg.org.usage.reset()

    desk.world.record([contact], 5, kind="meeting")
    assert desk.write_scores() == {}
    assert desk.world.calls() == 0
    desk.later(days=1)
    desk.write_scores()
    assert first == 33
    assert desk.person_in_org(contact)["Inlay_Score__c"] > 80
    desk.later(days=1)
    desk.world.record([contact], 1, kind="meeting")
    assert desk.write_scores()["unchanged"] == 1
    assert desk.world.calls() == 1


@ALONE
def test_a_band_falls_without_events_on_the_day_that_was_foretold(desk: Desk) -> None:
    """Decay: found by the index of what is due, not by looking at everybody."""
    contact = desk.world.contacts()[0]
    desk.world.record([contact], 2, kind="meeting")
    desk.write_scores()
    before = desk.person_in_org(contact)["Inlay_Score__c"]
    (kept,) = desk.people()
    assert kept.due_at is not None

    with time_machine.travel(kept.due_at - timedelta(hours=2), tick=True):
        assert desk.write_scores() == {}
    with time_machine.travel(kept.due_at + timedelta(hours=1), tick=True):
        assert desk.write_scores()["saved"] == 1

    after = desk.person_in_org(contact)["Inlay_Score__c"]
    assert band_of(after) < band_of(before)
    with time_machine.travel(utcnow() + timedelta(days=90), tick=True):
        desk.write_scores()
    assert desk.person_in_org(contact)["Inlay_Score__c"] < 15
    assert [row.due_at for row in desk.people()] == [None]


@pytest.mark.parametrize("points", [9, 20, 35, 61, 130, 900])
def test_the_foretold_day_is_the_day(points: float) -> None:
    """Never late; a day early at most, and then the next is told."""
    today = utcnow().date()
    told = days_until_fall([(today, points)], today)
    band = band_of(score_of([(today, points)], today))
    days = range(1, 90)
    real = next(
        (d for d in days if band_of(score_of([(today, points)], today + timedelta(d))) < band), None
    )
    assert told == real


@ALONE
def test_people_from_before_the_switch_are_looked_at_once(desk: Desk) -> None:
    """Switched on later: who is warm by then gets a score, without a search every time."""
    desk.switch(Feature.SCORES, on=False)
    contacts = desk.world.contacts()[:3]
    desk.world.record(contacts, 9, kind="meeting")
    assert desk.people() == []

    desk.switch(Feature.SCORES)
    assert desk.write_scores()["saved"] == 3
    (run,) = desk.runs()
    assert run.seeded_at is not None


@ALONE
def test_many_people_cost_one_call_and_a_fixed_number_of_statements(desk: Desk) -> None:
    """X3, X14: one composite for all of them."""
    contacts = desk.world.contacts()
    desk.world.record(contacts[:2], 2, kind="meeting")
    few = _statements(desk)
    desk.world.record(contacts[2:], len(contacts) - 2, kind="meeting")
    desk.world.devorg.org.usage.reset()

    many = _statements(desk)

    assert desk.world.calls() == 1
    assert many <= few  # the first run read the profile


def _statements(desk: Desk) -> int:
    seen: list[Any] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(desk.world.database.engine, "before_cursor_execute", note)
    desk.write_scores()
    event.remove(desk.world.database.engine, "before_cursor_execute", note)
    return len(seen)


@ALONE
def test_somebody_without_a_record_is_looked_for_daily_at_no_call(desk: Desk) -> None:
    """Linked later: written then."""
    desk.world.record(["stranger@elsewhere.example"], 3, kind="meeting")
    desk.world.devorg.org.usage.reset()

    assert desk.write_scores()["unchanged"] == 1
    assert desk.world.calls() == 0
    (kept,) = desk.people()
    assert kept.due_at is not None
    assert kept.due_at - utcnow() > timedelta(hours=23)


@ALONE
def test_an_event_while_a_call_is_under_way_is_not_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was marked meanwhile stays marked."""
    contact = desk.world.contacts()[0]
    desk.world.record([contact], 1, kind="meeting")
    save = calls.save

    def slow(*given: Any, **named: Any) -> Any:
        found = save(*given, **named)
        desk.world.record([contact], 5, kind="meeting")
        return found

    monkeypatch.setattr(calls, "save", slow)
    desk.write_scores()
    (kept,) = desk.people()
    assert kept.due_at == kept.earliest_at


@ALONE
def test_a_contact_that_was_deleted_is_told_and_tried_ever_less(desk: Desk) -> None:
    """Lookup gone: at the row, with why and when; others are not held up."""
    gone, here = desk.world.contacts()[:2]
    desk.world.record([gone, here], 4, kind="meeting")
    with desk.world.devorg.org.store.writing() as connection:
        connection.execute('UPDATE "Contact" SET "IsDeleted" = 1 WHERE "Id" = ?', (gone,))

    assert desk.write_scores() == {"saved": 1, "unchanged": 0, "refused": 1}

    failing = _failing(desk)
    assert failing.error_reason == "record_gone"
    assert failing.failed_at is not None
    desk.later(minutes=16)
    assert desk.write_scores()["refused"] == 1
    assert _failing(desk).attempts == 2


def _failing(desk: Desk) -> PersonScore:
    return next(row for row in desk.people() if row.attempts)
