"""Subject and description of an activity, in words a rep would use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.destinations.tokens import is_preview
from app.outbox.composing.lengths import clip, units

#: Lengths of the standard fields (Salesforce's object reference, Task and Event).
SUBJECT_LENGTH = 255
DESCRIPTION_LENGTH = 32_000

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_REFERENCE = "Inlay reference: "

_SUBJECTS: Mapping[str, tuple[str, str]] = {
    # kind: (with a subject, without one)
    "destination_visit": ("Visited “{}”", "Visited a Destination"),
    "form_submitted": ("Form sent: {}", "Form sent"),
    "email_sent": ("E-mail sent: {}", "E-mail sent"),
    "email_opened": ("E-mail opened: {}", "E-mail opened"),
    "email_clicked": ("Clicked in e-mail: {}", "Clicked in an e-mail"),
    "email_replied": ("Replied to e-mail: {}", "Replied to an e-mail"),
    "page_visit": ("Visited page: {}", "Visited a page"),
    "call": ("Call: {}", "Call"),
    "meeting": ("Meeting: {}", "Meeting"),
}


@dataclass(frozen=True, slots=True)
class Stay:
    """What a visitor did on a Destination; ``creator`` is the User id of the rep who made it.

    ``form`` is what they wrote in the contact form: name, e-mail, message.
    """

    title: str
    seconds: float
    blocks: Sequence[str] = ()
    clicks: Sequence[str] = ()
    documents: Sequence[str] = ()
    form_sent: bool = False
    form: Mapping[str, str] = field(default_factory=dict)
    opportunity: str | None = None
    creator: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What a person did on a day, for a digest: how much of which kind, and the first of it.

    ``told`` is in order of time; ``counts`` tells of all, also of what is not in it.
    """

    day: date
    counts: Mapping[str, int]
    told: Sequence[Happening] = ()


class Happening(NamedTuple):
    """An event as the outbox tells of it; ``day`` is set for a digest."""

    kind: str
    occurred_at: datetime
    subject: str = ""
    url: str = ""
    confidence: str = "human"
    properties: Mapping[str, Any] = MappingProxyType({})
    stay: Stay | None = None
    day: Day | None = None


def subject_of(event: Happening) -> str:
    """One line, at most 255 characters; what was cut is the name in it, not what surrounds it."""
    what = name_of(event)
    named, bare = _SUBJECTS.get(event.kind, (readable(event.kind) + ": {}", ""))
    time_spent = ""
    if event.stay and event.stay.seconds >= 1:
        time_spent = f" ({duration(event.stay.seconds)})"
    if not what:
        return (bare or readable(event.kind)) + time_spent
    before, _, after = named.partition("{}")
    room = SUBJECT_LENGTH - len(before) - len(after) - len(time_spent)
    return f"{before}{clip(what, room)}{after}{time_spent}"


def description_of(event: Happening, zone: ZoneInfo, reference: str = "") -> str:
    """The details, a line each, at most 32,000 characters; the last line always stands.

    ``reference`` ends it in orgs without our key field: ``references_in`` reads it back.
    """
    ending = ending_of(reference)
    return clip("\n".join(_lines(event, zone)), DESCRIPTION_LENGTH - units(ending)) + ending


def ending_of(reference: str) -> str:
    """What every description ends with."""
    return "\nRecorded by Inlay." + (f"\n{reference_line(reference)}" if reference else "")


def name_of(event: Happening) -> str:
    """What it was about, in one line; "" when nobody said."""
    return _one_line(event.subject or (event.stay.title if event.stay else ""))


def reference_line(key: str) -> str:
    """The line by which an activity without our key field is found again."""
    return f"{_REFERENCE}{key}"


def with_reference(description: str, key: str) -> str:
    """A description that ends in its reference, clipped before it where it is too long."""
    if key in references_in(description):
        return description
    ending = f"\n{reference_line(key)}"
    return clip(description, DESCRIPTION_LENGTH - len(ending)) + ending


def references_in(description: str) -> list[str]:
    """Our keys in the description of an activity."""
    lines = description.splitlines()
    return [line.removeprefix(_REFERENCE) for line in lines if line.startswith(_REFERENCE)]


def duration(seconds: float) -> str:
    """``45 s``, ``3 min 20 s``, ``1 h 5 min``."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def moment(local: datetime) -> str:
    """``3 November 2026, 14:05``, in English whatever the locale of the process."""
    return f"{day_name(local)}, {local.hour:02d}:{local.minute:02d}"


def day_name(day: date) -> str:
    """``3 November 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _lines(event: Happening, zone: ZoneInfo) -> Iterator[str]:
    yield f"When: {moment(event.occurred_at.astimezone(zone))} ({zone.key})"
    if event.stay:
        yield from _stay_lines(event.stay)
    if event.stay and is_preview(event.url):
        yield f"Page (preview, your visit is not counted): {event.url}"
    elif event.url:
        yield f"Page: {event.url}"
    for name, value in islice(event.properties.items(), 50):
        if isinstance(value, (str, int, float)) and value != "" and not isinstance(value, bool):
            yield f"{readable(str(name))}: {_one_line(value)}"


def _stay_lines(stay: Stay) -> Iterator[str]:
    if stay.seconds >= 1:
        yield f"Time on the page: {duration(stay.seconds)}"
    for label, values in (
        ("Looked at", stay.blocks),
        ("Clicked", stay.clicks),
        ("Opened", stay.documents),
    ):
        if values:
            yield f"{label}: {', '.join(map(_one_line, values))}"
    if stay.form_sent:
        yield "Sent the contact form."
    for name in ("name", "email", "message"):
        if written := _one_line(stay.form.get(name) or ""):
            yield f"{readable(name)}: {written}"


def _one_line(value: object) -> str:
    """What others wrote must not look like a line of ours."""
    return " ".join(str(value).split())


@lru_cache(maxsize=1024)
def readable(name: str) -> str:
    """``Webinar joined`` of custom.webinar_joined."""
    words = name.removeprefix("custom.").replace("_", " ").replace(".", " ").split()
    return " ".join(words).capitalize() or "Engagement"
