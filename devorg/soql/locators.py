"""Queries in the middle of being paged."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass

from devorg.errors import ApiError
from devorg.soql.translate import Statement

# Queries per org whose further pages can still be fetched.
_KEPT = 100
_ID = 18


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A query being paged: the ids it found when it began, in order, one text end to end."""

    user_id: str
    statement: Statement
    ids: str

    def __len__(self) -> int:
        return len(self.ids) // _ID

    def page(self, start: int, size: int) -> list[str]:
        """So many ids from there on."""
        end = min(start + size, len(self))
        return [self.ids[at * _ID : (at + 1) * _ID] for at in range(start, end)]


class Locators:
    """The queries whose later pages may be asked for; the oldest are forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()

    def keep(self, snapshot: Snapshot) -> str:
        """Remember a query; its key."""
        key = "0r8" + secrets.token_hex(6) + "AAA"
        with self._lock:
            self._kept[key] = snapshot
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return key

    def find(self, locator: str, user_id: str) -> tuple[str, Snapshot, int]:
        """Key, query and first row of a locator, for the user who began it. Raises ApiError."""
        key, _, start = locator.partition("-")
        with self._lock:
            snapshot = self._kept.get(key)
        good = snapshot is not None and snapshot.user_id == user_id
        if snapshot is None or not good or not start.isdecimal() or int(start) >= len(snapshot):
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return key, snapshot, int(start)
