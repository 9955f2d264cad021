"""What the platform does to Tasks and Events: whom and what they may be about, and when they are.

Sources: the public object reference of Task and Event.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from devorg import moments
from devorg.dml.context import Context
from devorg.errors import RowError
from devorg.rows import Record

_LEAD_PREFIX = "00Q"
_ACCOUNT_PREFIX = "001"
_LONGEST_EVENT = timedelta(days=14)


def _activity(record: Record, context: Context) -> None:
    if record.get("IsRecurrence"):
        # Honestly refused: a real org would make the series.
        message = "devorg makes no series of recurring activities"
        raise RowError("FUNCTIONALITY_NOT_ENABLED", message, ["IsRecurrence"])
    who, what = record.get("WhoId"), record.get("WhatId")
    if who and who.startswith(_LEAD_PREFIX):
        if what:
            message = "Related To ID: an activity of a lead cannot be related to another record"
            raise RowError("FIELD_INTEGRITY_EXCEPTION", message, ["WhatId"])
        if context.references.get(who).get("IsConverted"):
            raise RowError(
                "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ["WhoId"]
            )
    account = what if what and what.startswith(_ACCOUNT_PREFIX) else None
    account = account or context.references.get(what).get("AccountId")
    record["AccountId"] = account or context.references.get(who).get("AccountId")
    record["IsArchived"] = bool(record.get("IsArchived"))


def task(record: Record, _changed: frozenset[str], context: Context) -> None:
    """A Task is closed by the org's own statuses, and keeps the moment when it was."""
    _activity(record, context)
    record["TaskSubtype"] = record.get("TaskSubtype") or "Task"
    closed = record["Status"] in context.closed_statuses
    if closed and not record.get("IsClosed"):
        record["CompletedDateTime"] = context.now
    elif not closed:
        record["CompletedDateTime"] = None
    record["IsClosed"] = closed
    record["IsHighPriority"] = record["Priority"] == "High"


def event(record: Record, changed: frozenset[str], context: Context) -> None:
    """An Event has a start, an end and a duration that agree."""
    _activity(record, context)
    record["EventSubtype"] = record.get("EventSubtype") or "Event"
    start = _start(record, changed)
    end = _end(record, changed, start)
    if end < start or end - start > _LONGEST_EVENT:
        message = "End Date Time: an event ends after its start, within 14 days"
        raise RowError("FIELD_INTEGRITY_EXCEPTION", message, ["EndDateTime"])
    record["StartDateTime"] = record["ActivityDateTime"] = moments.write(start)
    record["EndDateTime"] = moments.write(end)
    record["DurationInMinutes"] = int((end - start).total_seconds() // 60)
    record["ActivityDate"] = start.date().isoformat()


def _start(record: Record, changed: frozenset[str]) -> datetime:
    """The start by what was written last; two names of it must not contradict each other."""
    start = moments.read(record.get("StartDateTime") or "")
    due = moments.read(record.get("ActivityDateTime") or "")
    both = {"StartDateTime", "ActivityDateTime"} <= changed
    if both and start and due and start != due:
        message = "Due Date Time and Start Date Time do not agree"
        raise RowError("FIELD_INTEGRITY_EXCEPTION", message, ["ActivityDateTime"])
    start = due if "ActivityDateTime" in changed and not both else start or due
    if start is None and record.get("IsAllDayEvent") and record.get("ActivityDate"):
        start = moments.read(f"{record['ActivityDate']}T00:00:00Z")
    if start is None:
        message = "Required fields are missing: [StartDateTime]"
        raise RowError("REQUIRED_FIELD_MISSING", message, ["StartDateTime"])
    return start


def _end(record: Record, changed: frozenset[str], start: datetime) -> datetime:
    """The end by what was written last: an end, a duration, or the day of an all-day event."""
    minutes, end = record.get("DurationInMinutes"), moments.read(record.get("EndDateTime") or "")
    if "EndDateTime" not in changed and minutes is not None:
        return start + timedelta(minutes=minutes)
    if end is not None:
        told = minutes if "DurationInMinutes" in changed else None
        if told is not None and end != start + timedelta(minutes=told):
            message = "End Date Time and Duration do not agree"
            raise RowError("FIELD_INTEGRITY_EXCEPTION", message, ["DurationInMinutes"])
        return end
    if record.get("IsAllDayEvent"):
        return start + timedelta(days=1)
    message = "Required fields are missing: [EndDateTime]"
    raise RowError("REQUIRED_FIELD_MISSING", message, ["EndDateTime"])
