"""How many calls of one org may be under way in this process: a hung org holds no more threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from app.salesforce.errors import SalesforceSlow

#: Code of ``SalesforceSlow`` where a way in was not even begun: nothing was shown to Salesforce.
CONNECT_BUSY = "connect_busy"


class InFlight:
    """At most ``limit`` calls per org; one more waits ``wait_seconds`` for its turn, then fails."""

    def __init__(self, limit: int, wait_seconds: float = 0.25, *, code: str = "IN_FLIGHT") -> None:
        self._code = code
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
            raise SalesforceSlow(code=self._code)
        try:
            yield
        finally:
            turns.release()

    def _turns_of(self, org: str) -> threading.BoundedSemaphore:
        with self._lock:
            return self._turns.setdefault(org, threading.BoundedSemaphore(self._limit))


class WaysIn:
    """How many orgs are being connected in this process; each may take several calls' time.

    At most ``of_org`` of one org and ``of_all`` together, so that orgs which hang leave threads for
    everybody else. Of those who sent the same form twice one waits for the first, per org.
    """

    def __init__(self, of_org: int = 2, of_all: int = 6) -> None:
        self._of_org = InFlight(of_org, code=CONNECT_BUSY)
        self._of_all = InFlight(of_all, code=CONNECT_BUSY)
        self._waiting = InFlight(1, 0.0, code=CONNECT_BUSY)

    @contextmanager
    def turn(self, org_id: UUID) -> Iterator[None]:
        """Take a turn of an org while it is connected.

        Raises:
            SalesforceSlow: All turns are taken; its code is ``CONNECT_BUSY``.
        """
        with self._of_org.turn(str(org_id)), self._of_all.turn(""):
            yield

    @contextmanager
    def waiting(self, org_id: UUID) -> Iterator[None]:
        """Wait for whoever connects the org.

        Raises:
            SalesforceSlow: Somebody does already.
        """
        with self._waiting.turn(str(org_id)):
            yield
