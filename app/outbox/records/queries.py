"""Reads of this traffic: what stands, what waits, what fails and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.clock import utcnow
from app.crm.models import Person
from app.db import TenantSession
from app.destinations.models import Destination
from app.orgs import features
from app.outbox.records import current, rests
from app.outbox.records.models import DestinationRecord, PersonScore, Traffic


@dataclass(frozen=True, slots=True)
class Overview:
    """One kind of traffic of an org.

    Attributes:
        is_on: Whether its feature is.
        written: Destinations or people that stand in Salesforce.
        due: How many are to be looked at now.
        failing: How many were refused the last time.
        resting_until: The org as a whole rests; with the reason, in words, and since when.
    """

    traffic: Traffic
    is_on: bool
    written: int
    due: int
    failing: int
    resting_until: datetime | None
    reason: str
    message: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A Destination or person that Salesforce refused: why, when, how often, when again."""

    name: str
    reason: str
    code: str
    message: str
    failed_at: datetime | None
    attempts: int
    again_at: datetime | None


def overview(session: TenantSession, traffic: Traffic) -> Overview:
    """How it stands: five statements."""
    run = rests.of(session, traffic)
    is_resting = run is not None and run.paused_until is not None and run.paused_until > utcnow()
    table, due = _of(traffic)
    return Overview(
        traffic=traffic,
        is_on=features.is_enabled(session, rests.SWITCHES[traffic]),
        written=_count(session, table.salesforce_id.is_not(None)),
        due=_count(session, *due),
        failing=_count(session, table.attempts > 0),
        resting_until=run.paused_until if run is not None and is_resting else None,
        reason=run.reason if run is not None else "",
        message=run.message if run is not None else "",
        since=run.since if run is not None else None,
    )


def failures(session: TenantSession, traffic: Traffic, limit: int = 20) -> Sequence[Failure]:
    """The latest refused, by the index of those that fail: one statement."""
    table, _ = _of(traffic)
    columns: list[Any] = [
        table.error_reason,
        table.error_code,
        table.error_message,
        table.failed_at,
        table.attempts,
    ]
    if traffic is Traffic.DESTINATIONS:
        statement = select(Destination.title, *columns, Destination.record_due_at).join(
            Destination, Destination.id == DestinationRecord.destination_id
        )
    else:
        statement = select(Person.name, *columns, PersonScore.due_at).join(
            Person, Person.id == PersonScore.person_id
        )
    latest = statement.where(table.attempts > 0).order_by(table.failed_at.desc())
    return [Failure(*row) for row in session.execute(latest.limit(limit))]


def _of(traffic: Traffic) -> tuple[type[DestinationRecord | PersonScore], tuple[object, ...]]:
    if traffic is Traffic.DESTINATIONS:
        return DestinationRecord, current.is_due()
    return PersonScore, (PersonScore.due_at <= utcnow(),)


def _count(session: TenantSession, *criteria: object) -> int:
    return session.scalar(select(func.count()).where(*criteria)) or 0  # type: ignore[arg-type]
