"""The table of digests: which events wait for the activity of their person and day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Index, PrimaryKeyConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, TenantPart, TimeColumn, tenant_reference


class DigestEntry(TenantPart, Base):
    """An event that is told of in a digest: that of its person and ``day`` in the org's time zone.

    ``anchor_id`` is the event that the digest is anchored at (``OutboxRow.event_id``), once it is
    made; from then on nothing is added to it.
    """

    __tablename__ = "digest_entry"
    __table_args__ = (
        PrimaryKeyConstraint("org_id", "event_id"),
        tenant_reference("event_id", "event", ondelete="CASCADE"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
        Index(
            "ix_digest_entry_due", "due_at",
            sqlite_where=text("anchor_id IS NULL"),
            postgresql_where=text("anchor_id IS NULL"),
        ),
        Index(None, "org_id", "person_id", "day"),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    event_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    day: Mapped[date] = mapped_column(Date)
    occurred_at: Mapped[TimeColumn]
    due_at: Mapped[TimeColumn] = mapped_column(doc="When the day is over, and a short wait.")
    anchor_id: Mapped[UUID | None] = mapped_column(Uuid)
