"""A turn: an org is served batch by batch for about a second; preparing overlaps with sending."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import structlog

from app.config import Config
from app.db import Database
from app.outbox.errors import UnfitError
from app.outbox.turns import ledger
from app.outbox.turns.lease import Turn
from app.outbox.turns.pace import LARGEST_BATCH
from app.outbox.turns.rounds import Prepared, Rounds, Terms
from app.outbox.turns.settlement import Settlement
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.web.metrics import DELIVERIES

_log = structlog.get_logger()

#: No further batch begins after so long: then it is another org's turn.
TURN_SECONDS = 1.0

T = TypeVar("T")


class Courier:
    """Serves turns; one for all threads of a process."""

    def __init__(self, config: Config, database: Database, gateway: Gateway) -> None:
        self._database = database
        self._rounds = Rounds(config, database, gateway)

    def serve(self, turn: Turn) -> int:
        """Send what is due in the org, and give the turn back; how many were delivered.

        Whatever Salesforce does ends in the rows; it raises only for mistakes of ours.

        Raises:
            LeaseLostError: Another worker has taken the org over.
        """
        try:
            batch = self._rounds.first(turn, self._rounds.terms(turn))
        except (SalesforceError, UnfitError) as error:
            if error.reason != turn.pause_reason:  # said once, however often it is looked at
                _log.warning("outbox.org_rests", org=str(turn.org_id), reason=error.reason)
            rest = Settlement(turn, pause_reason=error.reason)
            rest.pause_until = error.until if isinstance(error, UnfitError) else None
            return self._settle(rest, is_last=True)
        if batch is None:
            return self._settle(Settlement(turn), is_last=True)
        return self._run(batch)

    def _run(self, batch: Prepared) -> int:
        """Settle the batch before and prepare the one after while a call is under way."""
        until = time.monotonic() + TURN_SECONDS
        delivered = 0
        before: Settlement | None = None
        following: Prepared | None = batch
        while following is not None:
            batch = following
            call = _Call(lambda batch=batch: self._rounds.send(batch))  # type: ignore[misc]
            if before is not None:
                delivered += self._settle(before, is_last=False)
            following, is_all = self._ahead(batch, until)
            before = call.result()
            if not before.is_clean:
                before.put_back(following.units if following else ())
                following = None
            elif following is None and not is_all and time.monotonic() < until:
                delivered += self._settle(before, is_last=False)
                following = self._next(_at_pace(before), batch.terms)
                before = None if following else Settlement(_at_pace(before))
        return delivered + (self._settle(before, is_last=True) if before else 0)

    def _ahead(self, batch: Prepared, until: float) -> tuple[Prepared | None, bool]:
        """The batch after one that is under way, once the org takes them at full size; and whether
        that one was all: then nobody looks again, and what comes meanwhile is for the next turn.
        """
        if len(batch.units) < batch.turn.batch_size:
            return None, True
        if batch.turn.batch_size < LARGEST_BATCH or time.monotonic() >= until:
            return None, False
        following = self._next(batch.turn, batch.terms)
        return following, following is None

    def _next(self, turn: Turn, terms: Terms) -> Prepared | None:
        try:
            return self._rounds.prepare(turn, terms)
        except (SalesforceError, UnfitError):
            return None  # the next turn meets it first, and lets the org rest

    def _settle(self, done: Settlement, *, is_last: bool) -> int:
        with self._database.writing(done.turn.org_id) as session:
            ledger.write(session, done, is_last=is_last)
        for outcome, count in done.counts.items():
            DELIVERIES.labels(outcome=outcome).inc(count)
        _log.info("outbox.round", org=str(done.turn.org_id), sent=done.sent, **done.counts)
        return done.counts["delivered"]


def _at_pace(done: Settlement) -> Turn:
    speed = done.pace()
    return replace(done.turn, batch_size=speed.batch_size, grow_after=speed.grow_after, failures=0)


@dataclass
class _Outcome(Generic[T]):
    value: T | None = None
    error: BaseException | None = None


class _Call(Generic[T]):
    """Work on a daemon thread: a worker that stops does not wait for a call that hangs."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._outcome: _Outcome[T] = _Outcome()
        self._thread = threading.Thread(target=self._run, args=(work,), name="call", daemon=True)
        self._thread.start()

    def result(self) -> T:
        """Wait for the end; raises what the work raised."""
        self._thread.join()
        if self._outcome.error is not None:
            raise self._outcome.error
        return self._outcome.value  # type: ignore[return-value]  # set, since there is no error

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self._outcome.value = work()
        except BaseException as error:  # noqa: BLE001  # raised again by ``result``
            self._outcome.error = error
