"""Tables of the way to an org: its connection, what was learnt of it, what its calls cost."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    JsonObject,
    Tenant,
    TimeColumn,
    UtcDateTime,
    enum_type,
)


class ConnectionState(StrEnum):
    """Whether Inlay may speak to the org as its integration user."""

    CONNECTED = "connected"
    RECONNECT_NEEDED = "reconnect_needed"


class Connection(Tenant, Base):
    """The one active connection of an org (client credentials of an app in that org).

    Secrets are sealed by the keyring; the access token is kept sealed for other processes to use.
    """

    __tablename__ = "connection"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    instance_url: Mapped[str] = mapped_column(String(255))
    client_id: Mapped[str] = mapped_column(String(255))
    sealed_client_secret: Mapped[str] = mapped_column(Text)
    sealed_access_token: Mapped[str | None] = mapped_column(Text)
    token_issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewing_until: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="The lease of the one process that fetches a token."
    )
    state: Mapped[ConnectionState] = mapped_column(
        enum_type(ConnectionState), default=ConnectionState.CONNECTED
    )
    state_reason: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


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
