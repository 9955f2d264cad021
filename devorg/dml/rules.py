"""What the platform itself does to a row of each object: derived fields, and refusals.

Sources: the public object reference of Task, Event, Opportunity and Lead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from devorg import moments
from devorg.dml.references import References
from devorg.errors import RowError
from devorg.rows import Record
from devorg.schema.sales import STAGES

_LEAD_PREFIX = "00Q"
_ACCOUNT_PREFIX = "001"
_LONGEST_EVENT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules may look at."""

    references: References
    closed_statuses: frozenset[str]
    now: str


def context(connection: sqlite3.Connection, references: References, now: str) -> Context:
    """The context of one batch; which status is closed is the org's own choice."""
    query = "SELECT ApiName FROM TaskStatus WHERE IsClosed = 1 AND IsDeleted = 0"
    closed = frozenset(row[0] for row in connection.execute(query))
    return Context(references, closed, now)


def apply(name: str, record: Record, changed: frozenset[str], context: Context) -> None:
    """Complete a whole record in place; `changed` are the bare names being written.

    Raises RowError.
    """
    rule = _RULES.get(name)
    if rule is not None:
        rule(record, changed, context)


def _person(record: Record, changed: frozenset[str], _context: Context) -> None:
    if record.get("IsConverted"):
        raise RowError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    if changed & {"FirstName", "LastName"}:
        parts = (record.get("FirstName"), record.get("LastName"))
        record["Name"] = " ".join(part for part in parts if part)


def _opportunity(record: Record, changed: frozenset[str], _context: Context) -> None:
    if "StageName" in changed:
        # A stage that the picklist does not know is accepted, and open.
        probability, closed, won = STAGES.get(record["StageName"], (0, False, False))
        record["IsClosed"], record["IsWon"] = closed, won
        if "Probability" not in changed:
            record["Probability"] = probability


def _activity(record: Record, context: Context) -> None:
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


def _task(record: Record, _changed: frozenset[str], context: Context) -> None:
    _activity(record, context)
    closed = record["Status"] in context.closed_statuses
    if closed and not record.get("IsClosed"):
        record["CompletedDateTime"] = context.now
    elif not closed:
        record["CompletedDateTime"] = None
    record["IsClosed"] = closed
    record["IsHighPriority"] = record["Priority"] == "High"


def _event(record: Record, changed: frozenset[str], context: Context) -> None:
    _activity(record, context)
    start = moments.read(record.get("StartDateTime") or record.get("ActivityDateTime") or "")
    if start is None and record.get("IsAllDayEvent") and record.get("ActivityDate"):
        start = moments.read(f"{record['ActivityDate']}T00:00:00Z")
    if start is None:
        message = "Required fields are missing: [StartDateTime]"
        raise RowError("REQUIRED_FIELD_MISSING", message, ["StartDateTime"])
    end = _end(record, changed, start)
    if end < start or end - start > _LONGEST_EVENT:
        message = "End Date Time: an event ends after its start, within 14 days"
        raise RowError("FIELD_INTEGRITY_EXCEPTION", message, ["EndDateTime"])
    record["StartDateTime"] = record["ActivityDateTime"] = moments.write(start)
    record["EndDateTime"] = moments.write(end)
    record["DurationInMinutes"] = int((end - start).total_seconds() // 60)
    record["ActivityDate"] = start.date().isoformat()


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


_RULES: dict[str, Callable[[Record, frozenset[str], Context], None]] = {
    "Contact": _person,
    "Lead": _person,
    "Opportunity": _opportunity,
    "Task": _task,
    "Event": _event,
}
