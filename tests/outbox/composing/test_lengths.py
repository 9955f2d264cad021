"""Texts are cut as Salesforce counts them, where no reader sees it (C4)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.outbox.composing.lengths import ELLIPSIS, clip, units
from app.outbox.composing.payload import OrgForm, build, wire
from app.outbox.composing.words import (
    Day,
    Happening,
    Stay,
    description_of,
    references_in,
    subject_of,
)
from app.outbox.digests.words import description_of_day, subject_of_day
from app.outbox.models import ActivityObject
from app.salesforce.names import ActivityField, Names

BERLIN = ZoneInfo("Europe/Berlin")
LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
FAMILY = "👨\u200d👩\u200d👧"
GERMANY, FRANCE = "🇩🇪", "🇫🇷"
E_ACUTE = "e\u0301"
#: Signs that are of one piece for a reader, of one or several characters.
SIGNS = ["a", "ß", "字", "😀", FAMILY, GERMANY, FRANCE, E_ACUTE, "👍🏽", "❤\ufe0f", "각", "\n"]
KINDS = ["email_opened", "page_visit", "call", "meeting", "destination_visit", "custom.webinar"]

signs = st.lists(st.sampled_from(SIGNS), max_size=60)
short = st.text(st.characters(codec="utf-8"), max_size=12) | signs.map("".join)
texts = st.builds(lambda text, times: text * times, short, st.sampled_from([1, 1, 40]))
moments = st.sampled_from([LATE, LATE.replace(year=1971), LATE.replace(hour=1)])
values = texts | st.integers() | st.floats(allow_nan=False) | st.booleans()
stays = st.builds(
    Stay,
    title=texts,
    seconds=st.floats(0, 10**7),
    blocks=st.lists(texts, max_size=3),
    clicks=st.lists(texts, max_size=3),
    documents=st.just([]),
    form_sent=st.booleans(),
    form=st.dictionaries(st.sampled_from(["name", "message"]), texts),
    opportunity=st.none(),
    creator=st.just(""),
)
happenings = st.builds(
    Happening,
    kind=st.sampled_from(KINDS),
    occurred_at=moments,
    subject=texts,
    url=st.sampled_from(["", "https://example.com/" + "x" * 400, "https://example.com/"]),
    confidence=st.just("human"),
    properties=st.dictionaries(st.sampled_from(["seconds", "outcome", "a b"]), values),
    stay=st.none() | stays,
    day=st.none(),
)
days = st.builds(
    lambda told, more: Day(
        date(2026, 11, 20),
        {kind: sum(each.kind == kind for each in told) + more for kind in KINDS},
        told,
    ),
    st.lists(happenings, max_size=4).map(lambda told: told * 30),
    st.integers(1, 5000),
)


@given(texts, st.integers(2, 300))
def test_what_is_cut_fits_and_begins_as_it_did(text: str, length: int) -> None:
    cut = clip(text, length)
    assert units(cut) <= length
    assert cut == text or cut.endswith(ELLIPSIS)
    assert text.startswith(cut.removesuffix(ELLIPSIS)) or cut == text
    assert (cut == text) == (units(text) <= length)


@given(signs, st.integers(12, 200))
def test_no_sign_is_cut_in_two(parts: list[str], length: int) -> None:
    """Accents, families, flags, tones of skin stay whole or go whole."""
    cut = clip("".join(parts), length)
    if cut == "".join(parts):
        return
    kept = cut.removesuffix(ELLIPSIS)
    whole = [""]
    for part in parts:
        whole.append(whole[-1] + part)
    assert kept in {each.rstrip() for each in whole}


def test_flags_in_a_row_are_counted_in_pairs() -> None:
    """Half a flag and half of the next would be a third country's."""
    assert clip(GERMANY + FRANCE + GERMANY, 11) == GERMANY + FRANCE + ELLIPSIS
    assert clip(GERMANY + FRANCE + GERMANY, 8) == GERMANY + ELLIPSIS


