"""Deletion of everything of an org: asked for, waited for, then done in batches, with a receipt.

Whoever asks types the org's name. For a week it can be called off; then the org is suspended, its
connection is ended (``app.jobs.deletions``) and its rows go, those first that nothing points to. A
batch and its count are one transaction: whatever dies in between goes on where it stood, and the
receipt is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select

from app.clock import utcnow
from app.db import Database, SystemSession
from app.db.whole import delete_some, tables_of_orgs
from app.orgs import audit, service
from app.orgs.data.models import DeletionState, OrgDeletion
from app.orgs.models import Org, OrgState

#: Time to notice that somebody asked, and to call it off.
DELAY = timedelta(days=7)
#: Rows of a batch: others wait for a lock less than a moment.
BATCH = 1000
#: Who asks when nobody does: an org's last day is over.
ACTOR = "inlay"
_OPEN = (DeletionState.ASKED, DeletionState.RUNNING)


def is_name(org: Org, typed: str) -> bool:
    """Whether somebody typed the org's name; spaces at the ends and between words do not count."""
    return " ".join(typed.split()) == " ".join(org.name.split())


def of_org(session: SystemSession, org_id: UUID) -> OrgDeletion | None:
    """What was asked for and is not over."""
    statement = select(OrgDeletion).where(
        OrgDeletion.tenant_id == org_id, OrgDeletion.state.in_(_OPEN)
    )
    return session.scalar(statement)


def ask(session: SystemSession, org: Org, by: str) -> OrgDeletion:
    """Ask for it; asked twice, it stays at the first date."""
    _lock(session, org.id)
    if found := of_org(session, org.id):
        return found
    asked = OrgDeletion(
        tenant_id=org.id,
        salesforce_id=org.salesforce_id,
        org_name=org.name,
        asked_by=by,
        due_at=utcnow() + DELAY,
    )
    session.add(asked)
    day = asked.due_at.date().isoformat()
    audit.record_for(session, org.id, audit.Tag.DELETION_ASKED, by, due=day)
    return asked


def cancel(session: SystemSession, org: Org, by: str) -> bool:
    """Call it off; False where nothing was asked for, or its rows are going already."""
    _lock(session, org.id)
    found = of_org(session, org.id)
    if found is None or found.state is not DeletionState.ASKED:
        return False
    found.state = DeletionState.CANCELLED
    found.cancelled_by, found.cancelled_at = by, utcnow()
    audit.record_for(session, org.id, audit.Tag.DELETION_CANCELLED, by)
    return True


def due(session: SystemSession) -> list[UUID]:
    """Ids of deletions to begin or go on with, those that wait longest first."""
    statement = (
        select(OrgDeletion.id)
        .where(OrgDeletion.state.in_(_OPEN), OrgDeletion.due_at <= utcnow())
        .order_by(OrgDeletion.due_at)
    )
    return list(session.scalars(statement))


def ask_for_those_over(session: SystemSession) -> int:
    """Ask for the deletion of leaving orgs whose time is over; how many.

    A week in which it can be called off is theirs too; called off, it is not asked for again.
    """
    asked = exists().where(OrgDeletion.tenant_id == Org.id, OrgDeletion.asked_at >= Org.state_until)
    over = session.scalars(
        select(Org).where(Org.state == OrgState.LEAVING, Org.state_until <= utcnow(), ~asked)
    ).all()
    for org in over:
        ask(session, org, ACTOR)
    return len(over)


def receipts(session: SystemSession, limit: int = 100) -> Sequence[OrgDeletion]:
    """What was asked for and done, the latest first."""
    statement = select(OrgDeletion).order_by(OrgDeletion.asked_at.desc(), OrgDeletion.id)
    return session.scalars(statement.limit(limit)).all()


def begin(session: SystemSession, deletion_id: UUID) -> UUID | None:
    """Suspend the org, so that nothing is added to what goes; its id, or None if it was called off.

    Asked again it says the same: whoever takes over begins here too.
    """
    found = _locked(session, deletion_id)
    if found.state not in _OPEN:
        return None
    found.state, found.began_at = DeletionState.RUNNING, found.began_at or utcnow()
    org = session.get(Org, found.tenant_id)
    if org is not None and org.is_served:
        service.set_state(session, org, OrgState.SUSPENDED, ACTOR, why="all data is deleted")
    return found.tenant_id


def run(database: Database, deletion_id: UUID, go_on: Callable[[], bool]) -> bool:
    """Delete batch after batch while ``go_on()``; whether nothing is left, and the receipt stands.

    The org must have begun to go (``begin``).
    """
    for table in reversed(tables_of_orgs()):
        while _delete_batch(database, deletion_id, table.name):
            if not go_on():
                return False
    with database.system_writing() as session:
        _finish(session, _locked(session, deletion_id))
    return True


def _delete_batch(database: Database, deletion_id: UUID, name: str) -> int:
    """At most a batch of one table, and its count; how many rows."""
    with database.system_writing() as session:
        found = _locked(session, deletion_id)
        return _delete(session, found, name, BATCH)


def _delete(session: SystemSession, found: OrgDeletion, name: str, limit: int) -> int:
    (table,) = (each for each in tables_of_orgs() if each.name == name)
    number = delete_some(session, table, found.tenant_id, limit)
    if number:
        found.counts = {**found.counts, name: found.counts.get(name, 0) + number}
    return number


def _finish(session: SystemSession, found: OrgDeletion) -> None:
    """The org's own row, and what came in since; no more than a handful."""
    _lock(session, found.tenant_id)
    for table in reversed(tables_of_orgs()):
        _delete(session, found, table.name, 100 * BATCH)
    session.execute(delete(Org).where(Org.id == found.tenant_id))
    found.counts = {**found.counts, "org": 1}
    found.state, found.done_at = DeletionState.DONE, utcnow()


def _locked(session: SystemSession, deletion_id: UUID) -> OrgDeletion:
    return session.scalars(
        select(OrgDeletion).where(OrgDeletion.id == deletion_id).with_for_update()
    ).one()


def _lock(session: SystemSession, org_id: UUID) -> None:
    """Two who ask at once come one after the other."""
    session.scalar(select(Org.id).where(Org.id == org_id).with_for_update())
