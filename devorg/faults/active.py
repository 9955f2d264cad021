"""The faults in force: which strike a call, how often each has struck."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from devorg.errors import DropError
from devorg.faults.fault import CALL_KINDS, SERVICE_KINDS, Fault
from devorg.faults.scope import objects_named

_STATUS = frozenset({"status"})


class Faults:
    """The faults in force. Sleeping happens outside every lock, and `clear` ends it."""

    def __init__(self, end_sessions: Callable[[], None]) -> None:
        self._end_sessions = end_sessions
        self._lock = threading.Lock()
        self._active: list[Fault] = []
        self._released = threading.Event()
        self._made = 0

    def add(self, fault: Fault) -> int:
        """One more fault, from now on; its number."""
        with self._lock:
            self._made += 1
            fault.number = self._made
            self._active.append(fault)
            return fault.number

    def remove(self, number: int) -> bool:
        """No more of this one; False if it is not in force."""
        with self._lock:
            kept = [each for each in self._active if each.number != number]
            found = len(kept) < len(self._active)
            self._active[:] = kept
            return found

    def clear(self) -> None:
        """No faults; calls that hang are let go at once."""
        with self._lock:
            self._active.clear()
            self._released.set()
            self._released = threading.Event()

    def listed(self) -> list[dict[str, Any]]:
        """The faults since the last `clear`, used up or not, with how often each has struck."""
        with self._lock:
            return [fault.shown() for fault in self._active]

    def matching(
        self,
        paths: Sequence[str],
        kinds: frozenset[str],
        *,
        after: bool,
        objects: frozenset[str] = frozenset(),
    ) -> list[Fault]:
        """Faults of these kinds that would strike one of the paths now, none of them spent."""
        with self._lock:
            return [
                fault
                for fault in self._active
                if fault.kind in kinds
                and fault.after == after
                and fault.times != 0
                and fault.concerns(paths, objects)
            ]

    def spend(self, fault: Fault, *, counted: bool = True) -> bool:
        """Use a fault for one call; False if it spares the call or is used up.

        Not `counted`: the caller counts what it strikes, row by row.
        """
        with self._lock:
            if fault not in self._active or fault.times == 0:
                return False
            if fault.skip > 0:
                fault.skip -= 1
                return False
            if counted and not fault.rolls():
                return False
            if fault.times is not None:
                fault.times -= 1
            fault.struck += counted
            return True

    def roll(self, fault: Fault) -> bool:
        """Whether chance lets a fault of rows strike the next row."""
        with self._lock:
            return fault.rolls()

    def count(self, fault: Fault, rows: int) -> None:
        """A fault of rows has struck so many."""
        with self._lock:
            fault.struck += rows

    def strike_call(
        self,
        paths: Sequence[str],
        rows: int,
        *,
        after: bool,
        objects: frozenset[str] = frozenset(),
    ) -> None:
        """Wait, drop or refuse as asked for a call on these paths. Raises DropError, ApiError."""
        released = self._released
        for fault in self.matching(paths[:1], SERVICE_KINDS, after=after, objects=objects):
            if self.spend(fault):
                if fault.kind == "expire":
                    self._end_sessions()
                raise fault.api_error()
        for fault in self.matching(paths, CALL_KINDS, after=after, objects=objects):
            if not self.spend(fault):
                continue
            if fault.kind == "drop":
                raise DropError
            released.wait(fault.seconds + fault.per_row_ms * rows / 1000)
            if fault.kind == "hang":
                raise DropError

    def strike_status(
        self, path: str, *, after: bool, objects: frozenset[str] = frozenset()
    ) -> None:
        """Refuse a call on this path as a whole, if a fault says so. Raises ApiError."""
        touched = objects or objects_named(path)
        for fault in self.matching([path], _STATUS, after=after, objects=touched):
            if self.spend(fault):
                raise fault.api_error()
