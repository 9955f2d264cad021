"""What a Bulk job that ended says of its rows: the same verdicts as for the answers of a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import select, update

from app.clock import utcnow
from app.db import Database, TenantSession, database_now
from app.outbox.backfill import turns
from app.outbox.backfill.models import Backfill, BackfillLoad, BackfillState, LoadState
from app.outbox.backfill.taking_back import take_back
from app.outbox.backfill.turns import Hold
from app.outbox.composing.payload import OrgForm
from app.outbox.models import (
    FIRST_BATCH_SIZE,
    ActivityObject,
    DeliveryBreaker,
    DeliveryState,
    OrgDelivery,
    OutboxRow,
)
from app.outbox.turns import breakers
from app.outbox.turns.batch import Unit
from app.outbox.turns.lease import Turn
from app.outbox.turns.sending import Answer, Delivered, NotSent, Refused
from app.outbox.turns.settlement import Learnt, Settlement
from app.salesforce.bulk import Bulk, Job, JobState, Results
from app.salesforce.refusals import read_row_error
from app.web.metrics import DELIVERIES

_log = structlog.get_logger()

_AT_ONCE = 1000


def settle(
    database: Database, hold: Hold, load: BackfillLoad, form: OrgForm, bulk: Bulk, job: Job
) -> str:
    """Write the outcomes of a job that ended; done again after a crash, it goes on with the rest.

    Rows that a failed job did not come to go the usual way, those of an aborted one are taken
    back: somebody stopped it. Rows that it says nothing of are unsure.
    Returns why the whole org should rest, if its answers say so.

    Raises:
        SalesforceError: The results could not be read; the load stays as it is.
        LeaseLostError: Another worker has the back-fill.
    """
    answers = _answers(bulk, load, job)
    reason = ""
    while True:
        with database.writing(hold.org_id) as session:
            turns.keep(session, hold, **_news(session, hold, job))
            units = _units(session, load)
            if not units:
                _end(session, load)
                return reason
            if job.state is JobState.ABORTED:
                units = _without_unsent(session, load, units, answers)
            done = _judged(session, hold, load, form, units, answers)
            _write(session, load, done)
            _doubt(session, load, [unit for unit in units if unit.key not in answers])
        reason = reason or done.pause_reason
        for outcome, count in done.counts.items():
            DELIVERIES.labels(outcome=outcome).inc(count)
        _log.info("backfill.settled", org=str(hold.org_id), job=job.id, **done.counts)


def doubt(database: Database, hold: Hold, load: BackfillLoad) -> None:
    """Salesforce has forgotten the job: before anything is sent, its keys are asked for."""
    with database.writing(hold.org_id) as session:
        turns.keep(session, hold, note="A Bulk job was deleted in Salesforce before its end.")
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.load_id == load.id)
            .values(_UNSURE)
            .execution_options(synchronize_session=False)
        )
        _end(session, load)


def _news(session: TenantSession, hold: Hold, job: Job) -> dict[str, Any]:
    """What an end that is none of ours means for the back-fill."""
    if job.state is JobState.ABORTED:
        backfill = session.get_one(Backfill, hold.backfill_id)
        if backfill.state is BackfillState.RUNNING:
            by = "Salesforce: somebody aborted its Bulk job there"
            return {"state": BackfillState.STOPPING, "stopped_by": by}
    if job.state is JobState.FAILED:
        note = f"A Bulk job failed ({job.message}); the rest goes by composite calls."
        return {"uses_bulk": False, "note": note[:500]}
    return {}


def _answers(bulk: Bulk, load: BackfillLoad, job: Job) -> Mapping[str, Answer]:
    """By key. What cannot hold rows, by the job's own counts, is not asked for."""
    key = load.key_field
    found: dict[str, Answer] = {}
    if job.processed > job.failed:
        for row in bulk.results(job.id, Results.SUCCESSFUL, [key, "sf__Id"]):
            found[row[key]] = Delivered(row["sf__Id"])
    if job.failed:
        for row in bulk.results(job.id, Results.FAILED, [key, "sf__Error"]):
            found[row[key]] = Refused(read_row_error(row["sf__Error"]))
    if job.state is not JobState.COMPLETE:
        for row in bulk.results(job.id, Results.UNPROCESSED, [key]):
            found.setdefault(row[key], NotSent())
    return found


