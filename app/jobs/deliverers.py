"""The threads that deliver: each serves one org at a time, so a hung org blocks one of them."""

from __future__ import annotations

import threading
import time

import structlog

from app.db import Database
from app.jobs.heart import Heart
from app.outbox import lease, ledger
from app.outbox.delivery import Courier
from app.outbox.errors import LeaseLostError
from app.outbox.lease import LeaseTimes, Turn

_log = structlog.get_logger()

#: A thread that was not woken looks for itself now and then.
_LOOK_SECONDS = 5.0
#: After an error of the database.
_REST_SECONDS = 1.0


class Deliverers:
    """A fixed number of threads that claim and serve until told to stop."""

    def __init__(
        self, database: Database, courier: Courier, heart: Heart, times: LeaseTimes, worker: str
    ) -> None:
        self._database = database
        self._courier = courier
        self._heart = heart
        self._times = times
        self._worker = worker
        self._work = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, threads: int) -> None:
        """Begin to deliver."""
        for number in range(threads):
            thread = threading.Thread(target=self._run, name=f"deliver-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """Something may be due."""
        with self._work:
            self._work.notify_all()

    def stop(self, grace_seconds: float) -> bool:
        """Claim nothing new, let the calls in flight end; False if some are still running."""
        self._stopping.set()
        self.wake()
        until = time.monotonic() + grace_seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while not self._stopping.is_set():
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
        with self._heart.holding(turn):
            try:
                self._courier.serve(turn)
            except LeaseLostError:
                _log.warning("outbox.lease_lost", org=str(turn.org_id))
            except Exception:  # noqa: BLE001  # a mistake of ours must not stop other orgs
                _log.exception("outbox.round_failed", org=str(turn.org_id))
                with self._database.writing(turn.org_id) as session:
                    ledger.abandon(session, turn, "internal_error")
