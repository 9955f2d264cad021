"""Tables of the outbox: activities on their way to Salesforce, and how an org takes them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint, Uuid, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    JsonList,
    JsonType,
    SequenceColumn,
    Tenant,
    TimeColumn,
    UtcDateTime,
    enum_type,
    tenant_reference,
)

#: Rows of the first call to an org: one collection of Salesforce's composite API.
FIRST_BATCH_SIZE = 200


class DeliveryState(StrEnum):
    """The life of a row: see the house, 'Outbox row'."""

    UNLINKED = "unlinked"
    PENDING = "pending"
    LEASED = "leased"
    DELIVERED = "delivered"
    WAITING = "waiting"
    PARKED = "parked"
    DROPPED = "dropped"
    HELD = "held"  # under an open breaker of its kind
    PAUSED = "paused"  # by a person, until somebody lets it go on
    UNKNOWN = "unknown"  # of a newer version: shown, and nothing else; never written


#: Few beside the delivered ones, so they have an index of their own for the log.
NOT_DELIVERED = (
    DeliveryState.UNLINKED,
    DeliveryState.PENDING,
    DeliveryState.LEASED,
    DeliveryState.WAITING,
    DeliveryState.PARKED,
    DeliveryState.DROPPED,
    DeliveryState.HELD,
    DeliveryState.PAUSED,
)


class ActivityObject(StrEnum):
    """What an activity is written as, by the org's choice."""

    TASK = "Task"
    EVENT = "Event"


class OutboxRow(Tenant, Base):
    """One activity: of one event (or visit) and target.

    Object, key and payload are frozen when the row is first sent (``first_sent_at``). ``rank`` is 0
    for the person's activity, 1… for the further opportunities under the rule "all".
    """

    __tablename__ = "outbox_row"
    __table_args__ = (
        UniqueConstraint("org_id", "event_id", "rank"),
        UniqueConstraint("org_id", "activity_key"),
        Index(
            "ix_outbox_row_due", "org_id", "seq",
            sqlite_where=text("state IN ('pending', 'waiting')"),
            postgresql_where=text("state IN ('pending', 'waiting')"),
        ),
        Index(
            "ix_outbox_row_leased", "org_id",
            sqlite_where=text("state = 'leased'"),
            postgresql_where=text("state = 'leased'"),
        ),
        Index(
            "ix_outbox_row_unlinked", "org_id", "person_id",
            sqlite_where=text("state = 'unlinked'"),
            postgresql_where=text("state = 'unlinked'"),
        ),
        Index(
            "ix_outbox_row_held", "org_id", "kind", "seq",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index(
            "ix_outbox_row_person", "org_id", "person_id", "seq",
            sqlite_where=text("state IN ('leased', 'waiting')"),
            postgresql_where=text("state IN ('leased', 'waiting')"),
        ),
        Index(
            "uq_outbox_row_once", "org_id", "once_key", unique=True,
            sqlite_where=text("once_key IS NOT NULL"),
            postgresql_where=text("once_key IS NOT NULL"),
        ),
        Index(
            "ix_outbox_row_backfill", "org_id", "backfill_id", "state",
            sqlite_where=text("backfill_id IS NOT NULL"),
            postgresql_where=text("backfill_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_row_load", "org_id", "load_id", "seq",
            sqlite_where=text("load_id IS NOT NULL"),
            postgresql_where=text("load_id IS NOT NULL"),
        ),
        # the log: newest first, of all, of a kind, of a person, of what is not delivered
        Index("ix_outbox_row_log", "org_id", "created_at", "seq"),
        Index("ix_outbox_row_log_kind", "org_id", "kind", "created_at", "seq"),
        Index("ix_outbox_row_log_person", "org_id", "person_id", "created_at", "seq"),
        Index(
            "ix_outbox_row_log_state", "org_id", "state", "created_at", "seq",
            sqlite_where=text("state <> 'delivered'"),
            postgresql_where=text("state <> 'delivered'"),
        ),
        tenant_reference("event_id", "event"),
        tenant_reference("person_id", "person"),
    )  # fmt: skip

    seq: Mapped[SequenceColumn]
    event_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    rank: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(64))
    state: Mapped[DeliveryState] = mapped_column(
        enum_type(DeliveryState, unknown=DeliveryState.UNKNOWN)
    )
    not_before: Mapped[TimeColumn] = mapped_column(default=utcnow)
    once_key: Mapped[str | None] = mapped_column(
        String(32), doc="What there is one activity of at most (``outbox.once``); else NULL."
    )
    # frozen at the first send
    sobject: Mapped[ActivityObject | None] = mapped_column(enum_type(ActivityObject, unknown=None))
    activity_key: Mapped[str | None] = mapped_column(String(80))
    payload: Mapped[dict[str, object] | None] = mapped_column(JsonType)
    opportunity_id: Mapped[UUID | None] = mapped_column(Uuid)
    first_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the lease: of the org's turn that holds the row (``OrgDelivery.lease_id``)
    lease_id: Mapped[UUID | None] = mapped_column(Uuid)
    leased_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="When it was last taken to be sent, by the database's clock."
    )
    is_unsure: Mapped[bool] = mapped_column(
        default=False, doc="It was sent and nobody knows what became of it."
    )
    of_rep: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        doc="A rep asked for its last try: a refusal then says nothing of its kind.",
    )
    # the outcome
    attempts: Mapped[int] = mapped_column(default=0)
    error_reason: Mapped[str] = mapped_column(String(64), default="")
    error_code: Mapped[str] = mapped_column(String(80), default="")
    error_message: Mapped[str] = mapped_column(Text, default="")
    salesforce_id: Mapped[str | None] = mapped_column(String(18))
    settled_by: Mapped[str] = mapped_column(
        String(255), default="", doc="Who dropped or paused it."
    )
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_why: Mapped[str | None] = mapped_column(String(200), doc="What whoever paused it said.")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    backfill_id: Mapped[UUID | None] = mapped_column(
        Uuid, doc="The request for history that it belongs to; what happens live goes first."
    )
    load_id: Mapped[UUID | None] = mapped_column(
        Uuid, doc="The Bulk job that it is under way with: leased, and by no turn of the org."
    )


