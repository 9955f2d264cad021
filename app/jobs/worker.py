"""The worker process: delivers, ends silent visits, back-fills; stops in order when told to."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from app import memory
from app.config import Config
from app.db import Database
from app.jobs import sweeps
from app.jobs.backfills import Backfills
from app.jobs.deliverers import Deliverers
from app.jobs.heart import Heart, living_workers
from app.outbox.backfill.runner import Runner
from app.outbox.plan import planner
from app.outbox.turns import lease
from app.outbox.turns.delivery import Courier
from app.outbox.turns.lease import LeaseTimes
from app.salesforce.accounting import FLUSH_SECONDS
from app.salesforce.gateway import Gateway

_log = structlog.get_logger()

#: Linked people are looked for less often than due rows: the read is larger, nobody waits for it.
_BACKFILL_EVERY_SECONDS = 5.0
#: With the time after which a worker is dead this stays under a minute.
_RECOVER_EVERY_SECONDS = 10.0


def process_name() -> str:
    """A name of this process that no other has at the same time."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}"


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a worker runs.

    ``grace_seconds``: what a stop waits for calls in flight. ``has_schedules``: whether durable
    schedules run in this worker too.
    """

    name: str = field(default_factory=process_name)
    threads: int = 4
    times: LeaseTimes = field(default_factory=LeaseTimes)
    grace_seconds: float = 20.0
    has_schedules: bool = True


class Worker:
    """One worker; any number of them may run at once, on one database."""

    def __init__(
        self, config: Config, database: Database, gateway: Gateway, options: WorkerOptions
    ) -> None:
        self._config = config
        self._database = database
        self._options = options
        self._heart = Heart(database, options.name, options.times.heartbeat_seconds)
        self._deliverers = Deliverers(
            database,
            Courier(config, database, gateway),
            self._heart,
            options.times,
            options.name,
        )
        self._backfills = Backfills(
            database, Runner(config, database, gateway), options.times, options.name
        )
        self._recorded = planner(config.visit_settle_seconds, self._deliverers.wake)
        self._gateway = gateway
        self._stopping = threading.Event()
        self._scheduled = threading.Event()
        self._done_at: dict[str, float] = {}

    def run(self) -> None:
        """Work until ``stop`` is called; returns when everything has ended."""
        memory.settle(for_batches=True)
        _log.info("worker.started", worker=self._options.name, threads=self._options.threads)
        self._heart.start()
        self._deliverers.start(self._options.threads)
        self._backfills.start()
        if self._options.has_schedules:
            threading.Thread(target=self._start_schedules, name="schedules", daemon=True).start()
        while not self._stopping.is_set():
            self._sweep()
            self._stopping.wait(self._config.sweep_seconds)
        self._wind_down()

    def stop(self) -> None:
        """Claim nothing new and end; callable from a signal handler or another thread."""
        self._stopping.set()

    def stop_on_signals(self) -> None:
        """SIGTERM and SIGINT stop the worker in order."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self.stop())

    def _sweep(self) -> None:
        self._safely("visits", self._end_visits)
        if self._is_time("backfill", _BACKFILL_EVERY_SECONDS):
            self._safely("backfill", lambda: sweeps.backfill(self._database))
            self._safely("expiry", lambda: sweeps.tell_expired(self._database))
            self._safely("digests", lambda: sweeps.make_digests(self._database))
        self._safely("wake", self._wake_if_due)
        if self._is_time("books", FLUSH_SECONDS):  # an idle worker's last calls count as well
            self._safely("books", self._gateway.accounting.flush)
        if self._scheduled.is_set() and self._is_time("recovery", _RECOVER_EVERY_SECONDS):
            self._safely("recovery", self._recover)

    def _is_time(self, what: str, seconds: float) -> bool:
        """Whether it was not done for so long; if so, it is from now on."""
        now = time.monotonic()
        if now - self._done_at.get(what, float("-inf")) < seconds:
            return False
        self._done_at[what] = now
        return True

    def _recover(self) -> int:
        from app.jobs import workflows  # it is loaded by now

        alive = living_workers(self._database, self._options.times.dead_after_seconds)
        return workflows.recover({*alive, self._options.name})

    def _start_schedules(self) -> None:
        """Beside the deliveries: loading DBOS takes a second or two."""
        self._safely("schedules", self._launch)

    def _launch(self) -> None:
        from app.jobs import workflows  # loaded late, for a quick start

        workflows.start(self._config, self._database, self._gateway, self._options.name)
        self._scheduled.set()

    def _end_visits(self) -> int:
        return sweeps.end_silent_visits(self._config, self._database, self._recorded)

    def _wake_if_due(self) -> None:
        self._deliverers.tend()
        with self._database.system_reading() as session:
            is_due = lease.is_work_waiting(session, self._options.times)
        if is_due:
            self._deliverers.wake()

    def _safely(self, name: str, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001  # nothing may end the loop but a stop
            _log.exception("worker.sweep_failed", sweep=name)

    def _wind_down(self) -> None:
        _log.info("worker.stopping", worker=self._options.name)
        self._backfills.stop()
        if not self._deliverers.stop(self._options.grace_seconds):
            for turn in self._heart.held():
                self._safely("release", lambda turn=turn: self._release(turn))  # type: ignore[misc]
        self._backfills.wait()
        self._heart.stop()
        if self._scheduled.is_set():
            from app.jobs import workflows  # it is loaded by now

            self._safely("schedules", workflows.stop)
        _log.info("worker.stopped", worker=self._options.name)

    def _release(self, turn: lease.Turn) -> None:
        with self._database.writing(turn.org_id) as session:
            lease.give_back(session, turn)
