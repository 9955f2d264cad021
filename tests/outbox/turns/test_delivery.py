"""Delivery against the org in a box (C4, E2, E3, X3, X4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import requests

from app.clock import utcnow
from app.orgs.settings import OpportunityRule
from tests.outbox.expected import expected, written
from tests.outbox.world import World


def _with_deals(world: World, least: int = 1) -> str:
    """A contact with roles in at least so many open opportunities."""
    opened = {row["Id"] for row in world.records("Opportunity") if not row["IsClosed"]}
    roles = Counter(
        role["ContactId"]
        for role in world.records("OpportunityContactRole")
        if role["OpportunityId"] in opened
    )
    return next(str(contact) for contact, count in roles.items() if count >= least)


def _lead(world: World) -> str:
    return next(str(row["Id"]) for row in world.records("Lead") if not row["IsConverted"])


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
    assert {row.salesforce_id for row in world.rows()} == {task["Id"] for task in tasks}


def test_activities_go_where_the_rule_primary_wants_them(world: World) -> None:
    """E2, E3: person and opportunity, for events of every age."""
    for days in (0, 20, 100, 700):
        people = [*world.contacts(), _lead(world)]
        world.record(people, len(people), occurred_at=utcnow() - timedelta(days=days))

    world.drain()

    assert written(world) == expected(world)
    assert any(what for _, _, what in written(world))


def test_the_rule_all_writes_one_more_for_each_further_opportunity(world: World) -> None:
    """House, flow 4: without WhoId, so that the person's timeline shows it once."""
    requests.post(f"{world.devorg.url}/_devorg/seed", json={"people": 40, "seed": 3}, timeout=60)
    world.prepare(opportunity_rule=OpportunityRule.ALL)
    contact = _with_deals(world, 1)
    deals = [role["OpportunityId"] for role in world.records("OpportunityContactRole")
             if role["ContactId"] == contact]  # fmt: skip
    other = next(row["Id"] for row in world.records("Opportunity")
                 if not row["IsClosed"] and row["Id"] not in deals)  # fmt: skip
    _give_role(world, contact, other)
    world.record([contact])

    world.drain()

    tasks = world.activities()
    assert sorted(task["WhoId"] is not None for task in tasks) == [False] * (len(tasks) - 1) + [
        True
    ]
    assert len({task["WhatId"] for task in tasks}) == len(tasks) >= 2


def _give_role(world: World, contact: str, opportunity: str) -> None:
    row = {"OpportunityId": opportunity, "ContactId": contact, "Role": "Evaluator"}
    client = world.gateway.for_org(world.org.id)
    path = "/services/data/v60.0/sobjects/OpportunityContactRole"
    client.call("POST", path, feature="test", body=row)


def test_the_rule_none_writes_to_the_person_alone_and_asks_for_no_roles(world: World) -> None:
    """Frugal: no role query where nobody needs it."""
    world.prepare(opportunity_rule=OpportunityRule.NONE)
    world.record([_with_deals(world)])

    world.drain()

    assert [task["WhatId"] for task in world.activities()] == [None]


def test_an_org_may_choose_calendar_events(world: World) -> None:
    """C4: Event instead of Task, by the org's choice."""
    world.prepare(activity_object="Event")
    moment = utcnow() - timedelta(hours=3)
    world.record([world.contacts()[0]], kind="meeting", occurred_at=moment)

    world.drain()

    (event,) = world.activities("Event")
    assert event["DurationInMinutes"] == 1
    assert event["StartDateTime"][:16] == moment.isoformat()[:16]
    assert event["Inlay_Key__c"].startswith("e:")


def test_a_thousand_activities_cost_one_counted_call(world: World) -> None:
    """X3: once the batch has grown, and roles were read within the interval."""
    people = world.contacts()
    world.record(people, 1500)
    world.drain()
    world.devorg.org.usage.reset()
    world.record(people, 2000)

    world.drain()

    assert world.delivery().batch_size == 1000
    assert world.calls() == 2


def test_roles_are_read_once_per_interval_and_for_newcomers(world: World) -> None:
    """House, flow 4: one counted query, and one more for people who turn up in between."""
    first, second, *_ = world.contacts()
    world.record([first])
    world.drain()
    world.devorg.org.usage.reset()

    world.record([first])
    world.drain()
    assert world.calls() == 1  # the activity alone

    world.record([second])
    world.drain()
    assert world.calls() == 3  # roles of the newcomer, and the activity


def test_a_role_that_was_removed_is_forgotten(world: World) -> None:
    """isv facts: removed roles do not show as deleted; the read covers a person's roles whole."""
    contact = _with_deals(world)
    world.record([contact])
    world.drain()
    client = world.gateway.for_org(world.org.id)
    for role in world.records("OpportunityContactRole"):
        if role["ContactId"] == contact:
            path = f"/services/data/v60.0/sobjects/OpportunityContactRole/{role['Id']}"
            client.call("DELETE", path, feature="test")
    world.config = replace(world.config, role_refresh_seconds=0)

    world.record([contact])
    world.drain()

    targets = sorted(task["WhatId"] is None for task in world.activities())
    assert targets == [False, True]


def test_a_dropped_answer_is_asked_about_and_nothing_is_sent_again(world: World) -> None:
    """X4: the work was done, the answer was lost; an update would run automation once more."""
    world.record(world.contacts(), 30)
    world.fault(kind="drop", match="/composite/sobjects", after=True, times=1)
    before = {task["Id"]: task["SystemModstamp"] for task in world.activities()}

    world.drain()
    assert set(world.states()) == {"waiting"}
    assert all(row.is_unsure for row in world.rows())
    first = {task["Id"]: task["SystemModstamp"] for task in world.activities()}
    world.hurry()
    world.drain()

    after = {task["Id"]: task["SystemModstamp"] for task in world.activities()}
    assert before == {}
    assert len(first) == 30
    assert after == first
    assert set(world.states()) == {"delivered"}


def test_a_call_that_never_arrived_is_sent_again_whole(world: World) -> None:
    """X4: dropped before the work."""
    world.record(world.contacts(), 30)
    world.fault(kind="drop", match="/composite/sobjects", times=1)

    world.drain()
    world.hurry()
    world.drain()

    assert written(world) == expected(world)


def test_an_activity_that_somebody_deleted_is_not_written_again(world: World) -> None:
    """X4: deleted ones count as existing."""
    world.record([world.contacts()[0]])
    world.fault(kind="drop", match="/composite/sobjects", after=True, times=1)
    world.drain()
    (task,) = world.activities()
    client = world.gateway.for_org(world.org.id)
    client.call("DELETE", f"/services/data/v60.0/sobjects/Task/{task['Id']}", feature="test")

    world.hurry()
    world.drain()

    assert world.states() == ["delivered"]
    assert [task["IsDeleted"] for task in world.activities()] == [True]


def test_what_is_frozen_does_not_change_between_tries(world: World) -> None:
    """House: object, key and payload are frozen at the first send."""
    contact = world.contacts()[0]
    world.record([contact])
    world.fault(kind="lock", match="/composite/sobjects/", times=1)
    world.drain()
    (before,) = world.rows()
    world.prepare(activity_object="Event", opportunity_rule=OpportunityRule.NONE)

    world.hurry()
    world.drain()

    (after,) = world.rows()
    assert (after.sobject, after.activity_key, after.payload, after.first_sent_at) == (
        before.sobject, before.activity_key, before.payload, before.first_sent_at,
    )  # fmt: skip
    assert len(world.activities("Task")) == 1
    assert world.activities("Event") == []
