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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A query being paged: the ids it found when it began, in order."""

    user_id: str
    statement: Statement
    ids: tuple[str, ...]


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

    def find(self, key: str, user_id: str) -> Snapshot:
        """The query of a key, for the user who began it. Raises ApiError."""
        with self._lock:
            snapshot = self._kept.get(key)
        if snapshot is None or snapshot.user_id != user_id:
            raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return snapshot
