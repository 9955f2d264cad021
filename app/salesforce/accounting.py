"""What calls cost: counted API calls by org, day and feature, and what each org has left.

Calls are added up in memory and written in one statement now and then: when the last writing is
older than five seconds at the next call, and at the end of the process.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utcnow
from app.db import Database, SystemSession
from app.ids import new_id
from app.orgs.models import Org
from app.salesforce.models import ApiCallCount

FLUSH_SECONDS = 5.0
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
_log = structlog.get_logger()

#: (18-character org id, day in UTC, feature).
Account = tuple[str, date, str]


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """Calls of the last 24 hours by everybody in the org, and its allowance."""

    used: int
    allowed: int


def read_usage(header: str | None) -> ApiUsage | None:
    """``Sforce-Limit-Info: api-usage=18/5000; per-app-api-usage=…`` or None."""
    found = _USAGE.search(header or "")
    return ApiUsage(int(found[1]), int(found[2])) if found else None


class Accounting:
    """The books of one process; safe under threads."""

    def __init__(self, database: Database, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._database = database
        self._flush_seconds = flush_seconds
        self._lock = threading.Lock()
        self._calls: Counter[Account] = Counter()
        self._flushed_at = time.monotonic()
        self._usage: dict[str, ApiUsage] = {}

    def book(self, organization: str, feature: str, limit_info: str | None = None) -> None:
        """Book one call, and what Salesforce said of the org's use of its allowance."""
        usage = read_usage(limit_info)
        with self._lock:
            self._calls[organization, utcnow().date(), feature] += 1
            if usage is not None:
                self._usage[organization] = usage
            is_due = time.monotonic() - self._flushed_at >= self._flush_seconds
        if is_due:
            self.flush()

    def usage(self, organization: str) -> ApiUsage | None:
        """What Salesforce last told this process of the org's allowance."""
        with self._lock:
            return self._usage.get(organization)

    def flush(self) -> None:
        """Write what was booked. What cannot be written now is kept for the next time."""
        with self._lock:
            calls, self._calls = self._calls, Counter()
            self._flushed_at = time.monotonic()
        if not calls:
            return
        try:
            with self._database.system_writing() as session:
                _write(session, calls)
        except SQLAlchemyError as error:
            with self._lock:
                self._calls.update(calls)
            _log.warning("salesforce.accounting_postponed", error=type(error).__name__)


def _write(session: SystemSession, calls: Counter[Account]) -> None:
    organizations = {organization for organization, _, _ in calls}
    known = select(Org.salesforce_id, Org.id).where(Org.salesforce_id.in_(organizations))
    ids = dict(iter(session.execute(known)))
    rows = [
        {"id": new_id(), "org_id": ids[org], "day": day, "feature": feature, "calls": count}
        for (org, day, feature), count in sorted(calls.items())
        if org in ids
    ]
    if rows:
        session.upsert_many(
            ApiCallCount,
            rows,
            key=["org_id", "day", "feature"],
            set_={"calls": lambda excluded: ApiCallCount.calls + excluded.calls},
        )
