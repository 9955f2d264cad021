"""The next rows of an org, frozen for sending: object, key and payload never change afterwards.

One transaction: the rows are read and locked, their targets chosen from the mirror, their payloads
written with the turn's lease. Statements are few, whatever the size of the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from app.clock import utcnow
from app.db import TenantSession, database_now
from app.orgs.settings import DIGEST, OpportunityRule
from app.outbox.composing import surroundings
from app.outbox.composing.payload import OrgForm, activity_key, build
from app.outbox.composing.surroundings import Surroundings
from app.outbox.composing.targets import Deal, choose
from app.outbox.composing.words import Day, Happening, Stay
from app.outbox.models import ActivityObject, DeliveryState, OutboxRow
from app.outbox.turns import due_rows, lease, roles
from app.outbox.turns.due_rows import DueRow
from app.outbox.turns.lease import Turn

#: Without the key field an earlier call may still write a row for so long: Salesforce's own limit
#: for one call. Nothing of it is sent again before.
QUIET = timedelta(minutes=10)
_NOW = database_now()


class Unit(NamedTuple):
    """One activity to send. ``sent_before`` is when an earlier send began, if there was one."""

    seq: int
    person_id: UUID
    kind: str
    sobject: ActivityObject
    key: str
    payload: dict[str, Any]
    attempts: int
    is_unsure: bool
    sent_before: datetime | None


class _Tale(NamedTuple):
    """What an activity is made of: its words and zone, and what its targets depend on."""

    event: Happening
    zone: ZoneInfo
    since: datetime
    visited: str | None
    user_key: str | None
    stay: Stay | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """Rows to send; or, when roles must be read first, nothing but the contacts concerned."""

    units: Sequence[Unit]
    unread: Mapping[str, UUID]


def freeze(
    session: TenantSession,
    turn: Turn,
    form: OrgForm,
    rule: OpportunityRule,
    roles_since: datetime,
) -> Frozen:
    """Take up to ``turn.batch_size`` due rows, in order, under the turn's lease.

    Rows whose person lost its record become unlinked again and are not taken.

    Raises:
        LeaseLostError: The turn is no longer ours.
    """
    lease.beat(session, turn)
    rows = due_rows.read(session, turn)
    if not form.has_key_field:
        rows = _without_loud(session, rows)
    around = surroundings.read(session, rows, rule, form.time_zone)
    if rule is not OpportunityRule.NONE:
        unread = roles.unread(session, turn, around.contacts(), roles_since)
        if unread:
            return Frozen((), unread)
    taken = [row for row in rows if row.rank > 0 or row.person_id in around.who]
    recordless = {row.seq for row in rows} - {row.seq for row in taken}
    _unlink(session, sorted(recordless))
    writer = _Writer(form, rule, around)
    units = sorted(map(writer.unit, taken), key=_object_of)  # else each would be a call's part
    _write(session, turn, units)
    if writer.further:
        session.upsert_many(OutboxRow, writer.further, key=["org_id", "event_id", "rank"])
    return Frozen(units, {})


def units_of(
    form: OrgForm, rule: OpportunityRule, around: Surroundings, rows: Sequence[DueRow]
) -> tuple[list[Unit], list[dict[str, Any]]]:
    """What these rows are written as, and the rows that the rule "all" adds to them."""
    writer = _Writer(form, rule, around)
    return [writer.unit(row) for row in rows], writer.further


def _object_of(unit: Unit) -> ActivityObject:
    return unit.sobject


class _Writer:
    """Makes the payloads of one batch; ``further`` collects rows of the rule "all"."""

    def __init__(self, form: OrgForm, rule: OpportunityRule, around: Surroundings) -> None:
        self._form = form
        self._rule = rule
        self._around = around
        self.further: list[dict[str, Any]] = []

    def unit(self, row: DueRow) -> Unit:
        sobject = row.sobject or self._form.sobject_of(row.kind)
        key = row.activity_key or activity_key(sobject, row.event_id, row.rank)
        return Unit(
            seq=row.seq,
            person_id=row.person_id,
            kind=row.kind,
            sobject=sobject,
            key=key,
            payload=row.payload or self._payload(row, key),
            attempts=row.attempts,
            is_unsure=row.is_unsure,
            sent_before=row.leased_at,
        )

    def _payload(self, row: DueRow, key: str) -> dict[str, Any]:
        told = self._day(row) if row.kind == DIGEST else self._happening(row)
        owner = self._around.owner_of(told.user_key, told.stay)
        if row.rank > 0:
            what = (
                self._around.opportunities.get(row.opportunity_id) if row.opportunity_id else None
            )
            return build(self._form, told.event, told.zone, key, who=None, what=what, owner=owner)
        who = self._around.who[row.person_id]
        deals = self._around.deals.get(row.person_id, ())
        chosen = choose(self._rule, who, deals, told.since, told.visited)
        self.further += [_further(row, n, deal) for n, deal in enumerate(chosen[1:], start=1)]
        what = chosen[0].salesforce_id if chosen else None
        return build(
            self._form, told.event, told.zone, key, who=who.salesforce_id, what=what, owner=owner
        )

    def _happening(self, row: DueRow) -> _Tale:
        stay = self._around.stay_of(row.visit_id)
        event = Happening(
            kind=row.kind,
            occurred_at=row.occurred_at,
            subject=row.subject,
            url=row.url,
            confidence=row.confidence.value,
            properties={} if stay else row.properties,
            stay=stay,
        )
        zone = self._around.zone_of(stay.creator if stay else "")
        visited = stay.opportunity if stay else None
        return _Tale(event, zone, row.occurred_at, visited, row.user_key, stay)

    def _day(self, row: DueRow) -> _Tale:
        """All of a day; it counts for an opportunity that was there before the first of it."""
        found = self._around.days[row.event_id]
        stays = [self._around.stay_of(told.visit_id) for told in found.told]
        told = [
            Happening(each.kind, each.occurred_at, each.subject, each.url, stay=stay)
            for each, stay in zip(found.told, stays, strict=True)
        ]
        homes = {stay.opportunity for stay in stays if stay}
        event = Happening(DIGEST, row.occurred_at, day=Day(found.day, found.counts, told))
        last = next((stay for stay in reversed(stays) if stay), None)
        visited = homes.pop() if len(homes) == 1 else None
        zone = self._around.zone_of("")
        return _Tale(event, zone, found.first_at, visited, found.user_key, last)


def _without_loud(session: TenantSession, rows: list[DueRow]) -> list[DueRow]:
    """Defer rows of which an earlier send may still be running, and what follows them."""
    now = utcnow()
    ends = {row.seq: row.leased_at + QUIET for row in rows if row.is_unsure and row.leased_at}
    loud = [row for row in rows if row.seq in ends and ends[row.seq] > now]
    deferred = [
        {"seq": row.seq, "state": DeliveryState.WAITING, "not_before": ends[row.seq]}
        for row in loud
    ]
    session.update_many(OutboxRow, deferred, key="seq")
    held = {row.person_id for row in loud}
    return [row for row in rows if row.person_id not in held]


def _unlink(session: TenantSession, seqs: Sequence[int]) -> None:
    rows = [{"seq": seq, "state": DeliveryState.UNLINKED} for seq in seqs]
    session.update_many(OutboxRow, rows, key="seq")


def _write(session: TenantSession, turn: Turn, units: Sequence[Unit]) -> None:
    """Freeze what is new, then take all of it; what all rows share is written once, not per row."""
    fresh = [unit for unit in units if unit.sent_before is None]
    taken = {"state": DeliveryState.LEASED, "lease_id": turn.lease_id, "leased_at": _NOW}
    session.update_many(
        OutboxRow,
        [
            {"seq": u.seq, "sobject": u.sobject, "activity_key": u.key, "payload": u.payload}
            for u in fresh
        ],
        key="seq",
        set_={**taken, "first_sent_at": utcnow()},
    )
    again = [{"seq": unit.seq} for unit in units if unit.sent_before is not None]
    session.update_many(OutboxRow, again, key="seq", set_=taken)


def _further(row: DueRow, rank: int, deal: Deal) -> dict[str, Any]:
    now = utcnow()
    return {
        "event_id": row.event_id,
        "person_id": row.person_id,
        "rank": rank,
        "kind": row.kind,
        "state": DeliveryState.PENDING,
        "not_before": now,
        "opportunity_id": deal.opportunity_id,
        "backfill_id": row.backfill_id,
        "is_unsure": False,
        "attempts": 0,
        "error_reason": "",
        "error_code": "",
        "error_message": "",
        "settled_by": "",
        "created_at": now,
    }
