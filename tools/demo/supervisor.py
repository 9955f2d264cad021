"""Starts parts in order, starts one again that died, and stops all of them.

Everything happens on the main thread, in one loop; signals only set a flag that the loop reads.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from tools.demo.errors import DemoError, StoppedError
from tools.demo.guardian import Guardian
from tools.demo.home import Home, tail
from tools.demo.part import Part, Running, describe_exit


@dataclass(frozen=True)
class Pace:
    """Times in seconds; tests use shorter ones."""

    look: float = 0.1
    start: float = 60.0
    task: float = 180.0
    grace: float = 25.0
    first_pause: float = 0.5
    longest_pause: float = 30.0
    steady: float = 30.0


@dataclass
class _Watched:
    part: Part
    running: Running
    pause: float
    start_at: float | None = None


class Supervisor:
    """Runs parts until it is told to stop. `say` prints; `changed` is called with pids by name."""

    def __init__(
        self,
        home: Home,
        guardian: Guardian,
        cwd: Path,
        *,
        say: Callable[[str], None] = print,
        changed: Callable[[dict[str, int]], None] = lambda pids: None,
        pace: Pace | None = None,
    ) -> None:
        self._home = home
        self._guardian = guardian
        self._cwd = cwd
        self._say = say
        self._changed = changed
        self._pace = pace or Pace()
        self._watched: dict[str, _Watched] = {}
        self._stopping = False

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the parts that run."""
        return {
            name: one.running.pid
            for name, one in self._watched.items()
            if one.start_at is None and one.running.exit_code is None
        }

    def stop_on_signals(self) -> None:
        """Take Ctrl-C, SIGTERM, and the end of the terminal as a wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def run_task(self, task: Part) -> str:
        """Run something that ends by itself, and give its standard output.

        Raises DemoError with the end of its log when it fails.
        """
        running = self._start(task, keep_output=True)
        try:
            self._until(lambda: running.exit_code is not None, self._pace.task, running)
        finally:
            self._end_group(running)
            output = running.output()
        if running.exit_code:
            raise self._failure(running, describe_exit(running.exit_code))
        return output

    def start_all(self, parts: Sequence[Part]) -> None:
        """Start parts side by side and wait until each is ready; raises DemoError."""
        for part in parts:
            self._watched[part.name] = _Watched(part, self._start(part), self._pace.first_pause)
        for part in parts:
            running = self._watched[part.name].running
            self._until(partial(self._is_ready, running), self._pace.start, running)

    def watch(self) -> None:
        """Start parts again that die, until told to stop."""
        while not self._stopping:
            for one in self._watched.values():
                self._look_at(one)
            time.sleep(self._pace.look)

    def stop(self) -> None:
        """End all parts by rank: SIGTERM, and SIGKILL after the grace."""
        for rank in sorted({one.part.stop_rank for one in self._watched.values()}):
            running = [w.running for w in self._watched.values() if w.part.stop_rank == rank]
            self._stop_together(running)
        self._watched.clear()

    def _start(self, part: Part, *, keep_output: bool = False) -> Running:
        try:
            running = Running(part, self._home.log(part.name), self._cwd, keep_output=keep_output)
        except OSError as error:
            raise DemoError(f"{part.name} cannot be started: {error}") from error
        self._guardian.watch(running.pid)
        return running

    def _until(self, condition: Callable[[], bool], limit: float, running: Running) -> None:
        """Wait for a condition about a part; raises DemoError when it takes too long."""
        until = time.monotonic() + limit
        while not condition():
            if self._stopping:
                raise StoppedError("Stopped while starting.")
            if time.monotonic() > until:
                raise self._failure(running, f"is not ready after {limit:.0f} s")
            time.sleep(self._pace.look)

    def _is_ready(self, running: Running) -> bool:
        if running.exit_code is not None:
            raise self._failure(running, describe_exit(running.exit_code))
        return running.part.ready()

    def _failure(self, running: Running, what: str) -> DemoError:
        return DemoError(
            f"{running.part.name} {what}. The end of {running.log}:\n{tail(running.log)}"
        )

    def _look_at(self, one: _Watched) -> None:
        """Start a dead part again after a pause that doubles while it keeps dying."""
        if one.start_at is not None:
            if time.monotonic() >= one.start_at:
                one.running, one.start_at = self._start(one.part), None
                self._changed(self.pids)
            return
        code = one.running.exit_code
        if code is None:
            if one.running.seconds() > self._pace.steady:
                one.pause = self._pace.first_pause
            return
        self._end_group(one.running)
        one.start_at = time.monotonic() + one.pause
        self._say(f"{one.part.name} {describe_exit(code)}; starting it again in {one.pause:g} s")
        one.pause = min(one.pause * 2, self._pace.longest_pause)

    def _stop_together(self, running: Sequence[Running]) -> None:
        for one in running:
            one.ask_to_end()
        until = time.monotonic() + self._pace.grace
        while any(one.exit_code is None for one in running) and time.monotonic() < until:
            time.sleep(self._pace.look)
        for one in running:
            if one.exit_code is None:
                self._say(f"{one.part.name} did not end within {self._pace.grace:g} s; killed")
            self._end_group(one)

    def _end_group(self, running: Running) -> None:
        """What a part leaves behind would keep its port, so nothing may be left."""
        running.make_end()
        self._guardian.forget(running.pid)
