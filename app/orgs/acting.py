"""Who acted, found by a part of their name, in an audit of millions of rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, or_, select

from app.db import SystemSession
from app.orgs.models import AuditEntry, OrgUser
from canvas.ids import to_18

#: More than that say that the words are too short.
MOST = 200
#: Users of Salesforce stand in the audit by their ids, which are many, and nobody types a part of.
_IDS = ("005", "admin:005")


def actors(session: SystemSession, words: str, org_id: UUID | None = None) -> Sequence[str]:
    """Whoever acted whose name holds these words, of all orgs or of one: one statement.

    From each name to the next along an index: there are few of them beside their acts. A user of
    Salesforce is found by the whole id, 15 characters or 18.
    """
    of_org = [] if org_id is None else [AuditEntry.org_id == org_id]
    if named := _id_in(words):
        return [named, f"admin:{named}"]
    first = select(func.min(AuditEntry.actor).label("actor")).where(*of_org)
    names = first.cte("names", recursive=True)
    following = select(func.min(AuditEntry.actor)).where(
        *of_org, AuditEntry.actor > _last_like(names.c.actor)
    )
    names = names.union_all(select(following.scalar_subquery()).where(names.c.actor.is_not(None)))
    is_id = or_(*(names.c.actor.startswith(each) for each in _IDS))
    statement = select(names.c.actor).where(names.c.actor.icontains(words, autoescape=True), ~is_id)
    return session.scalars(statement.limit(MOST)).all()


def users(session: SystemSession, words: str, org_id: UUID) -> Sequence[str]:
    """Users of an org's Salesforce who acted, or may have, by a part of their name: one statement.

    They are those who opened the widget or the console.
    """
    found = session.scalars(
        select(OrgUser.salesforce_id)
        .where(OrgUser.org_id == org_id, OrgUser.name.icontains(words, autoescape=True))
        .limit(MOST)
    ).all()
    return [actor for each in found for actor in (each, f"admin:{each}")]


def _last_like(actor: ColumnElement[str]) -> ColumnElement[str]:
    """After what to go on: all ids of users are passed at once."""
    passed = ((func.substr(actor, 1, len(each)) == each, literal(f"{each[:-1]}6")) for each in _IDS)
    return case(*passed, else_=actor)


def _id_in(words: str) -> str:
    try:
        found = to_18(words.strip().removeprefix("admin:").strip())
    except ValueError:
        return ""
    return found if found.startswith("005") else ""
