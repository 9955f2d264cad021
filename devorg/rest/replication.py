"""What changed and what was deleted in a span of time (`updated`, `deleted`).

Sources: REST guide, sObject Get Updated and Get Deleted; SOAP guide, Data Replication. Seconds are
ignored, the ids are those that the user may see, and of deletes the last 15 days are known.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from devorg import access, moments
from devorg.errors import ApiError
from devorg.rest.call import Answer, Call
from devorg.rest.routing import resource
from devorg.schema import SObject

MOST_IDS = 600_000
UPDATED_DAYS, DELETED_DAYS = 30, 15
_Entry = TypeVar("_Entry")


@resource("GET", "sobjects/<name>/updated")
def updated(call: Call, name: str) -> Answer:
    """Ids of the live rows that were made or changed then."""
    sobject = _replicated(call, name)
    start, end = _span(call, UPDATED_DAYS)
    rows = call.connection.execute(
        f'SELECT t.Id FROM "{sobject.name}" AS t'  # noqa: S608 - names of devorg's own tables
        " WHERE t.SystemModstamp >= :start AND t.SystemModstamp < :end AND t.IsDeleted = 0"
        f" AND {access.condition(sobject, 't')} ORDER BY t.SystemModstamp, t.Id LIMIT :most",
        _parameters(call, start, end),
    )
    found = _within_limit([row[0] for row in rows])
    return Answer(body={"ids": found, "latestDateCovered": _covered(call, end)})


@resource("GET", "sobjects/<name>/deleted")
def deleted(call: Call, name: str) -> Answer:
    """Ids of the rows that were deleted then, and when; also those deleted for good."""
    sobject = _replicated(call, name)
    start, end = _span(call, DELETED_DAYS)
    rows = call.connection.execute(
        f'SELECT t.Id, t.SystemModstamp FROM "{sobject.name}" AS t'  # noqa: S608 - names of devorg's own tables
        " WHERE t.SystemModstamp >= :start AND t.SystemModstamp < :end AND t.IsDeleted = 1"
        f" AND {access.condition(sobject, 't')}"
        " UNION ALL SELECT record_id, moment FROM purged"
        " WHERE sobject = :sobject AND moment >= :start AND moment < :end"
        " ORDER BY 2, 1 LIMIT :most",
        {**_parameters(call, start, end), "sobject": sobject.name},
    )
    found = _within_limit([{"deletedDate": row[1], "id": row[0]} for row in rows])
    earliest = _minute(call.org.clock.now()) - timedelta(days=DELETED_DAYS)
    return Answer(
        body={
            "deletedRecords": found,
            "earliestDateAvailable": moments.write(earliest),
            "latestDateCovered": _covered(call, end),
        }
    )


def _replicated(call: Call, name: str) -> SObject:
    sobject = call.sobject(name)
    if not sobject.writable:
        message = f"sObject type {call.names.entity(sobject)} is not replicable"
        raise ApiError(400, "INVALID_TYPE_FOR_OPERATION", message)
    return sobject


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _moment(call: Call, parameter: str) -> datetime:
    """A bound of the span, to the minute. Raises ApiError."""
    # A plus sign that the client did not escape has become a space.
    text = call.query.get(parameter, "").strip().replace(" ", "+")
    moment = moments.read(text)
    if moment is None:
        code = "MISSING_ARGUMENT" if not text else "INVALID_REPLICATION_DATE"
        message = f"{parameter} must be a date and time in ISO 8601 format with an offset: {text}"
        raise ApiError(400, code, message)
    return _minute(moment)


def _span(call: Call, days: int) -> tuple[datetime, datetime]:
    """From and to. Raises ApiError INVALID_REPLICATION_DATE."""
    start, end = _moment(call, "start"), _moment(call, "end")
    if end <= start:
        message = "endDate must be at least one minute greater than startDate"
        raise ApiError(400, "INVALID_REPLICATION_DATE", message)
    if start < _minute(call.org.clock.now()) - timedelta(days=days):
        message = f"startDate cannot be more than {days} days ago"
        raise ApiError(400, "INVALID_REPLICATION_DATE", message)
    return start, end


def _parameters(call: Call, start: datetime, end: datetime) -> dict[str, object]:
    return {
        "user": call.user.id,
        "start": moments.write(start),
        "end": moments.write(end),
        "most": MOST_IDS + 1,
    }


def _within_limit(found: list[_Entry]) -> list[_Entry]:
    if len(found) > MOST_IDS:
        message = f"More than {MOST_IDS} ids; ask for a shorter span."
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
    return found


def _covered(call: Call, end: datetime) -> str:
    """The end of the span, or now where that is still to come."""
    return moments.write(min(end, _minute(call.org.clock.now())))
