"""When a rule that is met makes a task, when none, and for whom (X10, X5, X20)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import time_machine

from app.clock import utcnow
from app.jobs import follow_ups
from app.orgs.features import Feature
from app.outbox.follow_ups.models import OwnerRule, Part
from app.salesforce.errors import SalesforceDown
from tests.outbox.follow_ups.conftest import SCANNER, Room

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)


def test_scanners_and_reloads_of_history_never_trigger(room: Room) -> None:
    """X5: only what a person is thought to have done counts."""
    contact, _ = room.with_deal()
    room.rule()
    room.visit(contact)
    room.visit(contact, judgement=SCANNER)
    room.visit(contact, "Our team")
    room.visit(contact, at=utcnow() - timedelta(days=8))

    assert room.make() == {}
    assert room.follow_ups() == []


def test_nothing_happens_while_the_feature_is_off_or_the_rule_rests(room: Room) -> None:
    """X20: off by default, and at once when it is switched off."""
    contact, _ = room.with_deal()
    room.rule(times=1)
    room.switch(Feature.FOLLOW_UPS, on=False)
    room.visit(contact)
    assert room.follow_ups() == []

    room.switch(Feature.FOLLOW_UPS, on=True)
    room.visit(contact)
    room.switch(Feature.FOLLOW_UPS, on=False)
    assert room.make() == {}
    assert [row.state for row in room.follow_ups()] == ["open"]


def test_without_an_open_opportunity_there_is_no_task_and_the_reason_is_kept(room: Room) -> None:
    """X10: the condition is judged by the org itself, when the rule is met; again a day later."""
    room.rule(times=1)
    contact = room.without_deal()
    room.visit(contact)

    assert room.make() == {"refused": 1}
    (row,) = room.follow_ups()
    assert row.reason == "no_open_opportunity"
    assert timedelta(0) < row.quiet_until - utcnow() <= timedelta(days=1)


def test_a_rule_for_anybody_takes_the_owner_of_the_record(room: Room) -> None:
    """X10: owner of opportunity, of the record, or a named user."""
    contact = room.without_deal()
    room.rule(times=1, needs_opportunity=False, part=Part.ANY, target="")
    lead = next(r for r in room.world.records("Lead") if not r["IsConverted"])
    user = next(r["Id"] for r in room.world.records("User") if r["IsActive"])
    room.rule(
        times=1, needs_opportunity=False, owner=OwnerRule.USER, owner_id=user, subject="Ask",
        due_days=3, working_days=False, priority="High",
    )  # fmt: skip
    room.visit(contact)
    room.visit(lead["Id"])

    assert room.make() == {"made": 4}
    room.world.drain()

    owners = {r["Id"]: r["OwnerId"] for r in room.world.records("Contact")}
    tasks = room.tasks()
    called = {t["WhoId"]: t["OwnerId"] for t in tasks if t["Subject"] != "Ask"}
    assert called == {contact: owners[contact], lead["Id"]: lead["OwnerId"]}
    asked = [t for t in tasks if t["Subject"] == "Ask"]
    assert {(t["OwnerId"], t["Priority"]) for t in asked} == {(user, "High")}
    assert {t["WhatId"] for t in tasks} == {None}


def test_an_owner_who_left_is_replaced_by_the_owner_of_the_record(room: Room) -> None:
    """X10: Salesforce takes no inactive owner; a named one is not replaced but said."""
    contact, deal = room.with_deal()
    users = [r["Id"] for r in room.world.records("User") if r["IsActive"]]
    other = next(user for user in users if user != deal["OwnerId"])
    room.world.gateway.for_org(room.world.org.id).call(
        "PATCH",
        f"/services/data/v60.0/sobjects/Contact/{contact}",
        feature="test",
        body={"OwnerId": other},
    )
    _deactivate(room, deal["OwnerId"])
    room.rule(times=1)
    room.rule(times=1, owner=OwnerRule.USER, owner_id=deal["OwnerId"])
    room.visit(contact)

    assert room.make() == {"made": 1, "refused": 1}
    room.world.drain()
    assert [t["OwnerId"] for t in room.tasks()] == [other]
    assert {row.reason for row in room.follow_ups()} == {"", "no_owner"}


def _deactivate(room: Room, user: str) -> None:
    with room.world.devorg.org.store.writing() as connection:
        connection.execute('UPDATE "User" SET "IsActive" = 0 WHERE "Id" = ?', (user,))


def test_somebody_without_a_record_waits_and_costs_no_call(room: Room) -> None:
    """X20: nothing is asked of the org for people whom it does not know."""
    room.rule(times=1)
    room.visit("somebody@elsewhere.example")
    room.world.devorg.org.usage.reset()

    room.make()

    assert room.world.calls() == 0
    (row,) = room.follow_ups()
    assert (row.state, row.reason) == ("open", "unlinked")
    room.age(days=8)
    assert room.make() == {"refused": 1}


def test_all_due_cases_of_an_org_are_decided_with_one_counted_call(room: Room) -> None:
    """X3, X14: booked to the feature."""
    room.rule(times=1, needs_opportunity=False, part=Part.ANY, target="")
    room.rule(times=1)
    for contact in room.world.contacts()[:5]:
        room.visit(contact)
    room.world.gateway.accounting.flush()
    room.make()  # reads the profile too
    room.age(days=8)
    for contact in room.world.contacts()[:5]:
        room.visit(contact)
    room.world.devorg.org.usage.reset()

    room.make()

    assert room.world.calls() == 1


def test_an_org_that_does_not_answer_is_asked_again_later(room: Room) -> None:
    """House: wait; the case says why, and nothing is lost."""
    contact, _ = room.with_deal()
    room.rule(times=1)
    room.visit(contact)
    room.world.fault(kind="status", status=503, match="/composite", times=1)

    room.make()
    (row,) = room.follow_ups()
    assert (row.state, row.reason, row.attempts) == ("open", SalesforceDown.reason, 1)
    assert row.not_before > utcnow()
    room.age(days=0.01)
    assert room.make() == {"made": 1}


def test_tomorrow_after_a_friday_is_monday(room: Room) -> None:
    """X10: working days."""
    contact, _ = room.with_deal()
    with time_machine.travel(FRIDAY, tick=True):
        room.rule(times=1)
        room.visit(contact)
        room.make()

    (row,) = room.world.rows()
    assert row.payload is not None
    fields: Any = row.payload["fields"]
    assert fields["ActivityDate"] == "2026-11-23"


def test_the_worker_looks_only_at_orgs_with_something_due(room: Room) -> None:
    """Costs one statement when nothing is due, however many orgs there are."""
    contact, _ = room.with_deal()
    room.rule(times=1)
    assert follow_ups.make_all(room.world.database, room.world.gateway) == 0
    room.visit(contact)

    assert follow_ups.make_all(room.world.database, room.world.gateway) == 1
    assert [row.state for row in room.follow_ups()] == ["made"]


def test_a_spent_budget_lets_them_wait(room: Room) -> None:
    """X14: nothing optional is asked while the org's budget is spent."""
    contact, _ = room.with_deal()
    room.rule(times=1)
    room.world.prepare(kinds={"destination_visit": "off"}, api_budget=1)
    room.world.gateway.accounting.book(room.world.org.salesforce_id, "delivery")
    room.world.gateway.accounting.flush()
    room.visit(contact)
    room.world.devorg.org.usage.reset()

    room.make()

    assert room.world.calls() == 0
    assert [row.reason for row in room.follow_ups()] == ["budget_spent"]


def test_two_visits_that_end_at_once_come_to_one_task(room: Room) -> None:
    """X10: the row of rule and person is what both write."""
    contact, _ = room.with_deal()
    room.rule(times=1)
    room.world.person(contact)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: room.visit(contact), range(8)))

    assert room.make() == {"made": 1}
    assert room.make() == {}
    room.world.drain()
    assert len(room.tasks()) == 1


def test_an_org_without_the_key_field_gets_its_task_too(room: Room) -> None:
    """X19: found again by the reference in the description, as all its activities are."""
    url = f"{room.world.devorg.url}/_devorg/package"
    requests.post(url, json={"without": ["Inlay_Key__c"]}, timeout=30).raise_for_status()
    contact, _ = room.with_deal()
    room.rule(times=1)
    room.visit(contact)

    assert room.make() == {"made": 1}
    room.world.drain()

    (task,) = [t for t in room.world.records("Task") if "Made by Inlay" in (t["Description"] or "")]
    (row,) = room.world.rows()
    assert task["Description"].endswith(f"Inlay reference: {row.activity_key}")