class OrgDelivery(Tenant, Base):
    """How an org takes activities, and the turn of the one worker that serves it at a time.

    The turn (``lease_id``) lives by ``heartbeat_at``; a worker that finds it dead takes over.
    """

    __tablename__ = "org_delivery"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    batch_size: Mapped[int] = mapped_column(default=FIRST_BATCH_SIZE)
    grow_after: Mapped[datetime | None] = mapped_column(
        UtcDateTime,
        doc="The batch was too large for the org's automation; it stays small so long.",
    )
    failures: Mapped[int] = mapped_column(default=0, doc="Calls in a row that gave no results.")
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pause_reason: Mapped[str] = mapped_column(String(64), default="")
    last_served_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_id: Mapped[UUID | None] = mapped_column(Uuid)
    leased_by: Mapped[str | None] = mapped_column(String(64))
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BreakerState(StrEnum):
    """Whether activities of a kind are sent."""

    COUNTING = "counting"
    OPEN = "open"


class DeliveryBreaker(Tenant, Base):
    """A kind of which Salesforce takes nothing at the moment, or may soon be found to.

    Counts refusals in a row; from so many on it is open, and the kind's rows are *held* until one
    of those that are tried now and then passes. The row is deleted when an activity of the kind is
    delivered. ``seqs`` are the rows that were parked while it counted, then those being tried.
    """

    __tablename__ = "delivery_breaker"
    __table_args__ = (UniqueConstraint("org_id", "kind"),)

    id: Mapped[IdColumn]
    kind: Mapped[str] = mapped_column(String(64))
    state: Mapped[BreakerState] = mapped_column(
        enum_type(BreakerState, unknown=BreakerState.OPEN), default=BreakerState.COUNTING
    )
    refusals: Mapped[int] = mapped_column(default=0, doc="In a row, without a delivery.")
    reason: Mapped[str] = mapped_column(String(64), default="")
    code: Mapped[str] = mapped_column(String(80), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    seqs: Mapped[JsonList] = mapped_column(default=list)
    probes: Mapped[int] = mapped_column(default=0, doc="How often some were tried since it opened.")
    next_probe_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleRead(Tenant, Base):
    """When the opportunities of a person were last read, to choose targets by."""

    __tablename__ = "role_read"
    __table_args__ = (
        UniqueConstraint("org_id", "person_id"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
    )

    id: Mapped[IdColumn]
    person_id: Mapped[UUID] = mapped_column(Uuid)
    read_at: Mapped[TimeColumn]
