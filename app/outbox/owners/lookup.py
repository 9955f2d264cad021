"""Whose an activity is: from what names a user to the user of the org (L14, N12)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import select

from app.clock import utcnow
from app.db import TenantSession
from app.outbox.owners.models import OwnerMapping, OwnerUser
from canvas.ids import USER_PREFIX, to_18


def identity(text: str) -> str:
    """The one form of what names a user: an address in lower case, a Salesforce id with 18 letters.

    Any other id stays as the sender wrote it, without blanks around it.
    """
    plain = text.strip()
    if "@" in plain:
        return plain.lower()
    return user_id(plain) or plain


def user_id(text: str) -> str | None:
    """The 18 characters of a Salesforce user's id; None when it is something else."""
    try:
        return to_18(text) if text.startswith(USER_PREFIX) else None
    except ValueError:
        return None


def owners_of(session: TenantSession, identities: Collection[str]) -> Mapping[str, str]:
    """The user of the org for each identity that is mapped, or is a user of it: one statement."""
    if not identities:
        return {}
    themselves = {each: each for each in identities if user_id(each) == each}
    mapped = session.execute(
        select(OwnerMapping.identity, OwnerMapping.owner).where(
            OwnerMapping.identity.in_(identities)
        )
    ).all()
    return {**themselves, **dict(mapped)}


def unfit(session: TenantSession) -> frozenset[str]:
    """Users who cannot be Assigned To: one statement.

    After a week one is asked for again: who came back is noticed at the price of a refused row.
    """
    found = session.scalars(
        select(OwnerUser.salesforce_id)
        .where(OwnerUser.is_active.is_(False), OwnerUser.read_at > utcnow() - _BELIEVED_FOR)
        .limit(_MOST_UNFIT)
    )
    return frozenset(found)


_BELIEVED_FOR = timedelta(days=7)
#: More users than any org has who left while Inlay was at work.
_MOST_UNFIT = 20_000
