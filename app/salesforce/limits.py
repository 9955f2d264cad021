"""How many calls of one org may be under way in this process: a hung org holds no more threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.salesforce.errors import SalesforceSlow


class InFlight:
    """At most ``limit`` calls per org; one more waits ``wait_seconds`` for its turn, then fails."""

    def __init__(self, limit: int, wait_seconds: float = 0.25) -> None:
        self._limit = max(1, limit)
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._turns: dict[str, threading.BoundedSemaphore] = {}

    @contextmanager
    def turn(self, org: str) -> Iterator[None]:
        """Take one turn of an org for the length of a call.

        Raises:
            SalesforceSlow: All turns of this org are taken.
        """
        turns = self._turns_of(org)
        if not turns.acquire(timeout=self._wait_seconds):
            raise SalesforceSlow(code="IN_FLIGHT")
        try:
            yield
        finally:
            turns.release()

    def _turns_of(self, org: str) -> threading.BoundedSemaphore:
        with self._lock:
            return self._turns.setdefault(org, threading.BoundedSemaphore(self._limit))
