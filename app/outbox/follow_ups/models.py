"""Tables of follow-ups: the rules of an org, and what they came to for a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    Tenant,
    TenantPart,
    TimeColumn,
    UtcDateTime,
    enum_type,
    tenant_key,
    tenant_reference,
)


class Part(StrEnum):
    """What within a visit a rule looks for; ``ANY`` is the event itself."""

    ANY = "any"
    BLOCK = "block"
    LINK = "link"
    DOCUMENT = "document"


class OwnerRule(StrEnum):
    """Who gets the task."""

    OPPORTUNITY = "opportunity"
    RECORD = "record"
    USER = "user"


class FollowUpState(StrEnum):
    """``open``: to be decided; ``made``: the task is in the outbox; ``refused``: there is none."""

    OPEN = "open"
    MADE = "made"
    REFUSED = "refused"


class FollowUpRule(Tenant, Base):
    """When somebody does something so many times within so many days, a task is made.

    ``number`` is what people call the rule by, and a part of its tasks' keys: it is never given
    twice in an org, so a rule that was removed stays as a row.
    """

    __tablename__ = "follow_up_rule"
    __table_args__ = (tenant_key(), UniqueConstraint("org_id", "number"))

    id: Mapped[IdColumn]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(64))
    part: Mapped[Part] = mapped_column(enum_type(Part, unknown=None), default=Part.ANY)
    target: Mapped[str] = mapped_column(
        String(255), default="", doc="Words of the block, link or document; empty for any."
    )
    times: Mapped[int] = mapped_column(default=1)
    within_days: Mapped[int] = mapped_column(default=7)
    needs_opportunity: Mapped[bool] = mapped_column(
        default=True, doc="Only for people with a role in an open opportunity."
    )
    owner: Mapped[OwnerRule] = mapped_column(
        enum_type(OwnerRule, unknown=None), default=OwnerRule.OPPORTUNITY
    )
    owner_id: Mapped[str | None] = mapped_column(String(18), doc="Of the named user.")
    subject: Mapped[str] = mapped_column(String(255))
    due_days: Mapped[int] = mapped_column(default=1)
    working_days: Mapped[bool] = mapped_column(default=True)
    priority: Mapped[str] = mapped_column(String(40), default="Normal")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FollowUp(TenantPart, Base):
    """The latest time that a rule was met by a person; one row each, so that one task results.

    Until ``quiet_until`` the rule does not look at the person again. The tasks themselves are rows
    of the outbox: of ``event_id``, with the rank of the rule.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        PrimaryKeyConstraint("org_id", "rule_id", "person_id"),
        Index(
            "ix_follow_up_open", "org_id", "not_before",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        tenant_reference("rule_id", "follow_up_rule", ondelete="CASCADE"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
        tenant_reference("event_id", "event", ondelete="CASCADE"),
    )  # fmt: skip

    rule_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    event_id: Mapped[UUID] = mapped_column(Uuid, doc="The last of those that met the rule.")
    times: Mapped[int] = mapped_column(doc="How many met it.")
    state: Mapped[FollowUpState] = mapped_column(
        enum_type(FollowUpState, unknown=FollowUpState.REFUSED)
    )
    met_at: Mapped[TimeColumn]
    quiet_until: Mapped[TimeColumn]
    not_before: Mapped[TimeColumn]
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(64), default="", doc="Why it waits or was refused.")
    message: Mapped[str] = mapped_column(Text, default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
