"""Tables of what is kept up to date in Salesforce: Destinations, scores, how an org takes them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import (
    Base,
    IdColumn,
    Tenant,
    TenantPart,
    TimeColumn,
    UtcDateTime,
    enum_type,
    tenant_reference,
)


class Traffic(StrEnum):
    """What is written; also what its calls are booked to."""

    DESTINATIONS = "destination_records"
    SCORES = "scores"


class Failing:
    """Mixin: what Salesforce last said against a row; all empty when it is well."""

    attempts: Mapped[int] = mapped_column(default=0)
    error_reason: Mapped[str] = mapped_column(String(64), default="")
    error_code: Mapped[str] = mapped_column(String(80), default="")
    error_message: Mapped[str] = mapped_column(Text, default="")
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DestinationRecord(TenantPart, Failing, Base):
    """What was last written of a Destination; when it is next due stands in ``Destination``.

    ``left_out`` names what Salesforce did not take (``lookup``, ``owner``): it is not sent again.
    """

    __tablename__ = "destination_record"
    __table_args__ = (
        PrimaryKeyConstraint("org_id", "destination_id"),
        Index(
            "ix_destination_record_failing", "org_id",
            sqlite_where=text("attempts > 0"),
            postgresql_where=text("attempts > 0"),
        ),
        tenant_reference("destination_id", "destination", ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    destination_id: Mapped[UUID] = mapped_column(Uuid)
    salesforce_id: Mapped[str | None] = mapped_column(String(18))
    digest: Mapped[str] = mapped_column(String(64), default="", doc="Of the values last written.")
    left_out: Mapped[str] = mapped_column(String(64), default="")
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PersonScore(TenantPart, Failing, Base):
    """The band that stands in Salesforce for a person, and when to look again.

    ``due_at`` is when something may have changed: at once after an event, and on the day on which
    the band falls by itself; never before ``earliest_at`` (once a day).
    """

    __tablename__ = "person_score"
    __table_args__ = (
        PrimaryKeyConstraint("org_id", "person_id"),
        Index(
            "ix_person_score_due", "org_id", "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_person_score_failing", "org_id",
            sqlite_where=text("attempts > 0"),
            postgresql_where=text("attempts > 0"),
        ),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(Uuid)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    earliest_at: Mapped[TimeColumn]
    band: Mapped[int] = mapped_column(default=0, doc="Its least score, as written; 0 is cold.")
    salesforce_id: Mapped[str | None] = mapped_column(String(18))
    written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecordRun(Tenant, Base):
    """How an org takes this traffic as a whole: resting or not, and why. Told once, not per row.

    ``seeded_to`` and ``seeded_at``: how far the people whom an org had before the switch was turned
    have been looked at.
    """

    __tablename__ = "record_run"
    __table_args__ = (UniqueConstraint("org_id", "traffic"),)

    id: Mapped[IdColumn]
    traffic: Mapped[Traffic] = mapped_column(enum_type(Traffic, unknown=None))
    failures: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(64), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime | None] = mapped_column(UtcDateTime, doc="Since when it rests.")
    run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seeded_to: Mapped[UUID | None] = mapped_column(Uuid)
    seeded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
