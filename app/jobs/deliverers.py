"""The threads that deliver: each serves one org at a time, and an org has one at most.

An org that does not answer holds its thread until the call times out. So that a few such orgs never
hold up all others, a thread whose turn takes long is replaced by another one, up to a bound.
"""

from __future__ import annotations

import threading
import time

import structlog

from app.db import Database
from app.jobs.heart import Heart
from app.outbox.errors import LeaseLostError
from app.outbox.turns import lease, ledger
from app.outbox.turns.delivery import Courier
from app.outbox.turns.lease import LeaseTimes, Turn

_log = structlog.get_logger()

#: A thread that was not woken looks for itself now and then.
_LOOK_SECONDS = 5.0
#: After an error of the database.
_REST_SECONDS = 1.0
#: A turn that takes longer than this waits for Salesforce; its thread does not count.
SLOW_SECONDS = 5.0
#: Threads that may be waiting besides; each takes a little memory, and no connection meanwhile.
MOST_SLOW = 32


class Deliverers:
    """Threads that claim and serve until told to stop: so many that are not held up."""

    def __init__(
        self,
        database: Database,
        courier: Courier,
        heart: Heart,
        times: LeaseTimes,
        worker: str,
        slow_seconds: float = SLOW_SECONDS,
    ) -> None:
        self._database = database
        self._courier = courier
        self._heart = heart
        self._times = times
        self._worker = worker
        self._work = threading.Condition()
        self._stopping = threading.Event()
        self._slow_seconds = slow_seconds
        self._lock = threading.Lock()
        self._wanted = 0
        self._threads: set[threading.Thread] = set()
        self._busy_since: dict[threading.Thread, float] = {}

    def start(self, threads: int) -> None:
        """Begin to deliver."""
        self._wanted = threads
        self.tend()

    def tend(self) -> None:
        """Replace threads that wait for a slow org; called every second or so."""
        with self._lock:
            missing = self._wanted + min(self._slow(), MOST_SLOW) - len(self._threads)
            for _ in range(0 if self._stopping.is_set() else missing):
                thread = threading.Thread(target=self._run, name="deliver", daemon=True)
                self._threads.add(thread)
                thread.start()

    def _slow(self) -> int:
        before = time.monotonic() - self._slow_seconds
        return sum(since < before for since in self._busy_since.values())

    def _is_spare(self) -> bool:
        """Whether this thread may end, since those that it stood in for are back; then it must."""
        thread = threading.current_thread()
        with self._lock:
            self._busy_since.pop(thread, None)
            if len(self._threads) - self._slow() <= self._wanted:
                return False
            self._threads.discard(thread)
            return True

    def wake(self) -> None:
        """Something may be due."""
        with self._work:
            self._work.notify_all()

    def stop(self, grace_seconds: float) -> bool:
        """Claim nothing new, let the calls in flight end; False if some are still running."""
        self._stopping.set()
        self.wake()
        until = time.monotonic() + grace_seconds
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _run(self) -> None:
        while not self._stopping.is_set() and not self._is_spare():
            try:
                turn = self._claim()
                if turn is not None:
                    self._serve(turn)
                    continue
            except Exception:  # noqa: BLE001  # nothing may end the loop but a stop
                _log.exception("worker.delivery_failed")
                self._stopping.wait(_REST_SECONDS)
                continue
            with self._work:
                if not self._stopping.is_set():
                    self._work.wait(_LOOK_SECONDS)

    def _claim(self) -> Turn | None:
        with self._database.system_reading() as reading:
            if not lease.is_work_waiting(reading, self._times):
                return None
        with self._database.system_writing() as session:
            return lease.claim(session, self._worker, self._times)

    def _serve(self, turn: Turn) -> None:
        with self._lock:
            self._busy_since[threading.current_thread()] = time.monotonic()
        with self._heart.holding(turn):
            try:
                self._courier.serve(turn)
            except LeaseLostError:
                _log.warning("outbox.lease_lost", org=str(turn.org_id))
            except Exception:  # noqa: BLE001  # a mistake of ours must not stop other orgs
                _log.exception("outbox.round_failed", org=str(turn.org_id))
                with self._database.writing(turn.org_id) as session:
                    ledger.abandon(session, turn, "internal_error")
