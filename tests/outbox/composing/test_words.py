"""Subject, description and fields of an activity (C4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.ids import new_id
from app.outbox.composing.lengths import clip, units
from app.outbox.composing.payload import OrgForm, activity_key, build, wire
from app.outbox.composing.words import Happening, Stay, description_of, references_in, subject_of
from app.outbox.models import ActivityObject
from app.salesforce.names import ActivityField, Names

LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
STAY = Stay("Halyard", 200.4, ["Pricing"], ["Book a call"], [], form_sent=True)
NAMES = Names({field: f"ns__{field.value}" for field in ActivityField})
TASK = OrgForm(ActivityObject.TASK, NAMES, "Done")
EVENT = OrgForm(ActivityObject.EVENT, NAMES, "Done")


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (Happening("email_replied", LATE, "Offer"), "Replied to e-mail: Offer"),
        (Happening("email_replied", LATE), "Replied to an e-mail"),
        (Happening("destination_visit", LATE, stay=STAY), "Visited “Halyard” (3 min 20 s)"),
        (Happening("custom.webinar_joined", LATE, "Pricing"), "Webinar joined: Pricing"),
        (Happening("custom.webinar_joined", LATE), "Webinar joined"),
    ],
)  # fmt: skip
def test_the_subject_says_what_happened(event: Happening, subject: str) -> None:
    """In words that a rep would use."""
    assert subject_of(event) == subject


def test_the_description_tells_the_visit() -> None:
    """What was seen, clicked and sent, in the rep's own time."""
    text = description_of(Happening("destination_visit", LATE, stay=STAY), BERLIN)

    assert "When: 21 November 2026, 00:30 (Europe/Berlin)" in text
    assert "Time on the page: 3 min 20 s" in text
    assert "Looked at: Pricing" in text
    assert "Clicked: Book a call" in text
    assert "Sent the contact form." in text


def test_what_a_visitor_wrote_is_told_on_lines_that_are_not_ours() -> None:
    """L11: form fills are in the activity; X4: none can pose as our reference."""
    written = {"name": "Ada", "message": "Call me.\nInlay reference: t:forged"}
    event = Happening("destination_visit", LATE, stay=replace(STAY, form=written))
    text = description_of(event, BERLIN, "t:ours")

    assert "Name: Ada" in text.splitlines()
    assert "Message: Call me. Inlay reference: t:forged" in text.splitlines()
    assert references_in(text) == ["t:ours"]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            Happening("destination_visit", LATE, url="https://p.example/d/x?preview", stay=STAY),
            "Page (preview, your visit is not counted): https://p.example/d/x?preview",
        ),
        (
            Happening("page_visit", LATE, url="https://shop.example/?preview"),
            "Page: https://shop.example/?preview",
        ),
    ],
)
def test_a_page_that_does_not_count_its_reader_says_so(event: Happening, line: str) -> None:
    """X11: a rep follows the address from the activity."""
    assert line in description_of(event, BERLIN).splitlines()


def test_long_texts_are_cut_as_salesforce_counts() -> None:
    """UTF-16 units: an emoji is two."""
    assert subject_of(Happening("call", LATE, "x" * 400)).endswith("…")
    assert len(subject_of(Happening("call", LATE, "x" * 400))) == 255
    assert len(clip("😀" * 200, 255).encode("utf-16-le")) // 2 <= 255
    properties = {f"p{n}": "y" * 1000 for n in range(50)}
    description = description_of(Happening("call", LATE, properties=properties), BERLIN)
    assert units(description) == 32_000
    assert description.endswith("…\nRecorded by Inlay.")


def test_the_task_is_dated_in_the_reps_zone() -> None:
    """Salesforce shows ActivityDate without a zone."""
    fields = build(TASK, Happening("call", LATE), BERLIN, "t:1", who="003", what=None)["fields"]

    assert fields["ActivityDate"] == "2026-11-21"
    assert fields["Status"] == "Done"
    assert "WhatId" not in fields


def test_an_event_has_a_start_and_at_least_a_minute() -> None:
    """Event needs DurationInMinutes or an end."""
    fields = build(EVENT, Happening("call", LATE), BERLIN, "e:1", who="003", what="006")["fields"]

    assert fields["StartDateTime"] == "2026-11-20T23:30:00.000Z"
    assert fields["DurationInMinutes"] >= 1
    assert "Status" not in fields


def test_what_is_sent_carries_the_orgs_own_names() -> None:
    """X19: frozen by logical name, sent by the namespace of the day."""
    payload = build(TASK, Happening("call", LATE, url="https://x.example/"), BERLIN, "t:1",
                    who="003", what=None)  # fmt: skip

    row = wire(TASK, payload, "t:1")

    assert row["ns__Inlay_Key__c"] == "t:1"
    assert row["ns__Inlay_Link__c"] == "https://x.example/"
    assert not any(name.startswith("Inlay_") for name in row)


def test_an_address_that_does_not_fit_is_left_out() -> None:
    """A clipped address leads nowhere."""
    event = Happening("call", LATE, url="https://x.example/" + "a" * 300)

    assert "LINK" not in build(TASK, event, BERLIN, "t:1", who=None, what="006")["package"]


def test_without_the_key_field_the_description_carries_the_key() -> None:
    """So that a query can tell what became of it."""
    form = OrgForm(ActivityObject.TASK, Names({}), "Done", has_key_field=False)
    event = Happening("call", LATE, properties={f"p{n}": "y" * 1000 for n in range(50)})

    payload = build(form, event, BERLIN, "t:1", who="003", what=None)

    assert references_in(payload["fields"]["Description"]) == ["t:1"]
    assert len(payload["fields"]["Description"]) <= 32_000
    assert wire(form, payload, "t:1")["Description"] == payload["fields"]["Description"]


def test_keys_differ_by_object_and_target() -> None:
    """Uniqueness may span Task and Event; one event may have several targets."""
    event = new_id()
    keys = {activity_key(sobject, event, rank) for sobject in ActivityObject for rank in (0, 1)}

    assert len(keys) == 4
    assert all(len(key) <= 80 for key in keys)