def _units(session: TenantSession, load: BackfillLoad) -> list[Unit]:
    """The next rows that are not settled."""
    rows = session.execute(
        select(
            OutboxRow.seq, OutboxRow.person_id, OutboxRow.kind, OutboxRow.activity_key,
            OutboxRow.attempts,
        )
        .where(OutboxRow.load_id == load.id)
        .order_by(OutboxRow.seq)
        .limit(_AT_ONCE)
    )  # fmt: skip
    return [
        Unit(seq, person, kind, ActivityObject(load.sobject), key or "", {}, attempts, False, None)
        for seq, person, kind, key, attempts in rows
    ]


def _judged(
    session: TenantSession,
    hold: Hold,
    load: BackfillLoad,
    form: OrgForm,
    units: Sequence[Unit],
    answers: Mapping[str, Answer],
) -> Settlement:
    """Breakers change with the org's turns: the row of these is locked first, as there."""
    session.scalar(select(OrgDelivery.id).with_for_update())
    known = frozenset(session.scalars(select(DeliveryBreaker.kind)))
    turn = Turn(hold.org_id, load.id, FIRST_BATCH_SIZE, 0, None)
    done = Settlement(turn, form, breakers=known)
    done.add([(unit, answers[unit.key]) for unit in units if unit.key in answers])
    done.judge_missing_fields(Learnt.SAME)
    breakers.settle(session, done)
    return done


def discard(database: Database, hold: Hold, load: BackfillLoad) -> None:
    """Nothing of it was written, nor is to be: its rows are taken back."""
    with database.writing(hold.org_id) as session:
        turns.keep(session, hold)
        take_back(session, OutboxRow.load_id == load.id)
        _end(session, load)


def _without_unsent(
    session: TenantSession,
    load: BackfillLoad,
    units: Sequence[Unit],
    answers: Mapping[str, Answer],
) -> list[Unit]:
    """Those that were not written are taken back; the others of these."""
    unsent = {unit.seq for unit in units if answers.get(unit.key) == NotSent()}
    take_back(session, OutboxRow.load_id == load.id, OutboxRow.seq.in_(unsent))
    return [unit for unit in units if unit.seq not in unsent]


def _write(session: TenantSession, load: BackfillLoad, done: Settlement) -> None:
    ours = {"load_id": load.id}
    session.update_many(OutboxRow, done.others, key="seq", where=ours, set_=_LET_GO)
    session.update_many(OutboxRow, done.delivered, key="seq", where=ours, set_=_DELIVERED)


_LET_GO = {"lease_id": None, "load_id": None}
_DELIVERED = {
    "state": DeliveryState.DELIVERED,
    "settled_at": database_now(),
    "is_unsure": False,
    **_LET_GO,
}
_UNSURE = {
    "state": DeliveryState.WAITING,
    "is_unsure": True,
    "lease_id": None,
    "load_id": None,
}


def _doubt(session: TenantSession, load: BackfillLoad, units: Sequence[Unit]) -> None:
    rows = [{"seq": unit.seq} for unit in units]
    if rows:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.load_id == load.id, OutboxRow.seq.in_([row["seq"] for row in rows]))
            .values(_UNSURE)
            .execution_options(synchronize_session=False)
        )


def _end(session: TenantSession, load: BackfillLoad) -> None:
    session.execute(
        update(BackfillLoad)
        .where(BackfillLoad.id == load.id)
        .values(state=LoadState.DONE, ended_at=utcnow())
        .execution_options(synchronize_session=False)
    )
