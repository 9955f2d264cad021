"""The operator's people: invited by a link, with a role, and let go again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.console import links, sessions
from app.console.models import LinkPurpose, Staff, StaffAct, StaffEntry
from app.console.permissions import STAFF_ROLES, Role
from app.db import SystemSession
from app.errors import ConfigError
from app.keys import Keyring

#: How long a printed invitation can be used.
INVITED_FOR = timedelta(hours=24)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


def invite(
    session: SystemSession, keyring: Keyring, email: str, role: Role, *, name: str = "", by: str
) -> str:
    """The token of a link by which this person comes in; somebody known gets the role anew.

    Their earlier links are over, so that what was sent for one role, or before they left, opens
    nothing.

    Raises:
        ConfigError: This is no e-mail address, or no role of staff's.
    """
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise ConfigError(f"{email} is no e-mail address.")
    if role not in STAFF_ROLES:
        raise ConfigError(f"{role.value} is no role of staff: {', '.join(STAFF_ROLES)}.")
    person = session.scalar(select(Staff).where(Staff.email == address).with_for_update())
    if person is None:
        person = Staff(email=address, name="", role=role)
        session.add(person)
    person.role, person.is_active, person.name = role, True, name or person.name
    person.issuer = person.subject = None
    session.flush()
    links.end_of_staff(session, person.id)
    note(session, StaffAct.INVITED, by, address, role=role.value)
    return links.make(
        session, keyring, LinkPurpose.STAFF_INVITE, by=by, lasts=INVITED_FOR, staff_id=person.id
    )


def everybody(session: SystemSession) -> Sequence[Staff]:
    """All of them, those who left too."""
    return session.scalars(select(Staff).order_by(Staff.email)).all()


def note(session: SystemSession, act: StaffAct, actor: str, email: str, **detail: Any) -> None:
    """Write down what was done among staff."""
    session.add(StaffEntry(act=act, actor=actor, email=email, detail=detail))


def latest(session: SystemSession, limit: int = 50) -> Sequence[StaffEntry]:
    """What was done among staff, newest first."""
    statement = select(StaffEntry).order_by(StaffEntry.seq.desc()).limit(limit)
    return session.scalars(statement).all()


def let_go(session: SystemSession, email: str, *, by: str) -> Staff:
    """Close the console to a person at once: their sessions end, their links open nothing.

    Raises:
        ConfigError: Nobody is known by this address.
    """
    person = session.scalar(select(Staff).where(Staff.email == email.strip().lower()))
    if person is None:
        raise ConfigError(f"Nobody is known as {email}; `staff list` shows who is.")
    person.is_active = False
    note(session, StaffAct.REMOVED, by, person.email)
    links.end_of_staff(session, person.id)
    sessions.end_all(session, staff_id=person.id)
    return person
