"""One turn at a back-fill: a bounded piece of its work, and when to look again.

Small requests are planned as ordinary rows. Large ones go through Bulk jobs, after a trial of some
rows that the org's own turns send: what an org refuses for a whole kind is so found by one call.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy import func, select

from app.clock import utcnow
from app.config import Config
from app.db import Database, TenantSession
from app.orgs.models import Org
from app.outbox.backfill import planning, standing, turns
from app.outbox.backfill.loads import FEATURE, Loads
from app.outbox.backfill.models import Backfill, BackfillState, LoadState
from app.outbox.backfill.standing import LOOK_AGAIN, SOON, Rest, Standing
from app.outbox.backfill.taking_back import take_back
from app.outbox.backfill.turns import Hold
from app.outbox.errors import UnfitError
from app.outbox.models import FIRST_BATCH_SIZE, DeliveryState, OrgDelivery, OutboxRow
from app.outbox.turns import pace, roles
from app.outbox.turns.lease import Turn
from app.outbox.turns.rounds import Rounds, Terms
from app.salesforce import bulk
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway

_log = structlog.get_logger()

#: Rows that the org's own turns send before anything goes through Bulk API.
TRIAL = 200
#: Ordinary rows that may wait at a time, so that the outbox stays short for what is live.
AHEAD = 1000
#: Jobs at a time: one is prepared while Salesforce works at the other.
_MOST_LOADS = 2
#: About so many characters make a load full before its rows do.
_MOST_CHARS = 10_000_000
_TRIES = 3
_DELETE_AT_ONCE = 5000
_NO_KEY = "The org lacks the package's key field, so that no Bulk job could be repeated safely."

_UNSENT = (
    DeliveryState.PENDING,
    DeliveryState.WAITING,
    DeliveryState.HELD,
    DeliveryState.PAUSED,
    DeliveryState.UNLINKED,
)


@dataclass(frozen=True, slots=True)
class Runner:
    """Works at back-fills; one for all threads of a process."""

    config: Config
    database: Database
    gateway: Gateway

    def serve(self, hold: Hold) -> Rest:
        """One turn, given back at its end; when the next one is due.

        Raises:
            LeaseLostError: Another worker has the back-fill.
        """
        failures = 0
        try:
            rest = self._work(hold)
        except UnfitError as error:
            rest = Rest(LOOK_AGAIN, error.reason)
        except SalesforceError as error:
            failures = self._failures(hold) + 1
            rest = Rest(pace.pause(error.reason, failures).total_seconds(), error.reason)
            _log.warning("backfill.rests", org=str(hold.org_id), reason=error.reason)
        with self.database.writing(hold.org_id) as session:
            turns.give_back(
                session, hold, again_in=rest.seconds, reason=rest.reason, failures=failures
            )
        return rest

    def _work(self, hold: Hold) -> Rest:
        now = self._standing(hold)
        if now.backfill.state is BackfillState.STOPPING:
            return self._stop(hold, now)
        if now.due:
            return self._attend(hold, now)
        if now.backfill.is_planned:
            return self._end_of(hold, now)
        if now.rest is not None:
            return now.rest
        if not now.backfill.uses_bulk:
            return Rest(SOON) if now.open_rows > AHEAD // 2 else self._plan(hold, AHEAD)
        if now.backfill.at_person is None:
            return self._plan(hold, TRIAL)
        if not now.has_loads and now.open_rows > TRIAL // 2:
            return Rest(now.after_trial)
        if len(now.loads) >= _MOST_LOADS:
            return Rest(now.next_poll)
        return self._begin(hold)

    def _attend(self, hold: Hold, now: Standing) -> Rest:
        loads = Loads(self.database, hold, self._terms(hold))
        reasons = [loads.attend(load) for load in now.due]
        reason = next(filter(None, reasons), "")  # the org has no room, or takes nothing now
        return Rest(pace.pause(reason, 1).total_seconds() if reason else 0.0, reason)

    def _plan(self, hold: Hold, count: int) -> Rest:
        """Plan so many ordinary rows more."""
        for start in range(0, count, planning.SLICE):
            limit = min(planning.SLICE, count - start)
            with self.database.writing(hold.org_id) as session:
                if planning.plan(session, hold, limit):
                    break
        return Rest()

    def _begin(self, hold: Hold) -> Rest:
        """Freeze the next load, or one for each object, and send it on its way."""
        terms = self._terms(hold)
        if terms.form.key_field is None:
            with self.database.writing(hold.org_id) as session:
                turns.keep(session, hold, uses_bulk=False, note=_NO_KEY)
            return Rest()
        loads: planning.Loads = {}
        rows = chars = 0
        while rows <= bulk.MOST_ROWS - planning.SLICE and chars < _MOST_CHARS:
            part = self._freeze(hold, terms, loads)
            loads = part.loads
            rows, chars = rows + part.rows, chars + part.chars
            if part.is_end:
                break
        way = Loads(self.database, hold, terms)
        for load in self._standing(hold).loads:
            if load.state is LoadState.FROZEN:
                way.attend(load)
        return Rest()

    def _freeze(self, hold: Hold, terms: Terms, loads: planning.Loads) -> planning.Slice:
        since = utcnow() - terms.role_refresh
        for _ in range(_TRIES):
            with self.database.writing(hold.org_id) as session:
                part = planning.freeze(session, hold, terms, since, loads)
            if not part.unread:
                return part
            roles.refresh(self.database, hold.org_id, terms.client, part.unread, FEATURE)
        raise UnfitError("roles_unread")

    def _end_of(self, hold: Hold, now: Standing) -> Rest:
        """All is planned: wait for what is under way, then it is done."""
        if now.loads:
            return Rest(now.next_poll)
        if now.open_rows:
            return now.rest or Rest(SOON)
        with self.database.writing(hold.org_id) as session:
            turns.keep(session, hold, state=BackfillState.DONE, ended_at=utcnow())
        _log.info("backfill.done", org=str(hold.org_id), backfill=str(hold.backfill_id))
        return Rest()

    def _stop(self, hold: Hold, now: Standing) -> Rest:
        """End its jobs, then take back what was never sent; calls under way end by themselves."""
        if now.loads:
            loads = Loads(self.database, hold, self._terms(hold))
            for load in now.loads:
                loads.give_up(load)
            return Rest()
        while True:
            with self.database.writing(hold.org_id) as session:
                turns.keep(session, hold)
                deleted, leased = _take_back(session, hold)
                if not deleted and not leased:
                    turns.keep(session, hold, state=BackfillState.STOPPED, ended_at=utcnow())
                    return Rest()
            if not deleted:
                return Rest(SOON)

    def _standing(self, hold: Hold) -> Standing:
        with self.database.reading(hold.org_id) as session:
            organization = session.scalar(select(Org.salesforce_id)) or ""
            unwritten = self.gateway.accounting.unwritten(organization)
            return standing.read(session, hold, unwritten)

    def _terms(self, hold: Hold) -> Terms:
        rounds = Rounds(self.config, self.database, self.gateway)
        return rounds.terms(Turn(hold.org_id, hold.lease_id, FIRST_BATCH_SIZE, 0, None))

    def _failures(self, hold: Hold) -> int:
        with self.database.reading(hold.org_id) as session:
            return session.get_one(Backfill, hold.backfill_id).failures


def _take_back(session: TenantSession, hold: Hold) -> tuple[int, int]:
    """Take back rows that were never sent, or surely not taken; how many, and how many are on
    their way.
    """
    unsent = [
        OutboxRow.backfill_id == hold.backfill_id,
        OutboxRow.is_unsure.is_(False),
        OutboxRow.state.in_(_UNSENT),
    ]
    session.scalar(select(OrgDelivery.id).with_for_update())  # as whoever decides about rows
    some = select(OutboxRow.seq).where(*unsent).limit(_DELETE_AT_ONCE).with_for_update()
    seqs = session.scalars(some).all()
    deleted = take_back(session, *unsent, OutboxRow.seq.in_(seqs)) if seqs else 0
    leased = session.scalar(
        select(func.count()).where(
            OutboxRow.backfill_id == hold.backfill_id, OutboxRow.state == DeliveryState.LEASED
        )
    )
    return deleted, leased or 0
