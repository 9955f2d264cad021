"""Faults on request: a call that hangs, answers late, fails, or drops; a row that is refused.

A fault strikes calls whose path contains `match`, at most `times` times. `after` lets the work
be done and committed first, which leaves the client with an ambiguous answer.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from devorg.errors import ApiError, ControlError, DropError, RowError

CALL_KINDS = frozenset({"hang", "delay", "drop"})
ROW_KINDS = frozenset({"lock", "error"})
KINDS = CALL_KINDS | ROW_KINDS | {"status"}
_DEFAULT_SECONDS = 30.0
_CODES = {400: "UNKNOWN_EXCEPTION", 401: "INVALID_SESSION_ID", 403: "REQUEST_LIMIT_EXCEEDED",
          404: "NOT_FOUND", 503: "SERVER_UNAVAILABLE"}  # fmt: skip
_LOCK_MESSAGE = "unable to obtain exclusive access to this record"


@dataclass(eq=False, slots=True)
class Fault:
    """One thing that goes wrong.

    hang: waits `seconds`, then closes the connection. delay: waits `seconds`, and
    `per_row_ms` for each row written. drop: closes the connection. status: the whole call is
    refused. lock and error: rows are refused, all of them or those whose JSON has `contains`.
    """

    kind: str
    match: str = ""
    seconds: float = _DEFAULT_SECONDS
    status: int = 500
    errorCode: str = ""  # noqa: N815 - the word of the control API
    message: str = ""
    times: int | None = None
    after: bool = False
    per_row_ms: float = 0.0
    contains: str = ""

    def api_error(self) -> ApiError:
        """The answer of a `status` fault."""
        code = self.errorCode or _CODES.get(self.status, "UNKNOWN_EXCEPTION")
        return ApiError(self.status, code, self.message or "A fault of the test made this fail.")

    def row_error(self) -> RowError:
        """The refusal of a row by a `lock` or `error` fault."""
        if self.kind == "lock":
            return RowError("UNABLE_TO_LOCK_ROW", self.message or _LOCK_MESSAGE)
        code = self.errorCode or "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        return RowError(code, self.message or "A fault of the test refused this row.")


def fault_from(body: Mapping[str, Any]) -> Fault:
    """A fault as the control API states it. Raises ControlError."""
    known = {field.name for field in fields(Fault)}
    unknown = sorted(set(body) - known)
    if unknown:
        raise ControlError("fault", f"A fault has no {', '.join(unknown)}.")
    if body.get("kind") not in KINDS:
        raise ControlError("fault", f"kind must be one of {', '.join(sorted(KINDS))}.")
    given = dict(body)
    if given["kind"] == "delay" and "seconds" not in given:
        given["seconds"] = 0.0
    return Fault(**given)


class Faults:
    """The faults in force. Sleeping happens outside every lock, and `clear` ends it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: list[Fault] = []
        self._released = threading.Event()

    def add(self, fault: Fault) -> None:
        """One more fault, from now on."""
        with self._lock:
            self._active.append(fault)

    def clear(self) -> None:
        """No faults; calls that hang are let go at once."""
        with self._lock:
            self._active.clear()
            self._released.set()
            self._released = threading.Event()

    def matching(self, paths: Sequence[str], kinds: frozenset[str], *, after: bool) -> list[Fault]:
        """Faults of these kinds that would strike one of the paths now, none of them spent."""
        with self._lock:
            return [
                fault
                for fault in self._active
                if fault.kind in kinds
                and fault.after == after
                and any(fault.match in path for path in paths)
            ]

    def spend(self, fault: Fault) -> bool:
        """Use a fault once; False if another call has used the last of it meanwhile."""
        with self._lock:
            if fault not in self._active:
                return False
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._active.remove(fault)
            return True

    def strike_call(self, paths: Sequence[str], rows: int, *, after: bool) -> None:
        """Wait or drop as asked for a call on these paths. Raises DropError."""
        released = self._released
        for fault in self.matching(paths, CALL_KINDS, after=after):
            if not self.spend(fault):
                continue
            if fault.kind == "drop":
                raise DropError
            released.wait(fault.seconds + fault.per_row_ms * rows / 1000)
            if fault.kind == "hang":
                raise DropError

    def strike_status(self, path: str, *, after: bool) -> None:
        """Refuse a call on this path as a whole, if a fault says so. Raises ApiError."""
        for fault in self.matching([path], frozenset({"status"}), after=after):
            if self.spend(fault):
                raise fault.api_error()


class RowFaults:
    """The row faults that strike one call; each is spent once, by the first row it refuses."""

    def __init__(self, faults: Faults, path: str) -> None:
        self._faults = faults
        self._candidates = faults.matching([path], ROW_KINDS, after=False)
        self._spent: set[int] = set()

    def check(self, record: Mapping[str, Any]) -> None:
        """Refuse this row if a fault says so. Raises RowError."""
        for fault in self._candidates:
            if fault.contains and not any(fault.contains in str(v) for v in record.values()):
                continue
            if id(fault) in self._spent or self._faults.spend(fault):
                self._spent.add(id(fault))
                raise fault.row_error()
