"""What the worker looks after now and then: silent visits, linked people, what is over."""

from __future__ import annotations

import structlog

from app.clock import utcnow
from app.config import Config
from app.db import Database
from app.destinations import expiry
from app.engagement import silence
from app.engagement.ports import Recorded
from app.outbox import service
from app.outbox.digests import making

_log = structlog.get_logger()


def end_silent_visits(config: Config, database: Database, recorded: Recorded) -> int:
    """End visits whose page went away without a goodbye; how many."""
    return silence.end_silent(
        database,
        now=utcnow(),
        silence_seconds=config.visit_silence_seconds,
        recorded=recorded,
    )


def tell_expired(database: Database) -> int:
    """Destinations that the clock ended are told to open widgets and to Salesforce; how many."""
    now = utcnow()
    with database.system_reading() as session:
        if not expiry.is_any_over(session, now):
            return 0
    with database.system_writing() as session:
        return expiry.tell_over(session, now)


def backfill(database: Database) -> int:
    """Rows of people who have a record by now become pending; how many."""
    with database.system_reading() as session:
        linked = service.linked_meanwhile(session)
    count = 0
    for org_id, people in linked.items():
        try:
            with database.writing(org_id) as session_of_org:
                count += service.backfill(session_of_org, people)
        except Exception:  # noqa: BLE001  # one org's trouble is none of another's
            _log.exception("worker.not_backfilled", org=str(org_id))
    return count


def make_digests(database: Database) -> int:
    """Days that are over become one activity for each person; how many."""
    with database.system_reading() as session:
        due = making.due(session)
    made = 0
    for org_id, people in due.items():
        try:
            with database.writing(org_id) as session_of_org:
                made += making.make(session_of_org, people)
        except Exception:  # noqa: BLE001  # one org's trouble is none of another's
            _log.exception("worker.digests_not_made", org=str(org_id))
            with database.writing(org_id) as session_of_org:
                making.defer(session_of_org, people)
    return made
