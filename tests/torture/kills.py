"""SIGKILL of workers and of the web server at random moments, while events come in and go out."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import requests
from sqlalchemy import func, select, text

from app.db import SystemSession
from app.engagement.models import Event
from app.orgs import apikeys
from app.orgs.models import Org
from tests.outbox.processes import Nursery, Workers
from tests.outbox.world import World
from tests.support.ports import free_port
from tests.support.waiting import wait_until
from tests.torture.backend import Backend

_WEB = Path(__file__).with_name("web_process.py")
_WORKERS = 3
#: Some answers are lost besides, so that rows are unsure when their worker dies.
_DROP_EACH = 7
_PER_ROW_MS = 2.0
#: So many events are sent at least, however slow the machine.
_LEAST = 500


def kill_often(world: World, kills: int, folder: Path, dice: random.Random) -> int:
    """Kill so many workers and web servers, each replaced at once; all is delivered at the end."""
    with ExitStack() as stack:
        scene = _Scene(world, folder, stack, dice)
        for number in range(kills):
            time.sleep(dice.uniform(0.02, 0.4))
            if number % _DROP_EACH == 0:
                after = bool(dice.randrange(2))
                world.fault(kind="drop", match="/composite/sobjects", after=after, times=1)
            scene.kill_one()
        scene.finish()
    return kills


def crash_postgresql(world: World, crashes: int, folder: Path, dice: random.Random) -> int:
    """Kill a backend of PostgreSQL: the server ends all others, recovers from its log, goes on."""
    with ExitStack() as stack:
        scene = _Scene(world, folder, stack, dice)
        for _ in range(crashes):
            time.sleep(dice.uniform(0.5, 2.0))
            scene.patiently(scene.look)
            scene.patiently(lambda: os.kill(_a_backend(world), signal.SIGKILL))
        scene.finish()
    return crashes


class _Scene:
    """Web server, workers and the vendor's backend, all at work."""

    def __init__(self, world: World, folder: Path, stack: ExitStack, dice: random.Random) -> None:
        self._world = world
        self._dice = dice
        self._port = free_port()
        url = f"http://localhost:{self._port}"
        settings = {
            "INLAY_APP_URL": url,
            "INLAY_PAGES_URL": f"http://127.0.0.1:{self._port}",
            "INLAY_API_RATE_PER_MINUTE": "1000000",
            "TEST_PORT": str(self._port),
        }
        seed = dice.randrange(10**6)
        people = {"people": 200, "events": 0, "seed": seed % 1000}
        requests.post(
            f"{world.devorg.url}/_devorg/seed", json=people, timeout=60
        ).raise_for_status()
        world.devorg.org.per_row_ms = _PER_ROW_MS
        self._workers = stack.enter_context(closing(Nursery(world, folder)))
        self._web = stack.enter_context(closing(Nursery(world, folder, _WEB, **settings)))
        for _ in range(_WORKERS):
            self._workers.start()
        self._web.start()
        with world.database.system_writing() as session:
            key = apikeys.create(session, session.get_one(Org, world.org.id), "torture", by="test")
        self._backend = Backend(url, key, world.contacts(), seed)
        self._backend.start()
        wait_until(lambda: self._delivered() > 0, what="the first delivery")

    def kill_one(self) -> None:
        """A worker, rather the one that holds the org, or the web server."""
        self.look()
        if self._dice.random() < 0.3:
            self._replace(self._web, self._web.pids()[0])
            return
        holder, pids = self._holder(), self._workers.pids()
        chosen = holder if holder in pids and self._dice.random() < 0.7 else self._dice.choice(pids)
        self._replace(self._workers, chosen)

    def look(self) -> None:
        """Tell the backend how far deliveries are, so that it goes on."""
        self._backend.delivered = self._delivered()

    def finish(self) -> None:
        """Nobody is killed any more: what came in goes out."""
        wait_until(lambda: self._backend.sent >= _LEAST, what="enough to judge by")
        self._backend.stop()
        self._world.devorg.org.per_row_ms = 0.0
        wait_until(self._is_done, 150, "the end of delivery")
        assert self._events() == self._backend.sent, "an event that was answered is not there"

    def patiently(self, work: Callable[[], None]) -> None:
        """The database may be recovering."""
        for _ in range(100):
            try:
                work()
                return
            except Exception:  # noqa: BLE001
                time.sleep(0.1)
        work()

    def _replace(self, processes: Workers, pid: int) -> None:
        processes.kill(pid)
        processes.start()

    def _holder(self) -> int | None:
        name = self._world.delivery().leased_by
        return int(name.rsplit("-", 1)[1]) if name else None

    def _is_done(self) -> bool:
        self.patiently(self._world.hurry)
        time.sleep(0.3)
        return self._world.count_open() == 0

    def _delivered(self) -> int:
        return self._events() - self._world.count_open()

    def _events(self) -> int:
        with self._world.database.reading(self._world.org.id) as session:
            return session.scalar(select(func.count()).select_from(Event)) or 0


def _a_backend(world: World) -> int:
    """One that serves this database, for somebody else."""
    statement = text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
    )
    with world.database.system_reading() as session:
        return int(SystemSession.execute(session, statement).scalar_one())
