"""Whether the calls of a connected org work: what makes a connection *degraded*, and well again.

What Salesforce refuses to anybody (no API, IP rules, app not approved, daily limit) counts at once.
What may pass by itself (no answer, server errors) counts after some calls in a row over some time.
Written only when it changes; the first call that works clears it, in whichever process.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from app.db import Database
from app.salesforce.connect import connections
from app.salesforce.errors import (
    ApiNotAllowed,
    AppNotApproved,
    IpNotAllowed,
    LimitReached,
    SalesforceDown,
    SalesforceError,
    SalesforceSlow,
    SecretSealed,
    SessionOver,
)

_AT_ONCE = (ApiNotAllowed, AppNotApproved, IpNotAllowed, LimitReached, SecretSealed)
_IN_A_ROW = (SalesforceDown, SalesforceSlow, SessionOver)
#: So many failures, the first of them so many seconds ago.
FAILURES = 3
SECONDS = 60.0
_log = structlog.get_logger()


@dataclass(slots=True)
class _Seen:
    """What this process saw of one org since its last call that worked."""

    failures: int = 0
    first_at: float = 0.0
    noted: str = ""


@dataclass
class Health:
    """One per process."""

    database: Database
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: dict[UUID, _Seen] = field(default_factory=dict)

    def known(self, org_id: UUID, trouble: str) -> None:
        """What the connection's row says, which another process may have written."""
        with self._lock:
            seen = self._seen.setdefault(org_id, _Seen()) if trouble else self._seen.get(org_id)
            if seen is not None:
                seen.noted = trouble

    def heard(self, org_id: UUID, error: SalesforceError | None) -> None:
        """A call ended: with an error, or without. Must not be called in a transaction."""
        reason = self._changed(org_id, error)
        if reason is None:
            return
        with self.database.writing(org_id) as session:
            connections.mark_trouble(session, reason)
        _log.info("salesforce.condition", org=str(org_id), trouble=reason)

    def _changed(self, org_id: UUID, error: SalesforceError | None) -> str | None:
        """What to write now: a reason, "" for none any more, None for no change."""
        with self._lock:
            if error is None:
                seen = self._seen.pop(org_id, None)
                return "" if seen is not None and seen.noted else None
            if not isinstance(error, (*_AT_ONCE, *_IN_A_ROW)):
                return None  # the org answered, and refused this one thing
            seen = self._seen.setdefault(org_id, _Seen())
            seen.failures += 1
            if seen.failures == 1:
                seen.first_at = time.monotonic()
            if seen.noted == error.reason or not _is_enough(seen, error):
                return None
            seen.noted = error.reason
            return error.reason


def _is_enough(seen: _Seen, error: SalesforceError) -> bool:
    if isinstance(error, _AT_ONCE):
        return True
    return seen.failures >= FAILURES and time.monotonic() - seen.first_at >= SECONDS
