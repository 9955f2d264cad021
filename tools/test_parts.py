"""What a part of the test run is: its command, its process group, and what it counted."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

_TOTALS = re.compile(r"^(\d+) passed, (\d+) failed", re.MULTILINE)
_GRACE_SECONDS = 10
_LINGER_SECONDS = 15


@dataclass(frozen=True)
class Part:
    """A command of this run's Python, with the variables it adds to the environment."""

    name: str
    arguments: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_pytest(self) -> bool:
        """Whether it can write a report that holds every test."""
        return self.arguments[:2] == ["-m", "pytest"]


@dataclass(frozen=True)
class Counts:
    """How many tests did what."""

    passed: int = 0
    failed: int = 0
    skipped_names: tuple[str, ...] = ()

    @property
    def skipped(self) -> int:
        """How many were skipped."""
        return len(self.skipped_names)


@dataclass(frozen=True)
class Result:
    """A part that ended; `code` is None when it was ended for taking too long."""

    name: str
    code: int | None
    seconds: float
    counts: Counts
    problems: tuple[str, ...]
    log: Path

    @property
    def passed(self) -> bool:
        """Whether all of it was run and nothing is wrong."""
        return self.code == 0 and not self.problems and self.counts.passed > 0


def read_counts(report: Path | None, output: str) -> Counts:
    """Counts from pytest's JUnit report, or from a closing line `N passed, N failed`."""
    if report is None:
        found = _TOTALS.findall(output)
        return Counts(int(found[-1][0]), int(found[-1][1])) if found else Counts()
    try:
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it
    except (OSError, ET.ParseError):
        return Counts()
    failed = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
    skipped = [c for c in cases if c.find("skipped") is not None]
    names = tuple(f"{case.get('classname')}::{case.get('name')}" for case in skipped)
    return Counts(len(cases) - len(failed) - len(skipped), len(failed), names)


class Group:
    """A process with all that it starts, so that all of it can be ended."""

    _running: set[Group] = set()  # noqa: RUF012 - shared on purpose, guarded by the lock
    _lock = threading.Lock()

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    @classmethod
    def start(
        cls, command: list[str], *, cwd: Path, env: Mapping[str, str], output: IO[bytes]
    ) -> Group:
        """Start a command with its output in a file."""
        group = cls(
            subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=os.name != "nt",
            )
        )
        with cls._lock:
            cls._running.add(group)
        return group

    @classmethod
    def end_all(cls) -> None:
        """End every group that still runs."""
        with cls._lock:
            running = list(cls._running)
        for group in running:
            group.end()

    def wait(self, limit: float) -> int | None:
        """The exit code, or None when the limit in seconds passed first."""
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> bool:
        """End what is left of the group; True when its first process had left others behind."""
        ended_by_itself = self.process.poll() is not None
        if ended_by_itself:
            self._wait_until_empty()
        left = self._signal(signal.SIGTERM)
        if not ended_by_itself:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_GRACE_SECONDS)
        elif left:
            self._wait_until_empty()
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        self.process.wait()
        with self._lock:
            self._running.discard(self)
        return ended_by_itself and left

    def _wait_until_empty(self) -> None:
        """Helpers such as multiprocessing's end a moment after their parent."""
        until = time.monotonic() + _LINGER_SECONDS
        while time.monotonic() < until and self._signal(0):
            time.sleep(0.05)

    def _signal(self, number: int) -> bool:
        """Whether anyone was there to be signalled."""
        if sys.platform == "win32":
            alive = self.process.poll() is None
            if alive and number:
                self.process.terminate()
            return alive
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True
