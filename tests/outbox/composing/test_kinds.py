"""Every kind as Task and as Event, field by field, as the org shows it (C4, L5, P5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.orgs.settings import OpportunityRule
from devorg.users import INTEGRATION
from tests.outbox.world import World

LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
CALL = {"direction": "outbound", "seconds": 185, "outcome": "Left a message"}
#: kind: (properties, Subject, TaskSubtype)
KINDS: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "email_sent": ({}, "E-mail sent: Offer", "Email"),
    "email_opened": ({}, "E-mail opened: Offer", None),
    "email_clicked": ({}, "Clicked in e-mail: Offer", None),
    "email_replied": ({}, "Replied to e-mail: Offer", "Email"),
    "form_submitted": ({"company": "Halyard"}, "Form sent: Offer", None),
    "page_visit": ({}, "Visited page: Offer", None),
    "call": (CALL, "Call: Offer", "Call"),
    "meeting": ({"minutes": 45}, "Meeting: Offer", None),
    "custom.webinar_joined": ({}, "Webinar joined: Offer", None),
}
ALL_OF_THEM = dict.fromkeys(KINDS, "each")


def _told(world: World, sobject: str) -> dict[str, dict[str, Any]]:
    """One activity of each kind of one contact, as the org has them."""
    contact = world.contacts()[0]
    world.prepare(
        activity_object=sobject,
        kinds=ALL_OF_THEM,
        opportunity_rule=OpportunityRule.NONE,
        time_zone="Europe/Berlin",
    )
    for kind, (properties, _, _) in KINDS.items():
        world.record(
            [contact], kind=kind, occurred_at=LATE, subject="Offer",
            url="https://example.com/offer", properties=properties,
        )  # fmt: skip
    world.drain()
    found = world.activities(sobject)
    assert {activity["WhoId"] for activity in found} == {contact}
    assert len(found) == len(KINDS)
    return {activity["Inlay_Kind__c"]: activity for activity in found}


def _check_common(told: dict[str, dict[str, Any]], prefix: str) -> None:
    for kind, (_, subject, _) in KINDS.items():
        activity = told[kind]
        assert activity["Subject"] == subject
        assert activity["Inlay_Key__c"].startswith(prefix)
        assert activity["Inlay_Occurred_At__c"].startswith("2026-11-20T23:30:00.000")
        assert activity["Inlay_Confidence__c"] == "human"
        assert activity["Inlay_Link__c"] == "https://example.com/offer"
        assert activity["OwnerId"] == activity["CreatedById"] == INTEGRATION.id
        assert activity["WhatId"] is None
        lines = activity["Description"].splitlines()
        assert lines[0] == "When: 21 November 2026, 00:30 (Europe/Berlin)"
        assert lines[-1] == "Recorded by Inlay."
    assert "Company: Halyard" in told["form_submitted"]["Description"].splitlines()


def test_every_kind_becomes_a_closed_task(world: World) -> None:
    """P5: with its subtype, which cannot be set later, and what is known of a call."""
    told = _told(world, "Task")

    _check_common(told, "t:")
    for kind, (_, _, subtype) in KINDS.items():
        assert told[kind]["Status"] == "Completed"
        assert told[kind]["ActivityDate"] == "2026-11-21"
        assert told[kind]["TaskSubtype"] in {subtype, "Task" if subtype is None else subtype}
        if kind != "call":
            assert told[kind]["CallType"] is told[kind]["CallDurationInSeconds"] is None
    call = told["call"]
    assert (call["CallType"], call["CallDurationInSeconds"]) == ("Outbound", 185)
    assert call["CallDisposition"] == "Left a message"


def test_every_kind_becomes_a_calendar_event(world: World) -> None:
    """C4: of its time and length; only a meeting makes somebody busy."""
    told = _told(world, "Event")

    _check_common(told, "e:")
    lengths = {kind: told[kind]["DurationInMinutes"] for kind in KINDS}
    assert lengths == {**dict.fromkeys(KINDS, 1), "call": 4, "meeting": 45}
    for kind in KINDS:
        assert told[kind]["StartDateTime"].startswith("2026-11-20T23:30:00.000")
        assert told[kind]["ShowAs"] == ("Busy" if kind == "meeting" else "Free")


def test_kinds_of_two_objects_go_by_one_call(world: World) -> None:
    """X3: else each change of object between rows would be a collection of its own."""
    world.prepare(objects={"meeting": "Event"}, opportunity_rule=OpportunityRule.NONE)
    contacts = world.contacts()
    world.record(contacts[:1])
    world.drain()
    world.devorg.org.usage.reset()
    for number in range(12):
        world.record([contacts[number % 3]], kind="call" if number % 2 else "meeting")

    world.drain()

    assert world.calls() == 1
    assert len(world.activities("Event")) == 6
    assert len(world.activities("Task")) == 7


def test_of_clicks_the_first_on_each_link_is_told(world: World) -> None:
    """L5: per person and link, however often and however many at once."""
    first, second = world.contacts()[:2]
    for url in ("https://example.com/a", "https://example.com/a", "https://example.com/b"):
        world.record([first], 3, kind="email_clicked", url=url)
    world.record([second], 2, kind="email_clicked", url="https://example.com/a")
    world.record([second], 2, kind="email_clicked", url="", subject="")  # no link: each is told

    world.drain()

    links = sorted((task["WhoId"], task["Inlay_Link__c"] or "") for task in world.activities())
    assert links == sorted(
        [
            (first, "https://example.com/a"), (first, "https://example.com/b"),
            (second, "https://example.com/a"), (second, ""), (second, ""),
        ]
    )  # fmt: skip


@pytest.mark.parametrize("is_known", [False, True])
def test_a_field_that_the_org_hides_is_left_out_and_nothing_fails(
    world: World, is_known: bool
) -> None:
    """Facts, describe: what we may not fill is missing there, and would refuse the whole row."""
    if is_known:  # the org is known as it was
        world.record([world.contacts()[1]], kind="meeting")
        world.drain()
    for name in ("Task.CallType", "Task.Description"):
        world.control("access", user="integration", field=name, visible=False)
    world.record([world.contacts()[0]], kind="call", properties=CALL)

    for _ in range(3):
        world.drain()
        world.hurry()

    (task,) = [each for each in world.activities() if each["Inlay_Kind__c"] == "call"]
    assert (task["CallType"], task["Description"]) == (None, None)
    assert (task["CallDisposition"], task["TaskSubtype"]) == ("Left a message", "Call")
