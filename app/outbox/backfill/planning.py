"""From events to rows of the outbox: a chunk and how far planning is, in one transaction.

A chunk that was planned twice, or at the same time by the intake, stands once: the outbox knows an
event and rank once (UNIQUE), and what is there already is left as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.clock import utcnow
from app.crm.models import RecordLink, SObject
from app.db import TenantSession
from app.ids import new_id
from app.orgs import settings
from app.orgs.settings import OpportunityRule
from app.outbox.backfill import choosing, span, turns
from app.outbox.backfill.choosing import Planned
from app.outbox.backfill.models import Backfill, BackfillLoad, LoadState
from app.outbox.backfill.span import Place
from app.outbox.backfill.turns import Hold
from app.outbox.composing import surroundings
from app.outbox.models import ActivityObject, DeliveryState, OutboxRow
from app.outbox.planned import linked_people
from app.outbox.turns import batch, roles
from app.outbox.turns.batch import Unit
from app.outbox.turns.due_rows import DueRow
from app.outbox.turns.rounds import Terms

#: Events that are planned in one transaction, so that nobody waits long for the database.
SLICE = 1000
#: Contacts whose roles are read by one query.
_MOST_CONTACTS = 2000
_UNLINKED = DeliveryState.UNLINKED
#: Characters of a row beside its description.
_USUAL_LENGTH = 300

Loads = Mapping[ActivityObject, UUID]


@dataclass(frozen=True, slots=True)
class Slice:
    """What one transaction froze; or contacts whose roles must be read before it can.

    ``loads`` are those that it went to; ``chars`` is about what its rows are long.
    """

    unread: Mapping[str, UUID] = field(default_factory=dict)
    loads: Loads = field(default_factory=dict)
    rows: int = 0
    chars: int = 0
    is_end: bool = False


def plan(session: TenantSession, hold: Hold, limit: int = SLICE) -> bool:
    """Plan the next events as ordinary rows, which the org's own turns send; whether all are."""
    turns.keep(session, hold)  # first, as everywhere: who locks rows or loads holds the back-fill
    backfill = session.get_one(Backfill, hold.backfill_id)
    chosen = settings.read(session)
    found = span.read(session, span.span_of(backfill), span.place_of(backfill), limit, backfill.id)
    taken = choosing.whole_days(session, chosen, found, limit)
    planned = choosing.choose(session, chosen, taken)
    _insert_unfrozen(session, planned)
    return _note(session, hold, taken, is_end=len(found) < limit)


def freeze(
    session: TenantSession, hold: Hold, terms: Terms, roles_since: datetime, loads: Loads
) -> Slice:
    """Plan the next events and freeze what is to be sent of them, for these loads or new ones."""
    turns.keep(session, hold)
    backfill = session.get_one(Backfill, hold.backfill_id)
    chosen = settings.read(session)
    what, after = span.span_of(backfill), span.place_of(backfill)
    found = span.read(session, what, after, SLICE, backfill.id)
    if terms.rule is not OpportunityRule.NONE:
        stale = _stale(session, found, roles_since)
        if stale:
            more = _contacts(session, span.people(session, what, after, _MOST_CONTACTS))
            asked: dict[str, UUID] = {**stale, **more}
            return Slice(roles.stale(session, asked, roles_since))
    taken = choosing.whole_days(session, chosen, found, SLICE)
    planned = choosing.choose(session, chosen, taken)
    events = [one.row for one in planned]
    around = surroundings.read(session, events, terms.rule, terms.form.time_zone)
    _insert_unfrozen(session, [one for one in planned if one.row.person_id not in around.who])
    units = _units(terms, around, [row for row in events if row.person_id in around.who])
    loads = {**loads, **_missing(session, hold, loads, [unit for _, unit in units])}
    if units:
        once, now = {one.row.event_id: one.once_key for one in planned}, utcnow()
        rows = [
            _frozen(row, unit, loads[unit.sobject], now)
            | {"once_key": None if row.rank else once[row.event_id]}
            for row, unit in units
        ]
        session.upsert_many(OutboxRow, rows, key=[])
    _count(session, loads, [unit for _, unit in units])
    is_end = _note(session, hold, taken, is_end=len(found) < SLICE)
    return Slice({}, loads, len(units), sum(_length(unit) for _, unit in units), is_end)


