"""What need not be kept: seen requests, rate counts, old books, passes, workers that are gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import CursorResult, Delete, Update, delete

from app.clock import utcnow
from app.crm.models import Sight
from app.crm.sights import KEPT
from app.db import Database
from app.destinations import expiry, passes
from app.destinations.models import GatePass
from app.jobs.models import WorkerHeartbeat
from app.orgs.models import SeenRequest
from app.orgs.service import REMEMBER_SEEN
from app.salesforce.models import ApiCallCount, ApiCallHour, ConnectAttempt
from app.web.models import RateCount

_RATES_FOR = timedelta(minutes=10)
_HOURS_FOR = timedelta(days=2)
_BOOKS_FOR = timedelta(days=400)
_WORKERS_FOR = timedelta(days=1)


def clean_up(database: Database) -> Mapping[str, int]:
    """Delete or blank what is past its time, a transaction for each; how many rows of which."""
    now = utcnow()
    minute = int((now - _RATES_FOR).timestamp() // 60)
    doomed: Mapping[str, Delete | Update] = {
        "seen_requests": delete(SeenRequest).where(SeenRequest.first_seen_at < now - REMEMBER_SEEN),
        "rate_counts": delete(RateCount).where(RateCount.minute < minute),
        "api_calls": delete(ApiCallCount).where(ApiCallCount.day < (now - _BOOKS_FOR).date()),
        "api_hours": delete(ApiCallHour).where(ApiCallHour.hour < now - _HOURS_FOR),
        "attempts": delete(ConnectAttempt).where(ConnectAttempt.expires_at < now),
        "sights": delete(Sight).where(Sight.seen_at < now - KEPT),
        "passes": delete(GatePass).where(GatePass.passed_at < now - passes.KEPT),
        "passes_objected": delete(GatePass).where(
            GatePass.objected.is_(True), GatePass.passed_at < now - passes.LASTS
        ),
        "viewers": expiry.codes_over(now),
        "workers": delete(WorkerHeartbeat).where(WorkerHeartbeat.seen_at < now - _WORKERS_FOR),
    }
    return {name: _delete(database, statement) for name, statement in doomed.items()}


def _delete(database: Database, statement: Delete | Update) -> int:
    with database.system_writing() as session:
        result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101  # what a DELETE or UPDATE gives
    return result.rowcount
