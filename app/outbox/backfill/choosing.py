"""Of events of the past, what the org's policies of their kinds make of them (L5, X20).

As for what happens live: each, the first of a person and link, or a digest of a person and day.
Days that are over get their digest at once; what comes too late for the digest of its day, and what
is of today, is told of in today's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.clock import utcnow
from app.db import TenantSession
from app.orgs.settings import DIGEST, KindPolicy, OrgSettings
from app.outbox.backfill.span import Place
from app.outbox.composing.zones import org_zone
from app.outbox.digests.days import closes_at
from app.outbox.digests.models import DigestEntry
from app.outbox.models import OutboxRow
from app.outbox.once import digest_key, first_key
from app.outbox.turns.due_rows import DueRow

Found = Sequence[tuple[DueRow, Place]]
_Days = Mapping[tuple[UUID, date], list[DueRow]]


class Planned(NamedTuple):
    """A row to be, and what there is one of at most (``OutboxRow.once_key``)."""

    row: DueRow
    once_key: str | None


def whole_days(session: TenantSession, chosen: OrgSettings, found: Found, limit: int) -> Found:
    """Without the end of a chunk that may break off within a day of which a digest tells."""
    digests = _kinds(chosen, (row.kind for row, _ in found), KindPolicy.DIGEST)
    if len(found) < limit or not digests:
        return found
    zone = org_zone(session, chosen)
    last, _ = found[-1]
    day = last.occurred_at.astimezone(zone).date()
    kept = [
        (row, place)
        for row, place in found
        if row.person_id != last.person_id or row.occurred_at.astimezone(zone).date() != day
    ]
    return kept or found  # more than a chunk in a day: the digest tells of the first of them


def choose(session: TenantSession, chosen: OrgSettings, found: Found) -> list[Planned]:
    """The rows that these events become; digests' events are put down as told. Few statements."""
    rows = [row for row, _ in found]
    kinds = {row.kind for row in rows}
    each = _kinds(chosen, kinds, KindPolicy.EACH)
    first = _kinds(chosen, kinds, KindPolicy.FIRST)
    digests = _kinds(chosen, kinds, KindPolicy.DIGEST)
    planned = [Planned(row, None) for row in rows if row.kind in each]
    planned += _firsts(session, [row for row in rows if row.kind in first])
    told = [row for row in rows if row.kind in digests]
    planned += _digests(session, told, org_zone(session, chosen)) if told else []
    return planned


def _kinds(chosen: OrgSettings, kinds: Iterable[str], policy: KindPolicy) -> set[str]:
    return {kind for kind in set(kinds) if chosen.policy_of(kind) is policy}


def _firsts(session: TenantSession, rows: Sequence[DueRow]) -> list[Planned]:
    """In order of time for each person, as they come; without those there is one of already."""
    keyed = [Planned(row, first_key(row)) for row in rows]
    there = _there(session, {one.once_key for one in keyed if one.once_key})
    found = []
    for one in keyed:
        if one.once_key not in there:
            found.append(one)
        if one.once_key is not None:
            there.add(one.once_key)
    return found


def _there(session: TenantSession, keys: Collection[str]) -> set[str]:
    if not keys:
        return set()
    found = session.scalars(select(OutboxRow.once_key).where(OutboxRow.once_key.in_(keys)))
    return {key for key in found if key is not None}


def _digests(session: TenantSession, rows: Sequence[DueRow], zone: ZoneInfo) -> list[Planned]:
    now = utcnow()
    days: dict[tuple[UUID, date], list[DueRow]] = defaultdict(list)
    for row in rows:
        days[row.person_id, row.occurred_at.astimezone(zone).date()].append(row)
    keys = {day: digest_key(*day) for day in days}
    there = _there(session, keys.values())
    over = {
        day: told
        for day, told in days.items()
        if keys[day] not in there and closes_at(day[1], zone) <= now
    }
    _put_down(session, days, over, zone, now)
    return [Planned(told[-1]._replace(kind=DIGEST), keys[day]) for day, told in over.items()]


def _put_down(
    session: TenantSession, days: _Days, over: _Days, zone: ZoneInfo, now: datetime
) -> None:
    """Events of days that are over are told of by the last of them; the others wait for today."""
    today = now.astimezone(zone).date()
    entries = [
        {
            "event_id": row.event_id,
            "person_id": row.person_id,
            "day": day[1] if day in over else today,
            "occurred_at": row.occurred_at,
            "due_at": closes_at(day[1] if day in over else today, zone),
            "anchor_id": told[-1].event_id if day in over else None,
        }
        for day, told in days.items()
        for row in told
    ]
    session.upsert_many(DigestEntry, entries, key=["org_id", "event_id"])
