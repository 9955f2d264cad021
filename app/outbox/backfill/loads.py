"""A Bulk job's way: frozen rows, a job, an upload, and closing, from where Salesforce writes them.

Each step is stored before the next begins. A job does nothing until it is closed, so one that was
broken off earlier is aborted and made anew; one that may have been closed is asked about. Nothing
is uploaded a second time on a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, update

from app.clock import utcnow
from app.db import Database, TenantSession, database_now
from app.outbox.backfill import results, turns
from app.outbox.backfill.models import BackfillLoad, LoadState
from app.outbox.backfill.turns import Hold
from app.outbox.composing.payload import wire
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.turns.rounds import Terms
from app.salesforce import bulk, bulk_csv
from app.salesforce.bulk import Bulk, Job, JobState
from app.salesforce.errors import RequestRefused

_log = structlog.get_logger()

#: What the calls are booked to.
FEATURE = "backfill"
_READ_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Loads:
    """The Bulk jobs of one back-fill, for the length of one turn at it."""

    database: Database
    hold: Hold
    terms: Terms

    @property
    def _bulk(self) -> Bulk:
        return Bulk(self.terms.client, feature=FEATURE)

    def attend(self, load: BackfillLoad) -> str:
        """Bring a load further, from wherever it stands; why the org should rest, if it should.

        Raises:
            SalesforceError: Not now; it stands where it stood, and goes on from there.
            LeaseLostError: Another worker has the back-fill.
        """
        if load.state is LoadState.FROZEN:
            self._send(load)
        elif load.state is LoadState.CREATED:
            self._begin_anew(load)
        elif load.state is LoadState.UPLOADED:
            self._close(load)
        elif load.state is LoadState.CLOSED:
            return self._follow(load)
        return ""

    def _send(self, load: BackfillLoad) -> None:
        key_field = self.terms.form.key_field
        if key_field is None:
            self._the_usual_way(load, "the package has lost its key field")
            return
        rows = list(self._wires(load))
        if not rows:  # the intake planned them all at the same time
            results.discard(self.database, self.hold, load)
            return
        content = bulk_csv.write(sorted({name for row in rows for name in row}), rows)
        try:
            job = self._bulk.create(load.sobject.value, key_field=key_field)
            self._store(load, LoadState.CREATED, job_id=job.id, key_field=key_field)
            self._bulk.upload(job.id, content)
            self._store(load, LoadState.UPLOADED)
            self._bulk.close(job.id)
            self._store(load, LoadState.CLOSED, next_at=self._next_poll(0))
        except RequestRefused as error:
            self._refused(load, error)

    def _wires(self, load: BackfillLoad) -> Iterator[Mapping[str, Any]]:
        last = 0
        while True:
            with self.database.reading(self.hold.org_id) as session:
                found = session.execute(
                    select(OutboxRow.seq, OutboxRow.payload, OutboxRow.activity_key)
                    .where(OutboxRow.load_id == load.id, OutboxRow.seq > last)
                    .order_by(OutboxRow.seq)
                    .limit(_READ_AT_ONCE)
                ).all()
            for seq, payload, key in found:
                yield wire(self.terms.form, payload or {}, key or "")
                last = seq
            if len(found) < _READ_AT_ONCE:
                return

    def _begin_anew(self, load: BackfillLoad) -> None:
        """It was broken off between creating and uploading: nobody knows whether its rows came."""
        if self._was_never_closed(load):
            self._store(load, LoadState.FROZEN, job_id="")
            self._send(load)
        else:
            self._store(load, LoadState.CLOSED)

    def _close(self, load: BackfillLoad) -> None:
        """It was broken off around closing."""
        job = self._ask(load)
        if job is None:
            results.doubt(self.database, self.hold, load)
            return
        if job.state is JobState.OPEN:
            self._bulk.close(load.job_id)
        self._store(load, LoadState.CLOSED, next_at=self._next_poll(0))

    def _follow(self, load: BackfillLoad) -> str:
        job = self._ask(load)
        if job is None:
            results.doubt(self.database, self.hold, load)
        elif job.state in bulk.ENDED:
            return results.settle(self.database, self.hold, load, self.terms.form, self._bulk, job)
        else:
            polls = load.polls + 1
            self._store(load, LoadState.CLOSED, polls=polls, next_at=self._next_poll(polls))
        return ""

    def give_up(self, load: BackfillLoad) -> None:
        """Somebody stopped the back-fill: what is not written yet is not to be."""
        if load.job_id and not self._was_never_closed(load):
            job = self._ask(load)
            if job is not None and job.state not in bulk.ENDED:
                job = self._bulk.abort(load.job_id)
            self._store(load, LoadState.CLOSED)
            self._follow(load)
            return
        results.discard(self.database, self.hold, load)

    def _was_never_closed(self, load: BackfillLoad) -> bool:
        """Whether nothing of it was, or can ever be, written; an open job is ended."""
        job = self._ask(load)
        if job is None:
            return load.state is LoadState.CREATED  # uploaded ones may have been closed
        if job.state is JobState.OPEN:
            self._bulk.abort(job.id)
            return True
        return job.state is JobState.ABORTED and job.processed == 0

    def _ask(self, load: BackfillLoad) -> Job | None:
        """The job; None when Salesforce knows of none by this id."""
        try:
            return self._bulk.job(load.job_id)
        except RequestRefused as error:
            if error.status == 404:
                return None
            raise

    def _refused(self, load: BackfillLoad, error: RequestRefused) -> None:
        """The org takes no such job; composites of collections may do all the same."""
        if load.job_id and not self._was_never_closed(load):
            self._store(load, LoadState.CLOSED)
            return
        self._the_usual_way(load, f"{error.code}: {error.detail}")

    def _the_usual_way(self, load: BackfillLoad, why: str) -> None:
        note = f"Bulk API 2.0 was refused ({why}); the rest goes by composite calls."[:500]
        _log.warning("backfill.no_bulk", org=str(self.hold.org_id), why=why)
        self._put_back(load, uses_bulk=False, note=note)

    def _put_back(self, load: BackfillLoad, **values: object) -> None:
        """Nothing of it was written: its rows wait for the org's own turns."""
        with self.database.writing(self.hold.org_id) as session:
            turns.keep(session, self.hold, **values)
            release(session, load.id)

    def _store(self, load: BackfillLoad, state: LoadState, **values: Any) -> None:
        with self.database.writing(self.hold.org_id) as session:
            turns.keep(session, self.hold)
            session.execute(
                update(BackfillLoad)
                .where(BackfillLoad.id == load.id)
                .values(state=state, **values)
                .execution_options(synchronize_session=False)
            )
        load.state = state
        for name in values.keys() & {"job_id", "key_field", "polls"}:
            setattr(load, name, values[name])

    def _next_poll(self, polls: int) -> database_now:
        return database_now(bulk.wait_seconds(polls))


def release(session: TenantSession, load_id: UUID, *, is_unsure: bool = False) -> None:
    """Rows of a load that ends without results for them go on as ordinary ones."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.load_id == load_id)
        .values(
            state=DeliveryState.WAITING if is_unsure else DeliveryState.PENDING,
            is_unsure=is_unsure,
            not_before=utcnow(),
            lease_id=None,
            load_id=None,
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(BackfillLoad)
        .where(BackfillLoad.id == load_id)
        .values(state=LoadState.DONE, ended_at=utcnow())
        .execution_options(synchronize_session=False)
    )
