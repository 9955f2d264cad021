"""Verbs of owners: map an identity to a user of the org, suggest whom, name the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from app.clock import utcnow
from app.db import TenantSession
from app.engagement.models import Event
from app.ids import new_id
from app.orgs import audit
from app.orgs.audit import Tag
from app.outbox.errors import UnknownOwnerError
from app.outbox.owners import users
from app.outbox.owners.lookup import identity, user_id
from app.outbox.owners.models import OwnerMapping, OwnerUser


@dataclass(frozen=True, slots=True)
class Mapped:
    """One identity and the user of the org whom its activities are assigned to, as far as read."""

    identity: str
    owner: str
    name: str
    is_fit: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An identity that nobody mapped, how often it was told of, and who it seems to be."""

    identity: str
    events: int
    user: OwnerUser | None


def set_mapping(session: TenantSession, text: str, owner: str, *, by: str) -> Mapped:
    """Activities of this identity are assigned to this user of the org from now on.

    Args:
        session: Of the org, writing.
        text: E-mail or id of a user of the vendor's product, or id of a user of the org.
        owner: Salesforce id of a user, 15 or 18 characters.
        by: Who decided.

    Raises:
        UnknownOwnerError: That is no user's id, or of nobody among the users that were read.
    """
    known = owner_known(session, owner)
    named = identity(text)[:320]
    row = {
        "id": new_id(),
        "identity": named,
        "owner": known.salesforce_id,
        "mapped_by": by[:255],
        "mapped_at": utcnow(),
    }
    session.upsert_many(
        OwnerMapping, [row], key=["org_id", "identity"], set_=["owner", "mapped_by", "mapped_at"]
    )
    audit.record(session, Tag.OWNER_MAPPED, by, identity=named, owner=known.salesforce_id)
    return Mapped(named, known.salesforce_id, known.name, known.is_active)


def owner_known(session: TenantSession, owner: str) -> OwnerUser:
    """The user of an id, as last read; of one who is not known to be missing, only the id.

    Raises:
        UnknownOwnerError: That is no user's id, or of nobody among the users that were read.
    """
    found_id = user_id(owner.strip())
    if found_id is None:
        raise UnknownOwnerError(owner)
    found = session.scalar(select(OwnerUser).where(OwnerUser.salesforce_id == found_id))
    if found is None and session.scalar(select(func.count()).select_from(OwnerUser)):
        raise UnknownOwnerError(owner)
    return found or OwnerUser(salesforce_id=found_id, name="", is_active=True)


def remove(session: TenantSession, text: str, *, by: str) -> bool:
    """Forget a mapping; False when there is none."""
    removed = session.execute(
        delete(OwnerMapping)
        .where(OwnerMapping.identity == identity(text))
        .execution_options(synchronize_session=False)
    )
    audit.record(session, Tag.OWNER_MAPPED, by, identity=identity(text), owner="")
    return bool(removed.rowcount)  # type: ignore[attr-defined]


def mappings(session: TenantSession) -> Sequence[Mapped]:
    """All mappings of the org, by identity: one statement."""
    rows = session.execute(
        select(OwnerMapping.identity, OwnerMapping.owner, OwnerUser.name, OwnerUser.is_active)
        .outerjoin(
            OwnerUser,
            (OwnerUser.org_id == OwnerMapping.org_id)
            & (OwnerUser.salesforce_id == OwnerMapping.owner),
        )
        .order_by(OwnerMapping.identity)
    )
    return [Mapped(one, owner, name or "", fit is not False) for one, owner, name, fit in rows]


def suggestions(session: TenantSession) -> Sequence[Suggestion]:
    """Identities that events name and nobody mapped, most frequent first.

    Whoever has the same e-mail address in the org is suggested: two statements more than ours.
    """
    counted = session.execute(
        select(Event.user_key, func.count())
        .where(Event.user_key.is_not(None))
        .group_by(Event.user_key)
    ).all()
    mapped = set(session.scalars(select(OwnerMapping.identity)))
    people = users.by_email(session)
    found = [
        Suggestion(each, count, people.get(each))
        for each, count in counted
        if each is not None and each not in mapped and user_id(each) is None
    ]
    return sorted(found, key=lambda each: (-each.events, each.identity))


def accept_suggestions(session: TenantSession, *, by: str) -> int:
    """Map every identity that is suggested somebody; how many they are."""
    certain = [each for each in suggestions(session) if each.user is not None]
    rows = [
        {
            "id": new_id(),
            "identity": each.identity,
            "owner": each.user.salesforce_id,
            "mapped_by": by[:255],
            "mapped_at": utcnow(),
        }
        for each in certain
        if each.user is not None
    ]
    if rows:
        session.upsert_many(OwnerMapping, rows, key=["org_id", "identity"])
        audit.record(session, Tag.OWNER_MAPPED, by, suggested=len(rows))
    return len(rows)