def test_a_pile_of_marks_is_cut_all_the_same() -> None:
    """Nobody is to fill a field with nothing."""
    assert units(clip("x" + "\u0301" * 500, 255)) == 255


@settings(max_examples=40)
@given(happenings, st.sampled_from(["", "t:0123456789abcdef"]))
def test_every_activity_fits_and_ends_as_it_must(event: Happening, reference: str) -> None:
    subject, description = subject_of(event), description_of(event, BERLIN, reference)
    assert 0 < units(subject) <= 255
    assert "\n" not in subject
    assert units(description) <= 32_000
    assert references_in(description) == ([reference] if reference else [])
    assert "Recorded by Inlay." in description.splitlines()[-2:]


@settings(max_examples=40)
@given(happenings)
def test_the_time_spent_is_never_cut_off(event: Happening) -> None:
    """What a rep looks for first stands at the end of the subject."""
    if event.stay and event.stay.seconds >= 1:
        assert subject_of(event).endswith(("s)", "min)"))


@settings(max_examples=25)
@given(days, st.sampled_from(["", "t:0123456789abcdef"]))
def test_every_digest_fits_and_counts_what_it_does_not_tell(day: Day, reference: str) -> None:
    subject, description = subject_of_day(day), description_of_day(day, BERLIN, reference)
    lines = description.splitlines()
    assert 0 < units(subject) <= 255
    assert "\n" not in subject
    assert units(description) <= 32_000
    assert references_in(description) == ([reference] if reference else [])
    assert any(line.startswith("And ") and line.endswith(" more.") for line in lines)


@settings(max_examples=40)
@given(happenings, st.sampled_from(ActivityObject), st.booleans())
def test_what_is_frozen_is_json_and_reads_back_the_same(
    event: Happening, sobject: ActivityObject, has_key: bool
) -> None:
    """Outbox: object, key and payload are frozen when a row is first sent."""
    names = Names({field: f"ns__{field.value}" for field in ActivityField}) if has_key else None
    form = OrgForm(sobject, names or Names({}), "Done", has_key)
    key = f"{'t' if sobject is ActivityObject.TASK else 'e'}:1"
    payload = build(form, event, BERLIN, key, who="003", what=None)
    again: dict[str, Any] = json.loads(json.dumps(payload))
    sent = wire(form, payload, key)
    assert again == payload
    assert wire(form, again, key) == sent
    assert "WhatId" not in sent
    assert sent.get("ns__Inlay_Key__c") == (key if has_key else None)
    assert sent.get("DurationInMinutes", 1) in range(1, 14 * 24 * 60 + 1)
    assert sent.get("CallDurationInSeconds", 0) in range(100_000_000)


@pytest.mark.parametrize(
    ("properties", "fields"),
    [
        ({"direction": "Inbound", "seconds": 12.4}, {"CallType": "Inbound", "seconds": 12}),
        ({"direction": "outgoing", "minutes": 2}, {"CallType": "Outbound", "seconds": 120}),
        ({"direction": "sideways", "seconds": "12"}, {}),
        ({"seconds": True}, {}),
        ({"seconds": -1}, {}),
        ({"seconds": 10**12}, {"seconds": 99_999_999}),
        ({"outcome": " Left  a message "}, {"CallDisposition": "Left a message"}),
        ({"outcome": 3}, {}),
    ],
)
def test_of_a_call_is_told_what_the_sender_knows(
    properties: dict[str, Any], fields: dict[str, Any]
) -> None:
    """P5: what makes no sense is left out."""
    form = OrgForm(ActivityObject.TASK, Names({}), "Done", has_key_field=False)
    event = Happening("call", LATE, properties=properties)
    found = build(form, event, BERLIN, "t:1", who="003", what=None)["fields"]
    wanted = {{"seconds": "CallDurationInSeconds"}.get(k, k): value for k, value in fields.items()}
    told = ("CallType", "CallDurationInSeconds", "CallDisposition")
    assert {name: found[name] for name in told if name in found} == wanted
