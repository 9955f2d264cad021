"""Subject and description of a digest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from app.outbox.composing.lengths import clip, units
from app.outbox.composing.words import (
    DESCRIPTION_LENGTH,
    SUBJECT_LENGTH,
    Day,
    Happening,
    day_name,
    ending_of,
    moment,
    name_of,
    readable,
    subject_of,
)

_MORE = "\nAnd {:,} more."
_COUNTED: Mapping[str, tuple[str, str]] = {
    # kind: (one, several), in the order in which a digest names them
    "destination_visit": ("Destination visit", "Destination visits"),
    "form_submitted": ("form sent", "forms sent"),
    "email_replied": ("e-mail answered", "e-mails answered"),
    "meeting": ("meeting", "meetings"),
    "call": ("call", "calls"),
    "email_clicked": ("e-mail link clicked", "e-mail links clicked"),
    "email_opened": ("e-mail opened", "e-mails opened"),
    "page_visit": ("page visited", "pages visited"),
    "email_sent": ("e-mail sent", "e-mails sent"),
}
_COUNTED_ORDER = {kind: place for place, kind in enumerate(_COUNTED)}


def subject_of_day(day: Day) -> str:
    """``3 e-mails opened, 2 pages visited: Your offer, Pricing``; at most 255 characters."""
    kinds = sorted(day.counts, key=lambda kind: (_COUNTED_ORDER.get(kind, len(_COUNTED)), kind))
    numbers = ", ".join(_number(kind, day.counts[kind]) for kind in kinds)
    names = ", ".join(filter(None, dict.fromkeys(map(name_of, day.told))))
    return clip(f"{numbers}: {names}" if names else numbers, SUBJECT_LENGTH)


def description_of_day(day: Day, zone: ZoneInfo, reference: str = "") -> str:
    """A line for each event, as many as there is room for, and how many more there are."""
    ending = ending_of(reference)
    lines = [f"Day: {day_name(day.day)} ({zone.key})"]
    left = DESCRIPTION_LENGTH - units(ending + lines[0] + _MORE.format(10**9))
    for event in day.told:
        line = _line_of(event, day.day, zone)
        left -= units(f"\n{line}")
        if left < 0:
            break
        lines.append(line)
    untold = sum(day.counts.values()) - (len(lines) - 1)
    return "\n".join(lines) + (_MORE.format(untold) if untold > 0 else "") + ending


def _number(kind: str, count: int) -> str:
    if kind not in _COUNTED:
        return f"{count} × {readable(kind)}"
    return f"{count} {_COUNTED[kind][count > 1]}"


def _line_of(event: Happening, day: date, zone: ZoneInfo) -> str:
    """``14:05 E-mail opened: Your offer``; with its date when it is of another day."""
    local = event.occurred_at.astimezone(zone)
    when = f"{local.hour:02d}:{local.minute:02d}" if local.date() == day else moment(local)
    what = subject_of(event)
    return f"{when} {what}" if name_of(event) or not event.url else f"{when} {what} ({event.url})"
