"""Who acted, found by a part of their name, in an audit of millions of rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.db import SystemSession
from app.orgs.models import AuditEntry

#: More than that say that the words are too short.
MOST = 200


def actors(session: SystemSession, words: str, org_id: UUID | None = None) -> Sequence[str]:
    """Whoever acted whose name holds these words, of all orgs or of one: one statement.

    From each name to the next along an index: there are few of them beside their acts.
    """
    of_org = [] if org_id is None else [AuditEntry.org_id == org_id]
    first = select(func.min(AuditEntry.actor).label("actor")).where(*of_org)
    names = first.cte("names", recursive=True)
    following = select(func.min(AuditEntry.actor)).where(*of_org, AuditEntry.actor > names.c.actor)
    names = names.union_all(select(following.scalar_subquery()).where(names.c.actor.is_not(None)))
    statement = select(names.c.actor).where(names.c.actor.icontains(words, autoescape=True))
    return session.scalars(statement.limit(MOST)).all()
