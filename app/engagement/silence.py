"""Visits that fell silent: their pages went away without a goodbye; the worker ends them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.db import Database
from app.engagement.models import Visit
from app.engagement.ports import Recorded
from app.engagement.visits import end_all

_log = structlog.get_logger()


def end_silent(
    database: Database,
    *,
    now: datetime,
    silence_seconds: float,
    recorded: Recorded,
    limit: int = 500,
) -> int:
    """End visits of all orgs that were not heard of for so long; how many were ended.

    One transaction per org, so that the trouble of one is none of another's; any number of workers
    may do it at once.
    """
    silent = _silent(database, now - timedelta(seconds=silence_seconds), limit)
    ended = 0
    for org_id, visit_ids in silent.items():
        try:
            with database.writing(org_id) as session:
                ended += end_all(session, visit_ids, recorded=recorded)
        except Exception:  # noqa: BLE001  # whatever it is, the other orgs' visits end
            _log.exception("engagement.visits_not_ended", org=str(org_id))
    return ended


def _silent(database: Database, before: datetime, limit: int) -> dict[UUID, list[UUID]]:
    with database.system_reading() as session:
        rows = session.execute(
            select(Visit.org_id, Visit.id)
            .where(Visit.ended_at.is_(None), Visit.last_seen_at < before)
            .order_by(Visit.last_seen_at)
            .limit(limit)
        ).all()
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for org_id, visit_id in rows:
        found[org_id].append(visit_id)
    return found
