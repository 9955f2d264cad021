"""Which records people looked at last, as Lightning's home page lists them; in memory."""

from __future__ import annotations

import threading
from collections import defaultdict

_KEPT = 20


class Recent:
    """Ids of records by user, newest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, dict[str, None]] = defaultdict(dict)

    def look(self, user_id: str, record_id: str) -> None:
        """The user has opened this record's page."""
        with self._lock:
            seen = self._seen[user_id]
            seen.pop(record_id, None)
            seen[record_id] = None
            for each in list(seen)[:-_KEPT]:
                del seen[each]

    def of(self, user_id: str) -> list[str]:
        """What the user looked at, newest first; some may be gone by now."""
        with self._lock:
            return list(reversed(self._seen[user_id]))
