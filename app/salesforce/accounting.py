"""What calls cost: counted API calls by org, hour and feature, and what each org has left.

Days are kept for the books, hours for the budget (``app.salesforce.budget``). Calls are added up in
memory and written together now and then: when the last writing is older than five seconds at the
next call, and at the end of the process.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utcnow
from app.db import Database, SystemSession
from app.ids import new_id
from app.orgs.models import Org
from app.salesforce.models import ApiAllowance, ApiCallCount, ApiCallHour

FLUSH_SECONDS = 5.0
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
_log = structlog.get_logger()

#: (18-character org id, begin of the hour in UTC, feature).
Account = tuple[str, datetime, str]


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
        self._told: dict[str, datetime] = {}  # since the last writing

    def book(self, organization: str, feature: str, limit_info: str | None = None) -> None:
        """Book one call, and what Salesforce said of the org's use of its allowance."""
        usage = read_usage(limit_info)
        now = utcnow()
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            self._calls[organization, hour, feature] += 1
            if usage is not None:
                self._usage[organization] = usage
                self._told[organization] = now
            is_due = time.monotonic() - self._flushed_at >= self._flush_seconds
        if is_due:
            self.flush()

    def usage(self, organization: str) -> ApiUsage | None:
        """What Salesforce last told this process of the org's allowance."""
        with self._lock:
            return self._usage.get(organization)

    def unwritten(self, organization: str) -> Mapping[str, int]:
        """Calls of an org by feature that the database does not know of yet."""
        with self._lock:
            found: Counter[str] = Counter()
            for (org, _, feature), calls in self._calls.items():
                if org == organization:
                    found[feature] += calls
            return found

    def flush(self) -> None:
        """Write what was booked. What cannot be written now is kept for the next time."""
        with self._lock:
            calls, self._calls = self._calls, Counter()
            told, self._told = self._told, {}
            usage = {org: (self._usage[org], at) for org, at in told.items()}
            self._flushed_at = time.monotonic()
        if not calls:
            return
        try:
            with self._database.system_writing() as session:
                _write(session, calls, usage)
        except SQLAlchemyError as error:
            with self._lock:
                self._calls.update(calls)
                self._told = told | self._told
            _log.warning("salesforce.accounting_postponed", error=type(error).__name__)


def _write(
    session: SystemSession,
    calls: Counter[Account],
    usage: Mapping[str, tuple[ApiUsage, datetime]],
) -> None:
    organizations = {organization for organization, _, _ in calls}
    known = select(Org.salesforce_id, Org.id).where(Org.salesforce_id.in_(organizations))
    ids: dict[str, UUID] = dict(iter(session.execute(known)))
    hours = Counter({(ids[o], hour, name): n for (o, hour, name), n in calls.items() if o in ids})
    if not hours:
        return
    days: Counter[tuple[UUID, Any, str]] = Counter()
    for (org, hour, feature), count in hours.items():
        days[org, hour.date(), feature] += count
    _add(session, ApiCallCount, "day", days)
    _add(session, ApiCallHour, "hour", hours)
    told = [
        {
            "id": new_id(),
            "org_id": ids[org],
            "used": said.used,
            "allowed": said.allowed,
            "told_at": at,
        }
        for org, (said, at) in sorted(usage.items())
        if org in ids
    ]
    if told:
        session.upsert_many(ApiAllowance, told, key=["org_id"], set_=["used", "allowed", "told_at"])


def _add(
    session: SystemSession,
    books: type[ApiCallCount | ApiCallHour],
    period: str,
    calls: Counter[tuple[UUID, Any, str]],
) -> None:
    """In one order everywhere, so that two processes never wait for each other in a circle."""
    rows = [
        {"id": new_id(), "org_id": org, period: when, "feature": feature, "calls": count}
        for (org, when, feature), count in sorted(calls.items())
    ]
    session.upsert_many(
        books,
        rows,
        key=["org_id", period, "feature"],
        set_={"calls": lambda excluded: books.calls + excluded.calls},
    )
