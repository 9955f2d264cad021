"""Counting of API calls, as an org's daily limit counts them: a composite is one."""

from __future__ import annotations

import threading
from collections import Counter


class Usage:
    """Calls since the start or the last reset."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._subrequests: Counter[str] = Counter()

    def count(self, resource: str) -> int:
        """Book one counted call; the total after it."""
        with self._lock:
            self._calls[resource] += 1
            return self._calls.total()

    def count_more(self, resource: str, calls: int) -> None:
        """Book further calls of a request that counts as several."""
        with self._lock:
            self._calls[resource] += calls

    def count_subrequest(self, resource: str) -> None:
        """Book a part of a composite, which the limit does not count."""
        with self._lock:
            self._subrequests[resource] += 1

    def total(self) -> int:
        """Counted calls."""
        with self._lock:
            return self._calls.total()

    def report(self) -> dict[str, object]:
        """What `GET /_devorg/usage` answers."""
        with self._lock:
            return {
                "counted_calls": self._calls.total(),
                "calls": dict(self._calls),
                "subrequests": dict(self._subrequests),
            }

    def reset(self) -> None:
        """Back to zero."""
        with self._lock:
            self._calls.clear()
            self._subrequests.clear()
