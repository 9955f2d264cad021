"""The faults that strike the rows of one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from devorg.errors import RowError
from devorg.faults.active import Faults
from devorg.faults.fault import REFUSING_KINDS, ROW_KINDS, Fault


class RowFaults:
    """The row faults that strike one call; each is spent once, by the first row it strikes."""

    def __init__(self, faults: Faults, path: str) -> None:
        self._faults = faults
        self._path = path
        self._sobject = ""
        self._operation = ""
        self._candidates: list[Fault] = []
        self._spent: dict[int, bool] = {}

    def begin(self, sobject: str, operation: str) -> None:
        """Rows of this object come next, written by this operation."""
        self._sobject, self._operation = sobject, operation
        found = self._faults.matching(
            [self._path], ROW_KINDS, after=False, objects=frozenset({sobject.lower()})
        )
        self._candidates = [each for each in found if each.operation in {"", operation}]

    @property
    def idle(self) -> bool:
        """True where no row can meet a fault."""
        return not self._candidates

    def overload(self, rows: Sequence[Mapping[str, Any]]) -> RowError | None:
        """Why all these rows of one transaction fail together, if they do."""
        for fault in self._of({"automation"}):
            concerned = [row for row in rows if _holds(fault, row)]
            if len(concerned) > fault.more_than and self._strikes(fault, len(concerned)):
                return fault.row_error()
        return None

    def check(self, record: Mapping[str, Any], record_id: str = "") -> None:
        """Refuse this row if a fault says so. Raises RowError."""
        for fault in self._of(REFUSING_KINDS):
            if _holds(fault, record) and self._strikes(fault):
                raise fault.row_error(record_id)

    def rewrites(self, record: Mapping[str, Any]) -> list[Fault]:
        """What before-save automation does to this row, in the order it was asked for."""
        found = self._of({"rewrite"})
        return [each for each in found if _holds(each, record) and self._strikes(each)]

    def lag_seconds(self) -> float:
        """How long before the commit the stamps of these rows are set."""
        return sum(fault.seconds for fault in self._of({"lag"}) if self._strikes(fault))

    def _of(self, kinds: frozenset[str] | set[str]) -> list[Fault]:
        return [each for each in self._candidates if each.kind in kinds]

    def _strikes(self, fault: Fault, rows: int = 1) -> bool:
        if not self._faults.roll(fault):
            return False
        if id(fault) not in self._spent:
            self._spent[id(fault)] = self._faults.spend(fault, counted=False)
        if self._spent[id(fault)]:
            self._faults.count(fault, rows)
        return self._spent[id(fault)]


def _holds(fault: Fault, record: Mapping[str, Any]) -> bool:
    return not fault.contains or any(fault.contains in str(each) for each in record.values())
