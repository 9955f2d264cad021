"""Keeps the turns of a worker alive, and says that the worker itself is, while calls last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utcnow
from app.db import Database, database_now
from app.jobs.models import WorkerHeartbeat
from app.outbox.errors import LeaseLostError
from app.outbox.turns import lease
from app.outbox.turns.lease import Turn

_log = structlog.get_logger()


class Heart:
    """Beats every ``seconds`` for the worker and for all turns held."""

    def __init__(self, database: Database, worker: str, seconds: float) -> None:
        self._database = database
        self._worker = worker
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: set[Turn] = set()
        self._stopped = threading.Event()
        self._started_at = utcnow()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    @contextmanager
    def holding(self, turn: Turn) -> Iterator[None]:
        """The turn lives as long as this block."""
        with self._lock:
            self._held.add(turn)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(turn)

    def held(self) -> list[Turn]:
        """Turns that are being served now."""
        with self._lock:
            return list(self._held)

    def start(self) -> None:
        """Begin to beat."""
        self.beat()
        self._thread.start()

    def stop(self) -> None:
        """Beat no more, and forget the worker."""
        self._stopped.set()

    def beat(self) -> None:
        """One beat."""
        row = {"name": self._worker, "started_at": self._started_at, "seen_at": utcnow()}
        with self._database.system_writing() as session:
            session.upsert_many(WorkerHeartbeat, [row], key=["name"])
            session.execute(  # by the database's clock, which all workers share
                update(WorkerHeartbeat)
                .where(WorkerHeartbeat.name == self._worker)
                .values(seen_at=database_now())
                .execution_options(synchronize_session=False)
            )
        for turn in self.held():
            self._keep(turn)

    def _keep(self, turn: Turn) -> None:
        try:
            with self._database.writing(turn.org_id) as session:
                lease.beat(session, turn)
        except LeaseLostError:
            if turn in self.held():  # else it was given back meanwhile
                _log.warning("outbox.lease_lost", org=str(turn.org_id))

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self.beat()
            except SQLAlchemyError:
                _log.exception("worker.no_heartbeat")


def living_workers(database: Database, dead_after_seconds: float) -> set[str]:
    """Names of workers that said lately that they are alive, by the database's clock."""
    since = database_now(-dead_after_seconds)
    with database.system_reading() as session:
        return set(
            session.scalars(select(WorkerHeartbeat.name).where(WorkerHeartbeat.seen_at >= since))
        )