def _insert_unfrozen(session: TenantSession, planned: Sequence[Planned]) -> None:
    """Rows that the org's turns send, or that wait for their person's record."""
    linked = linked_people(session, {one.row.person_id for one in planned})
    now = utcnow()
    rows = [
        _row(one.row, DeliveryState.PENDING if one.row.person_id in linked else _UNLINKED, now)
        | {"once_key": one.once_key}
        for one in planned
    ]
    if rows:
        session.upsert_many(OutboxRow, rows, key=[])


def _stale(
    session: TenantSession, found: Sequence[tuple[DueRow, Place]], since: datetime
) -> Mapping[str, UUID]:
    people = {row.person_id for row, _ in found}
    return roles.stale(session, _contacts(session, list(people)), since)


def _units(
    terms: Terms, around: surroundings.Surroundings, rows: Sequence[DueRow]
) -> list[tuple[DueRow, Unit]]:
    """Each row with its activity, and one more for each further opportunity (the rule "all")."""
    deals = {deal.opportunity_id: deal for found in around.deals.values() for deal in found}
    known = dict(around.opportunities)
    known.update((id_, deal.salesforce_id) for id_, deal in deals.items())
    units, further = batch.units_of(
        terms.form, terms.rule, replace(around, opportunities=known), rows
    )
    by_event = {row.event_id: row for row in rows}
    more = [
        by_event[row["event_id"]]._replace(rank=row["rank"], opportunity_id=row["opportunity_id"])
        for row in further
    ]
    again, _ = batch.units_of(terms.form, terms.rule, replace(around, opportunities=known), more)
    return [*zip(rows, units, strict=True), *zip(more, again, strict=True)]


def _contacts(session: TenantSession, people: Sequence[UUID]) -> dict[str, UUID]:
    rows = session.execute(
        select(RecordLink.salesforce_id, RecordLink.person_id).where(
            RecordLink.person_id.in_(people), RecordLink.sobject == SObject.CONTACT
        )
    )
    return {contact: person for contact, person in rows if person is not None}


def _missing(
    session: TenantSession, hold: Hold, loads: Loads, units: Sequence[Unit]
) -> dict[ActivityObject, UUID]:
    """New loads for the objects that have none: a job is of one object."""
    made = {sobject: new_id() for sobject in {unit.sobject for unit in units} - loads.keys()}
    session.add_all(
        BackfillLoad(id=load, backfill_id=hold.backfill_id, sobject=sobject, state=LoadState.FROZEN)
        for sobject, load in made.items()
    )
    session.flush()
    return made


def _count(session: TenantSession, loads: Loads, units: Sequence[Unit]) -> None:
    for sobject, count in Counter(unit.sobject for unit in units).items():
        session.execute(
            update(BackfillLoad)
            .where(BackfillLoad.id == loads[sobject])
            .values(rows=BackfillLoad.rows + count)
            .execution_options(synchronize_session=False)
        )


def _note(
    session: TenantSession, hold: Hold, taken: Sequence[tuple[DueRow, Place]], *, is_end: bool
) -> bool:
    """Write how far planning is; whether this was the last of it."""
    values: dict[str, Any] = {"is_planned": is_end}
    if taken:
        _, last = taken[-1]
        values |= {"at_person": last.person, "at_time": last.time, "at_seq": last.seq}
    turns.keep(session, hold, **values)
    return is_end


def _row(row: DueRow, state: DeliveryState, now: datetime) -> dict[str, Any]:
    return {
        "event_id": row.event_id,
        "person_id": row.person_id,
        "rank": row.rank,
        "kind": row.kind,
        "state": state,
        "not_before": now,
        "opportunity_id": row.opportunity_id,
        "is_unsure": False,
        "attempts": 0,
        "error_reason": "",
        "error_code": "",
        "error_message": "",
        "settled_by": "",
        "created_at": now,
        "backfill_id": row.backfill_id,
    }


def _frozen(row: DueRow, unit: Unit, load: UUID, now: datetime) -> dict[str, Any]:
    return {
        **_row(row, DeliveryState.LEASED, now),
        "sobject": unit.sobject,
        "activity_key": unit.key,
        "payload": unit.payload,
        "first_sent_at": now,
        "leased_at": now,
        "lease_id": load,
        "load_id": load,
    }


def _length(unit: Unit) -> int:
    """What is long about it, and about what the rest takes."""
    return len(unit.payload["fields"]["Description"]) + _USUAL_LENGTH
