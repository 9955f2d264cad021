"""Dates and times as Salesforce writes them; the store keeps this very text, so it sorts."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DATETIME = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,6})?(?:Z|([+-]\d\d):?(\d\d))", re.ASCII
)

_CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?Z?", re.ASCII)


def write(moment: datetime) -> str:
    """`2022-03-17T16:21:26.000+0000`: UTC, no colon in the offset, milliseconds dropped."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def read(text: str) -> datetime | None:
    """The moment of an ISO 8601 text with an offset, to the second; None if it is none."""
    match = _DATETIME.fullmatch(text)
    if not match:
        return None
    day, clock, hours, minutes = match.groups()
    offset = f"{hours}:{minutes}" if hours else "+00:00"
    try:
        return datetime.fromisoformat(f"{day}T{clock}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def clock(text: str) -> str | None:
    """The time of day of `10:30`, `10:30:00` or `10:30:00.000Z`, as stored; None if it is none."""
    match = _CLOCK.fullmatch(text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        return None
    return f"{match[1]}:{match[2]}:{match[3] or '00'}.000Z"


def is_date(text: str) -> bool:
    """True for `2022-03-17`."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def ui_api(text: str) -> str:
    """The UI API's way to write the same moment: `2022-03-17T16:21:26.000Z`."""
    return text.replace("+0000", "Z")
