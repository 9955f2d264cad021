"""Delivery against the org in a box (C4, E2, E3, X3, X4)."""

from __future__ import annotations

from tests.outbox.world import World


def test_each_event_becomes_one_closed_task_of_its_person(world: World) -> None:
    """C4: the Task names the person, is closed, and carries the package's fields."""
    contact = world.contacts()[0]
    world.record([contact], 3, url="https://example.com/offer")

    world.drain()

    tasks = world.activities()
    assert len(tasks) == 3
    assert {task["WhoId"] for task in tasks} == {contact}
    assert {task["Status"] for task in tasks} == {"Completed"}
    assert {task["Inlay_Kind__c"] for task in tasks} == {"email_replied"}
    assert {task["Inlay_Link__c"] for task in tasks} == {"https://example.com/offer"}
    assert world.states() == ["delivered"] * 3
