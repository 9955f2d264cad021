"""Writes down what became of Destinations that were sent: each row for itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from app.clock import utcnow
from app.db import TenantSession
from app.destinations.models import Destination
from app.outbox.records import rests
from app.outbox.records.calls import Refused, Result, Saved
from app.outbox.records.current import Current
from app.outbox.records.models import DestinationRecord

#: A row that was refused is tried again after 15 minutes, then after twice as long each time.
LONGEST_PAUSE = timedelta(days=7)
_COLUMNS = (
    "salesforce_id", "digest", "left_out", "written_at", "attempts", "error_reason", "error_code",
    "error_message", "failed_at",
)  # fmt: skip


def unchanged(session: TenantSession, given: Sequence[Current]) -> None:
    """Nothing that the record shows has changed: nothing was sent."""
    _set_due(session, [(each, each.version, utcnow()) for each in given])
    mended = [each.id for each in given if each.attempts]
    if mended:
        session.execute(
            update(DestinationRecord)
            .where(DestinationRecord.destination_id.in_(mended))
            .values(**failing(Saved(None, created=False), 0, utcnow()))
            .execution_options(synchronize_session=False)
        )


def put_back(session: TenantSession, given: Sequence[Current]) -> None:
    """The org rests; they are first when it goes on."""
    _set_due(session, [(each, None, utcnow()) for each in given])


def answered(
    session: TenantSession, given: Sequence[tuple[Current, Result]], at_most: timedelta
) -> None:
    """Salesforce took them, or said why not."""
    if not given:
        return
    now = utcnow()
    _set_due(session, [_due(each, result, now, at_most) for each, result in given])
    session.upsert_many(
        DestinationRecord,
        [_row(each, result, now) for each, result in given],
        key=["org_id", "destination_id"],
        set_=_COLUMNS,
    )


def _due(
    each: Current, result: Result, now: datetime, at_most: timedelta
) -> tuple[Current, int | None, datetime]:
    if isinstance(result, Refused):
        return each, None, now + rests.pause(each.attempts + 1, LONGEST_PAUSE)
    if _lacks_extras(each, result):
        return each, None, now
    return each, each.version, now + at_most


def _lacks_extras(each: Current, result: Saved) -> bool:
    """Somebody had deleted the record: it was made anew, without lookup and owner."""
    return result.created and not each.is_new


def _set_due(session: TenantSession, given: Sequence[tuple[Current, int | None, datetime]]) -> None:
    rows = [{"id": each.id, "record_due_at": due} for each, _, due in given]
    session.update_many(Destination, rows, key="id")
    told = [{"id": e.id, "recorded_version": v} for e, v, _ in given if v is not None]
    session.update_many(Destination, told, key="id")


def _row(each: Current, result: Result, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "destination_id": each.id,
        "salesforce_id": each.salesforce_id,
        "digest": each.last_digest,
        "left_out": each.last_left_out,
        "written_at": each.written_at,
    }
    if isinstance(result, Saved):
        is_whole = not _lacks_extras(each, result)
        row |= {
            "salesforce_id": (result.salesforce_id or each.salesforce_id) if is_whole else None,
            "digest": each.digest if is_whole else "",
            "left_out": " ".join(sorted(each.left_out)),
            "written_at": now,
        }
    return row | failing(result, each.attempts, now)


def failing(result: Result, attempts: int, now: datetime) -> dict[str, Any]:
    """The columns of ``models.Failing``."""
    if isinstance(result, Saved):
        return {
            "attempts": 0, "error_reason": "", "error_code": "", "error_message": "",
            "failed_at": None,
        }  # fmt: skip
    return {
        "attempts": attempts + 1,
        "error_reason": result.verdict.reason[:64],
        "error_code": result.refusal.code[:80],
        "error_message": result.message,
        "failed_at": now,
    }
