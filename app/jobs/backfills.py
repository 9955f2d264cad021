"""The threads that work at history which somebody asked for, beside those that deliver.

Two of them, so that one org that answers late leaves another for the rest. A worker that stops does
not wait for them: what they were at is taken up by another, from where it stands in the database.
"""

from __future__ import annotations

import threading

import structlog

from app.db import Database
from app.outbox.backfill import turns
from app.outbox.backfill.runner import Runner
from app.outbox.backfill.turns import Hold
from app.outbox.errors import LeaseLostError
from app.outbox.turns.lease import LeaseTimes

_log = structlog.get_logger()

_THREADS = 2
_LOOK_SECONDS = 2.0
#: After an error of the database, or a mistake of ours.
_REST_SECONDS = 5.0
_GRACE_SECONDS = 1.0


class Backfills:
    """Threads that claim and serve until told to stop."""

    def __init__(self, database: Database, runner: Runner, times: LeaseTimes, worker: str) -> None:
        self._database = database
        self._runner = runner
        self._times = times
        self._worker = worker
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin."""
        for number in range(_THREADS):
            thread = threading.Thread(target=self._run, name=f"backfill-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Claim nothing new."""
        self._stopping.set()

    def wait(self) -> None:
        """Whoever is in the middle of something has a second to end it."""
        for thread in self._threads:
            thread.join(_GRACE_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                hold = self._claim()
                if hold is not None:
                    self._serve(hold)
                    continue
            except Exception:  # noqa: BLE001  # nothing may end the loop but a stop
                _log.exception("worker.backfill_failed")
                self._stopping.wait(_REST_SECONDS)
                continue
            self._stopping.wait(_LOOK_SECONDS)

    def _claim(self) -> Hold | None:
        with self._database.system_reading() as reading:
            if not turns.is_work_waiting(reading, self._times):
                return None
        with self._database.system_writing() as session:
            return turns.claim(session, self._worker, self._times)

    def _serve(self, hold: Hold) -> None:
        with turns.beating(self._database, hold, self._times):
            try:
                self._runner.serve(hold)
            except LeaseLostError:
                _log.warning("backfill.lease_lost", org=str(hold.org_id))
