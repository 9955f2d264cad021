"""The one table that outlives an org: that it was deleted, by whom, when, and how much it was."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    JsonObject,
    SalesforceId,
    TimeColumn,
    UtcDateTime,
    enum_type,
)


class DeletionState(StrEnum):
    """Where a deletion stands; CANCELLED and DONE are the end."""

    ASKED = "asked"
    RUNNING = "running"
    CANCELLED = "cancelled"
    DONE = "done"


class OrgDeletion(Base):
    """The deletion of all data of an org; once done, its receipt.

    No tenant table: it stays when the org is gone, hence ``tenant_id`` without a key. It names no
    person of the org: an admin stands in it by the id of their Salesforce user alone.
    """

    __tablename__ = "org_deletion"
    __table_args__ = (Index(None, "tenant_id"), Index(None, "state", "due_at"))

    id: Mapped[IdColumn]
    tenant_id: Mapped[UUID] = mapped_column(Uuid)
    salesforce_id: Mapped[SalesforceId]
    org_name: Mapped[str] = mapped_column(String(255))
    state: Mapped[DeletionState] = mapped_column(
        enum_type(DeletionState, unknown=None), default=DeletionState.ASKED
    )
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    due_at: Mapped[TimeColumn]
    cancelled_by: Mapped[str] = mapped_column(String(255), default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[JsonObject] = mapped_column(default=dict, doc="Rows by table.")
