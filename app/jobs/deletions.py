"""Orgs whose data is to be deleted, once their week is over (``orgs.data.deletion``)."""

from __future__ import annotations

import time
from uuid import UUID

import structlog

from app.db import Database
from app.orgs.data import deletion
from app.salesforce.connect import establishing
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway

_log = structlog.get_logger()

#: What is left after that is done by the next run: a schedule's step is not held up by one org.
_SECONDS = 600.0


def run_all(database: Database, gateway: Gateway, *, seconds: float = _SECONDS) -> int:
    """Delete what is due, one org after another; of how many nothing is left."""
    ends = time.monotonic() + seconds
    with database.system_writing() as session:
        deletion.ask_for_those_over(session)
        waiting = deletion.due(session)
    done = 0
    for deletion_id in waiting:
        if time.monotonic() >= ends:
            break
        try:
            done += _run(database, gateway, deletion_id, ends)
        except Exception:  # noqa: BLE001  # one org's trouble is none of another's; it is tried again
            _log.exception("worker.deletion_failed", deletion=str(deletion_id))
    return done


def _run(database: Database, gateway: Gateway, deletion_id: UUID, ends: float) -> bool:
    with database.system_writing() as session:
        org_id = deletion.begin(session, deletion_id)
    if org_id is None:
        return False
    _disconnect(gateway, org_id)
    done = deletion.run(database, deletion_id, lambda: time.monotonic() < ends)
    _log.info("worker.org_deleted" if done else "worker.org_goes", org=str(org_id))
    return done


def _disconnect(gateway: Gateway, org_id: UUID) -> None:
    """Its access ends here in any case; whether Salesforce hears of it may be beyond us."""
    try:
        told = establishing.disconnect(gateway, org_id)
    except SalesforceError as error:
        told = False
        _log.warning("worker.not_taken_back", org=str(org_id), reason=error.reason)
    if not told:
        _log.warning("worker.token_may_live", org=str(org_id))
