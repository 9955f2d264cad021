"""Tables of engagement: events, visits, the daily rollup, the state of a person, memberships."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Date,
    Float,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    JsonList,
    JsonObject,
    SequenceColumn,
    Tenant,
    TenantPart,
    TimeColumn,
    UtcDateTime,
    enum_type,
    tenant_key,
    tenant_reference,
)
from app.ids import new_id


class Confidence(StrEnum):
    """Who is thought to have acted (X5)."""

    HUMAN = "human"
    LIKELY_SCANNER = "likely_scanner"
    BOT = "bot"


class Source(StrEnum):
    """Where an event came from."""

    API = "api"
    PAGE = "page"
    IMPORT = "import"


class Event(Tenant, Base):
    """One thing that somebody did.

    A visit to a Destination is one event of kind ``destination_visit`` (its head, shown in the
    timeline and delivered); the steps within it (views, clicks …) are events with ``folded`` set.
    ``kind`` is an ``engagement.kinds`` value or a custom kind of the vendor's.
    """

    __tablename__ = "event"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("org_id", "key"),
        Index(
            "ix_event_timeline",
            "org_id", "person_id", "occurred_at", "seq",
            "kind", "confidence", "points",  # what a sum reads, so that it reads no rows
            sqlite_where=text("folded IS 0"),
            postgresql_where=text("folded IS false"),
        ),
        Index(
            "ix_event_timeline_kind",
            "org_id", "person_id", "kind", "occurred_at", "seq",
            sqlite_where=text("folded IS 0"),
            postgresql_where=text("folded IS false"),
        ),
        Index(
            "ix_event_visit",
            "org_id", "visit_id",
            sqlite_where=text("visit_id IS NOT NULL"),
            postgresql_where=text("visit_id IS NOT NULL"),
        ),
        Index(
            "ix_event_user",
            "org_id", "user_key",
            sqlite_where=text("user_key IS NOT NULL"),
            postgresql_where=text("user_key IS NOT NULL"),
        ),
        tenant_reference("person_id", "person"),
        tenant_reference("visit_id", "visit"),
    )  # fmt: skip

    seq: Mapped[SequenceColumn]
    id: Mapped[UUID] = mapped_column(Uuid, default=new_id)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    visit_id: Mapped[UUID | None] = mapped_column(Uuid)
    folded: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str] = mapped_column(String(64))
    occurred_at: Mapped[TimeColumn]
    subject: Mapped[str] = mapped_column(String(255), default="")
    url: Mapped[str] = mapped_column(Text, default="")
    properties: Mapped[JsonObject] = mapped_column(default=dict)
    confidence: Mapped[Confidence] = mapped_column(
        enum_type(Confidence, unknown=Confidence.LIKELY_SCANNER), default=Confidence.HUMAN
    )
    confidence_reason: Mapped[str] = mapped_column(String(64), default="")
    points: Mapped[float] = mapped_column(
        Float, default=0.0, doc="What it adds to the score, before decay (engagement.score)."
    )
    source: Mapped[Source] = mapped_column(enum_type(Source, unknown=Source.IMPORT))
    user_key: Mapped[str | None] = mapped_column(
        String(320), doc="Whose contact it was: e-mail or id of a user of the sender's product."
    )
    key: Mapped[str] = mapped_column(String(160), doc="Idempotency key, '<source>:<sender's id>'.")
    received_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class Visit(Tenant, Base):
    """One stay of one visitor on a Destination, from its first view until it goes or falls silent.

    ``visitor`` is a random id of the page load, never a cookie. ``blocks``, ``clicks``,
    ``documents`` hold what was seen, clicked and opened, each once.
    """

    __tablename__ = "visit"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("org_id", "link_id", "visitor"),
        Index("ix_visit_open", "last_seen_at", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        tenant_reference("person_id", "person"),
        Index(None, "org_id", "destination_id", "started_at"),
        Index("ix_visit_viewer", "org_id", "destination_id", "viewer",
              sqlite_where=text("viewer IS NOT NULL"),
              postgresql_where=text("viewer IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[IdColumn]
    destination_id: Mapped[UUID] = mapped_column(Uuid)
    link_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    visitor: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(255), default="", doc="Of the Destination.")
    url: Mapped[str] = mapped_column(Text, default="", doc="Of the link that was visited.")
    started_at: Mapped[TimeColumn]
    last_seen_at: Mapped[TimeColumn]
    ended_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="When it went or fell silent; it was handed to the port then."
    )
    seconds: Mapped[float] = mapped_column(Float, default=0.0, doc="Visible time.")
    blocks: Mapped[JsonList] = mapped_column(default=list)
    clicks: Mapped[JsonList] = mapped_column(default=list)
    documents: Mapped[JsonList] = mapped_column(default=list)
    form_sent: Mapped[bool] = mapped_column(default=False)
    form: Mapped[JsonObject] = mapped_column(default=dict, doc="What the visitor wrote to the rep.")
    gate: Mapped[JsonObject] = mapped_column(
        default=dict, server_default="{}", doc="What was typed and agreed to before it opened."
    )
    viewer: Mapped[str | None] = mapped_column(
        String(32), doc="Code of an address at this Destination, while its viewers are counted."
    )
    refused: Mapped[bool] = mapped_column(
        default=False, doc="The visitor does not want to be known: never identified (X13)."
    )
    confidence: Mapped[Confidence] = mapped_column(
        enum_type(Confidence, unknown=Confidence.LIKELY_SCANNER), default=Confidence.HUMAN
    )
    confidence_reason: Mapped[str] = mapped_column(String(64), default="")


class DailyRollup(TenantPart, Base):
    """Events of one person, kind, confidence and day (UTC); written in the event's transaction.

    ``points`` is what they add to the score on that day, before decay. Rescoring rebuilds it.
    """

    __tablename__ = "daily_rollup"
    __table_args__ = (
        PrimaryKeyConstraint("org_id", "person_id", "day", "kind", "confidence"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )

    person_id: Mapped[UUID] = mapped_column(Uuid)
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(64))
    confidence: Mapped[Confidence] = mapped_column(
        enum_type(Confidence, unknown=Confidence.LIKELY_SCANNER)
    )
    events: Mapped[int]
    points: Mapped[float] = mapped_column(Float)


class EngagementState(TenantPart, Base):
    """What an open widget asks of a person: ``version`` grows with every change."""

    __tablename__ = "engagement_state"
    __table_args__ = (
        PrimaryKeyConstraint("org_id", "person_id"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )

    person_id: Mapped[UUID] = mapped_column(Uuid)
    version: Mapped[int] = mapped_column(default=1)
    last_engaged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MembershipKind(StrEnum):
    """What a person can be a member of; opportunities come from the CRM."""

    LIST = "list"
    WORKFLOW = "workflow"
    CAMPAIGN = "campaign"
    PENDING_EMAIL = "pending_email"
    UNKNOWN = "unknown"  # of a newer version: not shown; never written


class Membership(TenantPart, Base):
    """A person in a list, workflow or campaign, or an e-mail about to go to them."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("org_id", "person_id", "kind", "name"),
                      tenant_reference("person_id", "person", ondelete="CASCADE"))  # fmt: skip

    id: Mapped[IdColumn]
    person_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[MembershipKind] = mapped_column(
        enum_type(MembershipKind, unknown=MembershipKind.UNKNOWN)
    )
    name: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(64), default="")
    url: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
