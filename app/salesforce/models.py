"""Tables of the way to an org: its connection, what was learnt of it, what its calls cost."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    JsonObject,
    JsonType,
    Tenant,
    TimeColumn,
    UtcDateTime,
    enum_type,
)


class Method(StrEnum):
    """The way into an org."""

    CLIENT_CREDENTIALS = "client_credentials"
    JWT_BEARER = "jwt_bearer"
    WEB_SERVER = "web_server"
    OWN_APP = "own_app"
    PASSWORD = "password"  # noqa: S105  # the name of a way, no secret


class ConnectionState(StrEnum):
    """Whether Inlay may speak to the org as its integration user.

    What people are shown is finer: ``connections.Condition``.
    """

    CONNECTED = "connected"
    RECONNECT_NEEDED = "reconnect_needed"


class Connection(Tenant, Base):
    """The one active connection of an org, by whichever way in.

    Secrets are sealed by the keyring; the access token is kept sealed for other processes to use.
    A way in without a client secret of its own keeps an empty one, sealed.
    """

    __tablename__ = "connection"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    method: Mapped[Method] = mapped_column(
        enum_type(Method, unknown=None),
        default=Method.CLIENT_CREDENTIALS,
        server_default=Method.CLIENT_CREDENTIALS.value,
    )
    instance_url: Mapped[str] = mapped_column(String(255))
    login_url: Mapped[str] = mapped_column(
        String(255), default="", server_default="", doc="Where people of the org log in."
    )
    client_id: Mapped[str] = mapped_column(String(255))
    username: Mapped[str] = mapped_column(
        String(255), default="", server_default="", doc="Who a JWT or a password speaks for."
    )
    sealed_client_secret: Mapped[str] = mapped_column(Text)
    sealed_refresh_token: Mapped[str | None] = mapped_column(Text)
    sealed_private_key: Mapped[str | None] = mapped_column(Text)
    certificate: Mapped[str | None] = mapped_column(Text, doc="PEM, public.")
    sealed_password: Mapped[str | None] = mapped_column(
        Text, doc="With the security token behind it, as Salesforce wants it."
    )
    sealed_access_token: Mapped[str | None] = mapped_column(Text)
    token_issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewing_until: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="The lease of the one process that fetches a token."
    )
    state: Mapped[ConnectionState] = mapped_column(
        enum_type(ConnectionState, unknown=ConnectionState.RECONNECT_NEEDED),
        default=ConnectionState.CONNECTED,
    )
    state_reason: Mapped[str] = mapped_column(String(255), default="")
    state_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(
        String(64), default="", server_default="", doc="Why calls fail while it is connected."
    )
    trouble_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rights_missing_since: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="The preflight found that a feature in use lacks a right."
    )
    user_id: Mapped[str] = mapped_column(String(18), default="", server_default="")
    user_name: Mapped[str] = mapped_column(
        String(255), default="", server_default="", doc="What the user logs in with."
    )
    user_label: Mapped[str] = mapped_column(String(255), default="", server_default="")
    user_address: Mapped[str] = mapped_column(String(255), default="", server_default="")
    user_power: Mapped[dict[str, Any] | None] = mapped_column(
        JsonType, doc="What the user holds beyond need: ``power.Power``; None until it was asked."
    )
    connected_by: Mapped[str] = mapped_column(String(255), default="", server_default="")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class ConnectCertificate(Tenant, Base):
    """A key pair made for an org whose admin is about to connect by JWT.

    A connection keeps a copy of its own, so that a new pair can be prepared while it works.
    """

    __tablename__ = "connect_certificate"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    sealed_private_key: Mapped[str] = mapped_column(Text)
    certificate: Mapped[str] = mapped_column(Text)
    not_after: Mapped[TimeColumn]
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class ConnectAttempt(Tenant, Base):
    """Somebody is on the way to log in at Salesforce: one ticket, one browser, one answer.

    Digests are SHA-256 in hex of random values that only the browser has.
    """

    __tablename__ = "connect_attempt"
    __table_args__ = (UniqueConstraint("ticket_digest"), UniqueConstraint("state_digest"))

    id: Mapped[IdColumn]
    actor: Mapped[str] = mapped_column(String(255), doc="Who opened it, as the audit names them.")
    opener_digest: Mapped[str] = mapped_column(String(64), doc="Of the session that opened it.")
    login_url: Mapped[str] = mapped_column(String(255))
    ticket_digest: Mapped[str] = mapped_column(String(64))
    state_digest: Mapped[str | None] = mapped_column(String(64))
    browser_digest: Mapped[str | None] = mapped_column(String(64))
    sealed_verifier: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[TimeColumn]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(
        String(64), default="", doc="``connected``, or the reason of the refusal."
    )


class OrgProfile(Tenant, Base):
    """What describe and queries told of an org: namespace of the package, closed task status.

    ``facts`` are those of ``profile.Profile``; ``last_modified`` is the Last-Modified of the Task
    describe they come from.
    """

    __tablename__ = "org_profile"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    facts: Mapped[JsonObject]
    last_modified: Mapped[str] = mapped_column(String(64), default="")
    read_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class ApiCallCount(Tenant, Base):
    """Counted API calls of one day, booked to a feature."""

    __tablename__ = "api_call_count"
    __table_args__ = (UniqueConstraint("org_id", "day", "feature"),)

    id: Mapped[IdColumn]
    day: Mapped[date] = mapped_column(Date)
    feature: Mapped[str] = mapped_column(String(64))
    calls: Mapped[int]


class ApiCallHour(Tenant, Base):
    """Counted API calls of one hour, booked to a feature: what the rolling 24 hours are read from.

    Hours are kept for two days, see ``app.jobs.cleanup``.
    """

    __tablename__ = "api_call_hour"
    __table_args__ = (UniqueConstraint("org_id", "hour", "feature"),)

    id: Mapped[IdColumn]
    hour: Mapped[TimeColumn] = mapped_column(doc="When the hour began.")
    feature: Mapped[str] = mapped_column(String(64))
    calls: Mapped[int]


class ApiAllowance(Tenant, Base):
    """What Salesforce last said of the org's own calls: by everybody, in its last 24 hours."""

    __tablename__ = "api_allowance"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    used: Mapped[int]
    allowed: Mapped[int]
    told_at: Mapped[TimeColumn]
