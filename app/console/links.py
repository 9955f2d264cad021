"""One-time links: made for a purpose, valid for a while, used once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, delete, select, update

from app.clock import utcnow
from app.console.errors import link_over
from app.console.models import LinkPurpose, OneTimeLink
from app.console.tokens import digest, digests, new_token
from app.db import SystemSession
from app.keys import Keyring, Purpose
from app.orgs import audit

_KEYS = {
    LinkPurpose.STAFF_INVITE: Purpose.INVITE,
    LinkPurpose.ORG_INVITE: Purpose.INVITE,
    LinkPurpose.CONNECT_SECRET: Purpose.ONE_TIME_PAGE,
}
#: What was used or has expired is kept so long, so that "who let them in" has an answer.
_REMEMBERED = timedelta(days=30)


def make(
    session: SystemSession,
    keyring: Keyring,
    purpose: LinkPurpose,
    *,
    by: str,
    lasts: timedelta,
    org_id: UUID | None = None,
    staff_id: UUID | None = None,
    **about: Any,
) -> str:
    """A new link's token; it can be shown this once, since only its digest is kept.

    Args:
        session: Of the transaction that the link belongs to.
        keyring: Of the application.
        purpose: What it opens.
        by: Who makes it, for the audit.
        lasts: How long it can be used.
        org_id: Whose org it is about.
        staff_id: Which member of staff it is about.
        about: What the purpose needs to know; never a secret.
    """
    now, token = utcnow(), new_token()
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - _REMEMBERED))
    session.add(
        OneTimeLink(
            digest=digest(keyring, _KEYS[purpose], token, purpose),
            purpose=purpose,
            org_id=org_id,
            staff_id=staff_id,
            about=about,
            made_by=by,
            expires_at=now + lasts,
        )
    )
    return token


def invite_admin(
    session: SystemSession, keyring: Keyring, org_id: UUID, *, by: str, lasts: timedelta
) -> str:
    """The token of a link that makes its holder an admin of the org, with a row in its audit."""
    hours = round(lasts.total_seconds() / 3600)
    audit.record_for(session, org_id, audit.Tag.ADMIN_INVITED, by, hours=hours)
    return make(session, keyring, LinkPurpose.ORG_INVITE, by=by, lasts=lasts, org_id=org_id)


def end_of_staff(session: SystemSession, staff_id: UUID) -> None:
    """End the links of a member of staff that nobody used yet: the newest alone lets them in."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.staff_id == staff_id, OneTimeLink.used_at.is_(None))
        .values(expires_at=utcnow())
        .execution_options(synchronize_session=False)
    )


def open_invitations(session: SystemSession, org_id: UUID) -> Sequence[OneTimeLink]:
    """Links that would still let an admin of the org in, the newest first."""
    return session.scalars(
        select(OneTimeLink)
        .where(OneTimeLink.org_id == org_id, *_invites_now())
        .order_by(OneTimeLink.created_at.desc(), OneTimeLink.id)
    ).all()


def withdraw(session: SystemSession, org_id: UUID, link_id: UUID, *, by: str) -> bool:
    """End an invitation that nobody used yet; whether it was one, of this org, and still open."""
    ended = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link_id, OneTimeLink.org_id == org_id, *_invites_now())
        .values(expires_at=utcnow())
        .returning(OneTimeLink.id)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is None:
        return False
    audit.record_for(session, org_id, audit.Tag.INVITATION_WITHDRAWN, by)
    return True


def _invites_now() -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.purpose == LinkPurpose.ORG_INVITE,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > utcnow(),
    )


def find(
    session: SystemSession, keyring: Keyring, token: str, *purposes: LinkPurpose
) -> OneTimeLink:
    """The link of a token, still unused; looking does not use it.

    Raises:
        ConsoleError: ``link_over``: none of these purposes, used, or expired.
    """
    candidates = [
        each for purpose in purposes for each in digests(keyring, _KEYS[purpose], token, purpose)
    ]
    link = session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.digest.in_(candidates),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > utcnow(),
        )
    )
    if link is None:
        raise link_over()
    return link


def give_back(session: SystemSession, link: OneTimeLink) -> None:
    """Let a link that was taken for a try be used again: the try came to nothing."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id)
        .values(used_at=None)
        .execution_options(synchronize_session=False)
    )


def use(
    session: SystemSession, keyring: Keyring, token: str, *purposes: LinkPurpose
) -> OneTimeLink:
    """The link of a token, used up by this; of two who try at once, one gets it.

    Raises:
        ConsoleError: ``link_over``.
    """
    link = find(session, keyring, token, *purposes)
    used = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=utcnow())
        .execution_options(synchronize_session=False)
    )
    assert isinstance(used, CursorResult)  # noqa: S101  # what an UPDATE gives
    if used.rowcount != 1:
        raise link_over()
    return link
