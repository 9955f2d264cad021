"""Small parts of the card: bars, times, initials, addresses, the bearer's size."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.engagement.models import Confidence
from app.engagement.timeline import TimelineItem
from app.ids import new_id
from app.keys import Keyring
from app.salesforce.ui_records import UiRecord
from app.widget import bearer
from app.widget.bearer import Frame, Names
from app.widget.header import header_of
from app.widget.reader import reader_of
from app.widget.rights import Rights
from app.widget.rows import duration, rows_of, web_address
from app.widget.sparkline import draw
from canvas.errors import SessionError
from canvas.ids import to_18
from canvas.session import FrameClaims

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
KEYS = Keyring(("k" * 40,))


def frame(people: int = 1) -> Frame:
    ids = [to_18(f"0035e00000{number:05}") for number in range(people)]
    claims = FrameClaims(
        org_id="0190a0b0-0000-7000-8000-000000000001",
        user_id=to_18("0055e0000000001"),
        record_id=to_18("0065e0000000001"),
        sobject="Opportunity",
        people={each: f"Maximiliane Oberhauser-Lindqvist {each}" for each in ids},
    )
    return Frame(claims, Names("A deal", "A company", 0, "", dict.fromkeys(ids, "Maximiliane")))


def test_bars_are_as_high_as_their_day_and_are_spoken() -> None:
    """C2: the drawing has a sentence for those who cannot see it."""
    drawn = draw([0] * 27 + [1, 4, 0])

    assert drawn.bars.count("M") == 2
    assert "v-48" in drawn.bars
    assert "v-12" in drawn.bars
    assert drawn.spoken == "5 events in the last 30 days, most of them 1 day ago"


def test_no_engagement_is_spoken_too() -> None:
    """C2: not an empty name."""
    assert draw([0] * 30).spoken == "No engagement in the last 30 days"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(hours=1), "Today, 12:00 PM"),
        (timedelta(hours=14), "Yesterday, 11:00 PM"),
        (timedelta(days=10), "Nov 6, 1:00 PM"),
        (timedelta(days=365), "Nov 16, 2025, 1:00 PM"),
    ],
)
def test_times_are_short_where_they_are_near(ago: timedelta, text: str) -> None:
    """C2: in the user's zone, which may be on another day."""
    shown = reader_of("Europe/Stockholm", "en_US", NOW).moment(NOW - ago)

    assert shown.replace("\N{NARROW NO-BREAK SPACE}", " ") == text


def test_unknown_zones_and_locales_are_no_error() -> None:
    """C2: Salesforce may name some that we do not know."""
    assert "Nov 6" in reader_of("Mars/Olympus", "xx_XX", NOW).moment(NOW - timedelta(days=10))


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Elena Marquez", "EM"), ("Cher", "C"), ("Sanne de Wit", "SW"), ("“Bo” 王", "王"), ("", "")],
)
def test_faces_show_initials(name: str, initials: str) -> None:
    """C2: whatever a name looks like."""
    record = UiRecord("0035e0000000001AAA", "Contact", {"Name": name})

    assert header_of(Rights(record)).initials == initials


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http:", "http://[", ""]
)
def test_only_web_addresses_become_links(url: str) -> None:
    """X2: what another system sends is not followed blindly."""
    assert web_address(url) == ""


def test_durations_are_read_easily() -> None:
    """C2: of a visit."""
    assert (duration(4.6), duration(125)) == ("5 s", "2 min 5 s")


def test_a_bearer_carries_the_frame() -> None:
    """X1: claims, and the names that a Destination is made with."""
    given = frame(3)
    found = bearer.read(bearer.issue(given, KEYS, now=NOW, lifetime_s=600), KEYS, now=NOW)

    assert found.names == given.names
    assert found.claims.people == given.claims.people


def test_a_bearer_of_many_people_fits_into_a_header() -> None:
    """X1: servers commonly refuse header fields beyond 8 kB."""
    token = bearer.issue(frame(80), KEYS, now=NOW, lifetime_s=600)

    assert len(token) < 8000
    found = bearer.read(token, KEYS, now=NOW)
    assert len(found.claims.people) == 80
    assert found.names.first_names == {}


def test_names_signed_for_another_bearer_are_refused() -> None:
    """X2: both parts are tied to each other."""
    one = bearer.issue(frame(), KEYS, now=NOW, lifetime_s=600)
    other = bearer.issue(
        replace(frame(), names=Names("Another deal")), KEYS, now=NOW, lifetime_s=600
    )

    with pytest.raises(SessionError) as refused:
        bearer.read(one.split("~")[0] + "~" + other.split("~")[1], KEYS, now=NOW)
    assert refused.value.reason == "bearer_invalid"


@pytest.mark.parametrize(
    ("named", "sender"),
    [
        ({"name": "Noor\n<b>", "email": "noor@new.example"}, "Noor <b>, noor@new.example"),
        ({"name": "", "email": "noor@new.example"}, "noor@new.example"),
        ({}, ""),  # a visit from before senders were kept
    ],
)
def test_a_visit_shows_what_was_written_in_its_form_and_by_whom(
    named: dict[str, str], sender: str
) -> None:
    """L11: the first thing a rep asks of a form that was sent; links are passed on."""
    form = {"message": "Call me\n<b>today</b>", **named}
    item = TimelineItem(
        seq=1,
        id=new_id(),
        person_id=new_id(),
        visit_id=None,
        kind="destination_visit",
        occurred_at=NOW,
        subject="Prepared for you",
        url="",
        confidence=Confidence.HUMAN,
        confidence_reason="",
        properties={"form_sent": True, "form": form},
    )
    (row,) = rows_of([item], {}, reader_of("UTC", "en_US", NOW))

    assert (row.message, row.sender) == ("Call me <b>today</b>", sender)
    assert "form sent" in row.marks
