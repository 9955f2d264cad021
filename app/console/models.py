"""Tables of the console: staff, the sessions of whoever is signed in, links that work once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.console.permissions import Role
from app.db import Base, IdColumn, JsonObject, SequenceColumn, TimeColumn, UtcDateTime, enum_type


class LinkPurpose(StrEnum):
    """What a one-time link opens."""

    STAFF_INVITE = "staff_invite"
    ORG_INVITE = "org_invite"
    CONNECT_SECRET = "connect_secret"  # noqa: S105  # a purpose, no secret


class Staff(Base):
    """A person of the operator's, with one role over all orgs.

    ``issuer`` and ``subject`` are whose account at the OpenID provider they came in by first: an
    address that is given to somebody else later opens nothing.
    """

    __tablename__ = "staff"

    id: Mapped[IdColumn]
    email: Mapped[str] = mapped_column(String(320), unique=True, doc="Lower case.")
    name: Mapped[str] = mapped_column(String(255), default="")
    role: Mapped[Role] = mapped_column(enum_type(Role, unknown=None))
    is_active: Mapped[bool] = mapped_column(default=True)
    issuer: Mapped[str | None] = mapped_column(String(255))
    subject: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class StaffAct(StrEnum):
    """What is recorded of staff themselves; what they do to an org is in that org's audit."""

    INVITED = "invited"
    REMOVED = "removed"
    CAME_IN = "came_in"
    REFUSED = "refused"
    SESSION_ENDED = "session_ended"
    UNKNOWN = "unknown"  # of a newer version; never written


class StaffEntry(Base):
    """Who did what among staff; only ever added to."""

    __tablename__ = "staff_entry"

    seq: Mapped[SequenceColumn]
    act: Mapped[StaffAct] = mapped_column(enum_type(StaffAct, unknown=StaffAct.UNKNOWN))
    actor: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(320), doc="Whom it is about.")
    detail: Mapped[JsonObject] = mapped_column(default=dict)
    at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class ConsoleSession(Base):
    """One signed-in browser. The cookie holds an opaque id, this row only its digest.

    Either ``staff_id`` is set, or ``org_id``: its holder is then an admin of that org, with a
    ``user_id`` if Salesforce said who (at ``login_url``, last at ``proven_at``). The role of staff
    is read from ``staff`` on each request, so that a change counts at once.
    """

    __tablename__ = "console_session"
    __table_args__ = (Index(None, "expires_at"), Index(None, "staff_id"), Index(None, "org_id"))

    id: Mapped[IdColumn]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("staff.id", ondelete="CASCADE"))
    org_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("org.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(String(18))
    login_url: Mapped[str] = mapped_column(String(255), default="", server_default="")
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(String(64), default="", doc="Where it was begun from.")
    agent: Mapped[str] = mapped_column(String(255), default="", doc="The browser's own name.")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    seen_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    expires_at: Mapped[TimeColumn]


class OneTimeLink(Base):
    """A link that works once and not for long; only its digest is kept.

    ``about`` is what its purpose needs to know: never a secret.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (Index(None, "expires_at"), Index(None, "org_id"))

    id: Mapped[IdColumn]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_type(LinkPurpose, unknown=None))
    org_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("org.id", ondelete="CASCADE"))
    staff_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("staff.id", ondelete="CASCADE"))
    about: Mapped[JsonObject] = mapped_column(default=dict)
    made_by: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    expires_at: Mapped[TimeColumn]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Way(StrEnum):
    """Where somebody is sent to say who they are."""

    PROVIDER = "provider"
    SALESFORCE = "salesforce"


class SignInAttempt(Base):
    """Somebody on their way to a provider and back: one browser, one answer, a few minutes.

    Only digests of what the browser brings back are kept; the row is gone with the answer.
    ``session_id`` is whose admin is asked about again, ``goes_to`` where they were going.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "expires_at"),)

    id: Mapped[IdColumn]
    way: Mapped[Way] = mapped_column(enum_type(Way, unknown=None))
    login_url: Mapped[str] = mapped_column(String(255), default="")
    state_digest: Mapped[str] = mapped_column(String(64), unique=True)
    browser_digest: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    sealed_verifier: Mapped[str] = mapped_column(String(255))
    session_id: Mapped[UUID | None] = mapped_column(Uuid)
    goes_to: Mapped[str] = mapped_column(String(500), default="", server_default="")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    expires_at: Mapped[TimeColumn]
