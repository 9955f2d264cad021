"""A rule that is met becomes one task in the org in a box (X10, X4, X19)."""

from __future__ import annotations

from datetime import date, timedelta

from app.clock import utcnow
from app.outbox.follow_ups.models import FollowUpState
from tests.outbox.follow_ups.conftest import Room


def test_two_views_of_the_pricing_block_give_the_owner_a_task_due_tomorrow(room: Room) -> None:
    """X10: the sentence of the feature, word by word, with a namespace and without."""
    contact, deal = room.with_deal()
    number = room.rule()

    room.visit(contact)
    assert room.make() == {}
    room.visit(contact)
    assert room.make() == {"made": 1}
    room.world.drain()

    (task,) = room.tasks()
    assert task["WhoId"] == contact
    assert task["WhatId"] == deal["Id"]
    assert task["OwnerId"] == deal["OwnerId"]
    assert task["Status"] == "Not Started"
    assert not task["IsClosed"]
    assert task["Priority"] == "Normal"
    assert task["ActivityDate"] == _next_working_day(utcnow().date()).isoformat()
    assert "looked at “pricing”, 2 times within 7 days" in task["Description"]
    (row,) = room.world.rows()
    assert (row.rank, row.kind) == (1000 + number, "follow_up")
    assert task["Inlay_Key__c"] == f"t:{row.event_id.hex}:{row.rank}"


def test_at_most_one_task_comes_of_a_rule_person_and_window(room: Room) -> None:
    """X10: no duplicates, however often somebody looks, and however often it is decided."""
    contact, _ = room.with_deal()
    room.rule()
    for _ in range(4):
        room.visit(contact)
        room.make()
    room.world.drain()
    room.world.drain()

    assert len(room.tasks()) == 1

    room.age(days=8)
    room.visit(contact)
    room.make()
    room.world.drain()

    assert len(room.tasks()) == 2


def test_a_death_between_deciding_and_sending_does_not_double(room: Room) -> None:
    """X4: decided again after the answer was lost, sent once; the outbox asks before it resends."""
    contact, _ = room.with_deal()
    room.rule(times=1)
    room.visit(contact)
    room.make()
    with room.world.writing() as session:  # as if the worker had died before it could note it
        for row in room.follow_ups():
            session.merge(row).state = FollowUpState.OPEN
    room.world.fault(kind="drop", match="/composite/sobjects", after=True, times=1)

    room.make()
    room.world.drain()
    room.world.hurry()
    room.world.drain()

    assert len(room.tasks()) == 1
    assert room.world.states() == ["delivered"]


def _next_working_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day
