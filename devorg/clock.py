"""The org's own time: the machine's, moved forth and back by tests, or standing still."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Everything the org dates, it dates by this."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead = timedelta()
        self._stopped_at: datetime | None = None

    def now(self) -> datetime:
        """The current moment, in UTC."""
        with self._lock:
            return self._stopped_at or datetime.now(UTC) + self._ahead

    def milliseconds(self) -> int:
        """The current moment as tokens tell it."""
        return int(self.now().timestamp() * 1000)

    def advance(self, seconds: float) -> None:
        """So many seconds pass at once (negative: back)."""
        step = timedelta(seconds=seconds)
        with self._lock:
            self._ahead += step
            if self._stopped_at is not None:
                self._stopped_at += step

    def set(self, moment: datetime) -> None:
        """It is that moment now, and time goes on from there (a stopped clock stays stopped)."""
        with self._lock:
            self._ahead = moment.astimezone(UTC) - datetime.now(UTC)
            if self._stopped_at is not None:
                self._stopped_at = moment.astimezone(UTC)

    def stop(self) -> None:
        """Time stands still until `advance`, `set` or `reset`."""
        moment = self.now()
        with self._lock:
            self._stopped_at = moment

    def reset(self) -> None:
        """The machine's time again."""
        with self._lock:
            self._ahead = timedelta()
            self._stopped_at = None
