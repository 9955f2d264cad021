"""Worker processes of a test: started, killed, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.config import Config
from tests.outbox.world import World

ROOT = Path(__file__).parent.parent.parent
_SCRIPT = Path(__file__).with_name("worker_process.py")


def environment_of(config: Config) -> dict[str, str]:
    """What a process needs to work on the same database as this one."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "INLAY_SECRET_KEYS": ",".join(config.secret_keys),
        "INLAY_DATABASE_URL": config.database_url,
        "INLAY_HOME": str(config.home),
        "INLAY_SALESFORCE_EXTRA_ORIGINS": ",".join(config.salesforce_extra_origins),
        "INLAY_SWEEP_SECONDS": "0.2",
    }


class Workers:
    """Real processes on a world's database; each has its output in a file of its own."""

    def __init__(self, world: World, folder: Path, **environment: str) -> None:
        self._folder = folder
        self._environment = environment_of(world.config) | environment
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._started = 0

    def start(self) -> int:
        """One more worker; its process id."""
        self._started += 1
        with (self._folder / f"worker-{self._started}.log").open("wb") as log:
            process = subprocess.Popen(  # our own script
                [sys.executable, str(_SCRIPT)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        self._running[process.pid] = process
        return process.pid

    def kill(self, pid: int) -> None:
        """SIGKILL: no handler runs, nothing is released."""
        process = self._running.pop(pid)
        process.kill()
        process.wait(60)

    def stop(self, pid: int, seconds: float = 25) -> int:
        """SIGTERM, and the exit code."""
        process = self._running.pop(pid)
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def pids(self) -> list[int]:
        """Processes that were not ended."""
        return list(self._running)

    def output(self) -> str:
        """What all workers wrote, for the message of a failing test."""
        return "\n".join(path.read_text() for path in sorted(self._folder.glob("worker-*.log")))

    def close(self) -> None:
        """End those that are left."""
        for pid in self.pids():
            self.kill(pid)


@contextmanager
def workers(world: World, folder: Path, **environment: str) -> Iterator[Workers]:
    """Worker processes that are gone when the block ends."""
    with closing(Workers(world, folder, **environment)) as made:
        yield made


@contextmanager
def forked_workers(world: World, folder: Path) -> Iterator[Workers]:
    """The same, quick to start: for tests that kill many."""
    with closing(Nursery(world, folder)) as made:
        yield made


class Nursery(Workers):
    """Processes that are forked from one that has everything loaded: quick to start."""

    def __init__(
        self, world: World, folder: Path, script: Path = _SCRIPT, **environment: str
    ) -> None:
        super().__init__(world, folder, **environment)
        self._name = script.stem.split("_")[0]
        self._alive: set[int] = set()
        self._mother = subprocess.Popen(  # our own script
            [sys.executable, str(script), "nursery"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> int:
        """One more worker; its process id."""
        self._started += 1
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(f"{self._folder / f'{self._name}-{self._started}.log'}\n")
        self._mother.stdin.flush()
        pid = int(self._mother.stdout.readline())
        self._alive.add(pid)
        return pid

    def kill(self, pid: int) -> None:
        """SIGKILL: no handler runs, nothing is released."""
        self._alive.discard(pid)
        os.kill(pid, signal.SIGKILL)

    def pids(self) -> list[int]:
        """Processes that were not killed."""
        return list(self._alive)

    def close(self) -> None:
        """End those that are left, and their mother."""
        super().close()
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.close()
        self._mother.stdout.close()
        self._mother.wait(60)
