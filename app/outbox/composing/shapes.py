"""The standard fields of an activity, by object and kind (C4, P5)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.outbox.composing.lengths import clip
from app.outbox.composing.words import Happening

#: Salesforce takes calendar events of up to 14 days.
_LONGEST_MINUTES = 14 * 24 * 60
_WHOLE_DAY = 24 * 60
#: CallDurationInSeconds has eight digits.
_LONGEST_CALL = 99_999_999
_RESULT_LENGTH = 255
#: Only what was said is shown as e-mail or call; an opened e-mail is no message.
_SUBTYPES = {"email_sent": "Email", "email_replied": "Email", "call": "Call"}
_DIRECTIONS = {
    "inbound": "Inbound",
    "incoming": "Inbound",
    "outbound": "Outbound",
    "outgoing": "Outbound",
    "internal": "Internal",
}


def task_fields(event: Happening, zone: ZoneInfo, closed_status: str) -> dict[str, Any]:
    """A closed Task of the day; the day is that of the zone, for Salesforce shows it without one.

    ``TaskSubtype`` cannot be changed later, so it is given when the Task is made.
    """
    day = event.day.day if event.day else event.occurred_at.astimezone(zone).date()
    fields: dict[str, Any] = {"Status": closed_status, "ActivityDate": day.isoformat()}
    if subtype := _SUBTYPES.get(event.kind):
        fields["TaskSubtype"] = subtype
    if event.kind == "call":
        fields |= _call_fields(event.properties)
    return fields


def event_fields(event: Happening) -> dict[str, Any]:
    """A calendar event: of its time, or of the whole day for a digest.

    Only a meeting makes somebody busy. ``EventSubtype`` has one value, which is the default.
    """
    if event.day is not None:
        start = datetime(event.day.day.year, event.day.day.month, event.day.day.day, tzinfo=UTC)
        times = {"StartDateTime": instant(start), "DurationInMinutes": _WHOLE_DAY}
        return {**times, "IsAllDayEvent": True, "ShowAs": "Free"}
    fields = {
        "StartDateTime": instant(event.occurred_at),
        "DurationInMinutes": max(1, min(_LONGEST_MINUTES, math.ceil(_seconds(event) / 60))),
    }
    return fields if event.kind == "meeting" else {**fields, "ShowAs": "Free"}


def instant(moment: datetime) -> str:
    """A date-time as Salesforce's JSON takes it: UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _call_fields(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Direction, duration and result, as far as the sender told of them."""
    fields: dict[str, Any] = {}
    if direction := _DIRECTIONS.get(str(properties.get("direction", "")).strip().lower()):
        fields["CallType"] = direction
    seconds = _told_seconds(properties)
    if seconds is not None:
        fields["CallDurationInSeconds"] = min(_LONGEST_CALL, round(seconds))
    result = properties.get("outcome")
    if isinstance(result, str) and result.strip():
        fields["CallDisposition"] = clip(" ".join(result.split()), _RESULT_LENGTH)
    return fields


def _seconds(event: Happening) -> float:
    """How long it took; a minute when nobody knows."""
    known = event.stay.seconds if event.stay else _told_seconds(event.properties)
    return 60.0 if known is None else known


def _told_seconds(properties: Mapping[str, Any]) -> float | None:
    for name, factor in (("seconds", 1), ("duration_seconds", 1), ("minutes", 60)):
        told = properties.get(name)
        if isinstance(told, int | float) and not isinstance(told, bool) and told >= 0:
            return float(min(told, _LONGEST_CALL)) * factor
    return None
