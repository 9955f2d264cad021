"""One-time links: made for a purpose, valid for a while, used once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, update

from app.clock import utcnow
from app.console.errors import link_over
from app.console.models import LinkPurpose, OneTimeLink
from app.console.tokens import digest, digests, new_token
from app.db import SystemSession
from app.keys import Keyring, Purpose

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


def end_of_staff(session: SystemSession, staff_id: UUID) -> None:
    """End the links of a member of staff that nobody used yet: the newest alone lets them in."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.staff_id == staff_id, OneTimeLink.used_at.is_(None))
        .values(expires_at=utcnow())
        .execution_options(synchronize_session=False)
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
