"""Sessions of signed-in browsers: begun, found by their cookie, kept alive, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from flask import Request
from sqlalchemy import delete, select, update

from app.clock import utcnow
from app.console.cookies import Cookie
from app.console.models import ConsoleSession, Staff
from app.console.permissions import Role
from app.console.principal import Principal
from app.console.tokens import digest, digests, new_token
from app.db import Database, SystemSession
from app.keys import Keyring, Purpose
from app.orgs.models import Org

#: Longest life of a session, and how long it may lie idle.
LASTS = timedelta(hours=12)
#: Of whom Salesforce called an admin.
LASTS_FROM_SALESFORCE = timedelta(hours=4)
#: How long its word counts: it is asked again with the next page after the first, which is as long
#: as a frame's bearer lives, and nothing is done after the second.
ASKED_AGAIN_AFTER, PROVEN_FOR = timedelta(minutes=10), timedelta(minutes=15)
IDLE = timedelta(hours=1)
COOKIE = Cookie("inlay", LASTS)
#: How often at most a request writes that the session is alive.
_TOUCH_EVERY = timedelta(minutes=1)
_MOST_SHOWN = 200


def begin(
    session: SystemSession,
    keyring: Keyring,
    request: Request,
    *,
    name: str,
    staff_id: UUID | None = None,
    org_id: UUID | None = None,
    user_id: str | None = None,
    login_url: str = "",
) -> str:
    """A new session's token, for the cookie.

    ``user_id`` is who Salesforce says an admin is, ``login_url`` where it said so.
    """
    now, token = utcnow(), new_token()
    session.execute(delete(ConsoleSession).where(ConsoleSession.expires_at < now))
    session.add(
        ConsoleSession(
            digest=digest(keyring, Purpose.COOKIE, token),
            staff_id=staff_id,
            org_id=org_id,
            user_id=user_id,
            login_url=login_url,
            proven_at=now if user_id else None,
            name=name[:255],
            address=(request.remote_addr or "")[:64],
            agent=(request.user_agent.string or "")[:255],
            expires_at=now + (LASTS_FROM_SALESFORCE if user_id else LASTS),
        )
    )
    return token


def find(database: Database, keyring: Keyring, token: str) -> Principal | None:
    """Whose session this is; None when it ended, expired, lay idle too long, or never was."""
    known = digests(keyring, Purpose.COOKIE, token)
    if not known:
        return None
    now = utcnow()
    with database.system_reading() as session:
        row = session.execute(
            select(ConsoleSession, Staff)
            .outerjoin(Staff, Staff.id == ConsoleSession.staff_id)
            .where(
                ConsoleSession.digest.in_(known),
                ConsoleSession.expires_at > now,
                ConsoleSession.seen_at > now - IDLE,
            )
        ).first()
    if row is None:
        return None
    found, staff = row
    if found.org_id is None and (staff is None or not staff.is_active):
        return None
    if now - found.seen_at > _TOUCH_EVERY:
        _touch(database, found.id)
    return _principal(found, staff, csrf=digest(keyring, Purpose.COOKIE, token, "csrf"))


def prove(session: SystemSession, session_id: UUID, org_id: UUID, user_id: str) -> bool:
    """Salesforce said once more that this is an admin; whether it is this session's."""
    now = utcnow()
    proven = session.execute(
        update(ConsoleSession)
        .where(
            ConsoleSession.id == session_id,
            ConsoleSession.org_id == org_id,
            ConsoleSession.user_id == user_id,
            ConsoleSession.expires_at > now,
        )
        .values(proven_at=now, seen_at=now)
        .returning(ConsoleSession.id)
        .execution_options(synchronize_session=False)
    )
    return proven.first() is not None


def login_of(session: SystemSession, session_id: UUID) -> str:
    """Where Salesforce said who this session's admin is; empty where it did not."""
    found = select(ConsoleSession.login_url).where(ConsoleSession.id == session_id)
    return session.scalar(found) or ""


def end(database: Database, session_id: UUID) -> None:
    """End one session."""
    with database.system_writing() as session:
        session.execute(delete(ConsoleSession).where(ConsoleSession.id == session_id))


def open_ones(session: SystemSession) -> Sequence[tuple[ConsoleSession, Staff | None, Org | None]]:
    """All sessions that are alive, the latest seen first: of staff, and of invited admins."""
    now = utcnow()
    rows = session.execute(
        select(ConsoleSession, Staff, Org)
        .outerjoin(Staff, Staff.id == ConsoleSession.staff_id)
        .outerjoin(Org, Org.id == ConsoleSession.org_id)
        .where(ConsoleSession.expires_at > now, ConsoleSession.seen_at > now - IDLE)
        .order_by(ConsoleSession.seen_at.desc())
        .limit(_MOST_SHOWN)
    )
    return [(found, staff, org) for found, staff, org in rows]


def end_all(
    session: SystemSession, *, staff_id: UUID | None = None, org_id: UUID | None = None
) -> None:
    """End all sessions of a member of staff, or of an org's admins."""
    if staff_id is not None:
        session.execute(delete(ConsoleSession).where(ConsoleSession.staff_id == staff_id))
    if org_id is not None:
        session.execute(delete(ConsoleSession).where(ConsoleSession.org_id == org_id))


def _touch(database: Database, session_id: UUID) -> None:
    with database.system_writing() as session:
        session.execute(
            update(ConsoleSession)
            .where(ConsoleSession.id == session_id)
            .values(seen_at=utcnow())
            .execution_options(synchronize_session=False)
        )


def _principal(found: ConsoleSession, staff: Staff | None, *, csrf: str) -> Principal:
    if staff is not None:
        return Principal(
            staff.role,
            staff.name or staff.email,
            f"staff:{staff.email}",
            session_id=found.id,
            csrf=csrf,
        )
    return Principal(
        Role.ORG_ADMIN,
        found.name,
        f"admin:{found.user_id or found.name}",
        org_id=found.org_id,
        session_id=found.id,
        csrf=csrf,
        proven_at=(found.proven_at or found.created_at) if found.user_id else None,
    )
