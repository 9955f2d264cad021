"""Tables of tenants: the org, its users, canvas apps and secrets, features, settings, audit.

And of what concerns all of them: shares of roll-outs, kill switches, their audit.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    JsonObject,
    JsonType,
    SalesforceId,
    SequenceColumn,
    Tenant,
    TenantRoot,
    TimeColumn,
    UtcDateTime,
    enum_type,
    tenant_key,
)


class OrgState(StrEnum):
    """Where an org is in its life; which may follow which is in ``orgs.life``."""

    PENDING = "pending"
    TRIAL = "trial"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    ARCHIVED = "archived"


#: States in which the widget opens, events are taken and activities are sent.
SERVED = (OrgState.ACTIVE, OrgState.TRIAL)


class Org(TenantRoot, Base):
    """A tenant: one Salesforce org (a sandbox is a tenant of its own).

    ``version`` grows with every change that an open widget should hear of. ``domain`` is the My
    Domain name, ``acme--uat`` of a sandbox; it is empty until it was learnt from Salesforce.
    """

    __tablename__ = "org"
    __table_args__ = (Index(None, "domain"), Index(None, "state", "state_until"))

    salesforce_id: Mapped[SalesforceId] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(255))
    state: Mapped[OrgState] = mapped_column(
        enum_type(OrgState, unknown=OrgState.SUSPENDED), default=OrgState.PENDING
    )
    state_message: Mapped[str] = mapped_column(
        String(500), default="", server_default="", doc="What its reps are told while suspended."
    )
    state_until: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="When a trial ends, or a leaving org's data go."
    )
    plan: Mapped[str] = mapped_column(String(32), default="", server_default="")
    production_plan: Mapped[str] = mapped_column(
        String(32), default="", server_default="", doc="Of a sandbox: its production org's plan."
    )
    domain: Mapped[str] = mapped_column(String(80), default="", server_default="")
    is_sandbox: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)

    @property
    def is_served(self) -> bool:
        """Whether its reps see anything and activities are sent."""
        return self.state in SERVED

    @property
    def admits_admins(self) -> bool:
        """Whether its admins come in: while it leaves too, to take their data along."""
        return self.is_served or self.state is OrgState.LEAVING


class OrgUser(Tenant, Base):
    """A Salesforce user who opened the widget; the name is shown on what they create."""

    __tablename__ = "org_user"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("org_id", "salesforce_id"),
        Index(None, "email"),  # support finds an org by one of its people
    )

    id: Mapped[IdColumn]
    salesforce_id: Mapped[SalesforceId]
    name: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(32), default="en_US")
    last_seen_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class CanvasApp(Base):
    """A canvas app whose secrets sign requests.

    ``org_id`` is empty for the vendor's packaged app, which signs for all orgs; a customer-owned
    app vouches for its one org only and has a path of its own, ``/canvas/<key>``.
    """

    __tablename__ = "canvas_app"

    id: Mapped[IdColumn]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    org_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("org.id", ondelete="CASCADE"))
    developer_name: Mapped[str] = mapped_column(String(80), default="")
    namespace: Mapped[str] = mapped_column(String(15), default="")
    sealed_secrets: Mapped[list[str]] = mapped_column(JsonType, default=list)
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class OrgFeature(Tenant, Base):
    """A feature that was switched for one org, with who, why, when, and until when."""

    __tablename__ = "org_feature"
    __table_args__ = (UniqueConstraint("org_id", "feature"),)

    id: Mapped[IdColumn]
    feature: Mapped[str] = mapped_column(String(64))
    enabled: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(String(500), default="")
    changed_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    ends_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="From then on this row counts no more (a trial)."
    )


class FeatureShare(Base):
    """The share of all orgs that a feature is rolled out to, in percent."""

    __tablename__ = "feature_share"

    id: Mapped[IdColumn]
    feature: Mapped[str] = mapped_column(String(64), unique=True)
    percent: Mapped[int]
    changed_by: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(String(500), default="")
    changed_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class KillSwitchState(Base):
    """A kill switch that was pulled at least once; names and effects are in ``orgs.catalogue``."""

    __tablename__ = "kill_switch"

    id: Mapped[IdColumn]
    name: Mapped[str] = mapped_column(String(64), unique=True)
    is_pulled: Mapped[bool]
    changed_by: Mapped[str] = mapped_column(String(255))
    reason: Mapped[str] = mapped_column(String(500), default="")
    changed_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class SystemEntry(Base):
    """Who did what to all orgs at once; only ever added to, and open widgets hear of each."""

    __tablename__ = "system_entry"

    seq: Mapped[SequenceColumn]
    tag: Mapped[str] = mapped_column(String(80))
    actor: Mapped[str] = mapped_column(String(255))
    detail: Mapped[JsonObject] = mapped_column(default=dict)
    at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class OrgSetting(Tenant, Base):
    """One setting of an org; names, types and defaults are in ``orgs.settings``."""

    __tablename__ = "org_setting"
    __table_args__ = (UniqueConstraint("org_id", "name"),)

    id: Mapped[IdColumn]
    name: Mapped[str] = mapped_column(String(64))
    value: Mapped[JsonObject] = mapped_column(doc="{'value': …}")


class ApiKey(Tenant, Base):
    """A key of the vendor's backend for one org; only its SHA-256 is kept."""

    __tablename__ = "api_key"

    id: Mapped[IdColumn]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(16), doc="First characters, to tell keys apart.")
    label: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SeenRequest(Tenant, Base):
    """A signed request that was seen, keyed on its MAC: repeats are few and soon refused."""

    __tablename__ = "seen_request"
    __table_args__ = (UniqueConstraint("org_id", "mac"), Index(None, "first_seen_at"))

    id: Mapped[IdColumn]
    mac: Mapped[str] = mapped_column(String(44))
    times: Mapped[int] = mapped_column(default=1)
    first_seen_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class AuditEntry(Tenant, Base):
    """Who did what to an org, tagged ``source:subject:action``."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "org_id", "seq"),
        # found by what was done and by whom: of all orgs, and of one
        Index(None, "tag", "seq"),
        Index(None, "actor", "seq"),
        Index(None, "org_id", "actor", "seq"),
    )

    seq: Mapped[SequenceColumn]
    tag: Mapped[str] = mapped_column(String(80))
    actor: Mapped[str] = mapped_column(String(255))
    detail: Mapped[JsonObject] = mapped_column(default=dict)
    at: Mapped[TimeColumn] = mapped_column(default=utcnow)
