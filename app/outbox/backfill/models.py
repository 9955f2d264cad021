"""Tables of back-fills: what was asked for, how far it is, and the Bulk jobs it goes through.

Progress is kept in rows of ours and not in a workflow: where planning stands is written in the
transaction that plans the rows, so that a crash can neither lose nor double any.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    JsonList,
    Tenant,
    TimeColumn,
    UtcDateTime,
    enum_type,
    tenant_key,
    tenant_reference,
)
from app.db.types import SequenceType
from app.outbox.models import ActivityObject


class BackfillState(StrEnum):
    """The life of a back-fill."""

    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"


class LoadState(StrEnum):
    """How far a Bulk job is. Until it is *closed* at Salesforce nothing of it is written."""

    FROZEN = "frozen"  # its rows stand; Salesforce knows of no job, or of one that is given up
    CREATED = "created"  # its job is known, and stored before anything was uploaded
    UPLOADED = "uploaded"  # all rows are there; it may be closed already
    CLOSED = "closed"  # Salesforce works at it
    DONE = "done"


class Backfill(Tenant, Base):
    """One request for history: which events, who asked, and how far it is.

    Events are taken in the order (person, time, event); ``at_…`` is the last one that was planned.
    The worker that serves it holds ``lease_id``, alive by ``heartbeat_at``.
    """

    __tablename__ = "backfill"
    __table_args__ = (
        tenant_key(),
        Index(
            "uq_backfill_open", "org_id", unique=True,
            sqlite_where=text("state IN ('running', 'stopping')"),
            postgresql_where=text("state IN ('running', 'stopping')"),
        ),
    )  # fmt: skip

    id: Mapped[IdColumn]
    kinds: Mapped[JsonList]
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[TimeColumn]
    state: Mapped[BackfillState] = mapped_column(
        enum_type(BackfillState, unknown=BackfillState.STOPPED), default=BackfillState.RUNNING
    )
    uses_bulk: Mapped[bool]
    expected: Mapped[int] = mapped_column(doc="Events that were counted when it was asked for.")
    note: Mapped[str] = mapped_column(Text, default="", doc="What an admin should know of its way.")
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    stopped_by: Mapped[str] = mapped_column(String(255), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # how far planning is
    at_person: Mapped[UUID | None] = mapped_column(Uuid)
    at_time: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at_seq: Mapped[int | None] = mapped_column(SequenceType)
    is_planned: Mapped[bool] = mapped_column(default=False)
    # who serves it, and when next
    next_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    pause_reason: Mapped[str] = mapped_column(String(64), default="")
    failures: Mapped[int] = mapped_column(default=0, doc="Steps in a row that came to nothing.")
    served_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_id: Mapped[UUID | None] = mapped_column(Uuid)
    leased_by: Mapped[str | None] = mapped_column(String(64))
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BackfillLoad(Tenant, Base):
    """Rows that go through one job of Bulk API 2.0; ``OutboxRow.load_id`` says which."""

    __tablename__ = "backfill_load"
    __table_args__ = (
        Index(None, "org_id", "backfill_id"),
        tenant_reference("backfill_id", "backfill", ondelete="CASCADE"),
    )

    id: Mapped[IdColumn]
    backfill_id: Mapped[UUID] = mapped_column(Uuid)
    sobject: Mapped[ActivityObject] = mapped_column(enum_type(ActivityObject, unknown=None))
    state: Mapped[LoadState] = mapped_column(
        enum_type(LoadState, unknown=None), default=LoadState.FROZEN
    )
    rows: Mapped[int] = mapped_column(default=0)
    key_field: Mapped[str] = mapped_column(
        String(80), default="", doc="API name of our key in the org when it was uploaded."
    )
    job_id: Mapped[str] = mapped_column(String(18), default="")
    polls: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
