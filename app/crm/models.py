"""The local mirror of the CRM: people, companies, opportunities, contact roles, record links."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import (
    Base,
    IdColumn,
    JsonObject,
    SalesforceId,
    Tenant,
    TimeColumn,
    UtcDateTime,
    enum_type,
    tenant_key,
    tenant_reference,
)


class SObject(StrEnum):
    """Standard objects whose record pages carry the widget."""

    CONTACT = "Contact"
    LEAD = "Lead"
    ACCOUNT = "Account"
    OPPORTUNITY = "Opportunity"


class Person(Tenant, Base):
    """Somebody who engages; ``email`` is trimmed and lower case, NULL when unknown."""

    __tablename__ = "person"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("org_id", "email"),
        Index(None, "org_id", "name", "id"),
    )

    id: Mapped[IdColumn]
    email: Mapped[str | None] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class Company(Tenant, Base):
    """A company that people belong to."""

    __tablename__ = "company"
    __table_args__ = (tenant_key(),)

    id: Mapped[IdColumn]
    name: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class Opportunity(Tenant, Base):
    """A deal of the CRM; one way, from Salesforce."""

    __tablename__ = "opportunity"
    __table_args__ = (tenant_key(),)

    id: Mapped[IdColumn]
    name: Mapped[str] = mapped_column(String(255), default="")
    is_closed: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime,
        doc="CreatedDate of the record: engagement counts from here on (E3).",
    )
    read_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class OpportunityRole(Tenant, Base):
    """A person's contact role on an opportunity."""

    __tablename__ = "opportunity_role"
    __table_args__ = (
        UniqueConstraint("org_id", "opportunity_id", "person_id"),
        Index(None, "org_id", "person_id"),
        tenant_reference("opportunity_id", "opportunity", ondelete="CASCADE"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
    )

    id: Mapped[IdColumn]
    opportunity_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(String(80), default="")
    is_primary: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class RecordLink(Tenant, Base):
    """Which local row a Salesforce record stands for (18-character id); exactly one target."""

    __tablename__ = "record_link"
    __table_args__ = (
        UniqueConstraint("org_id", "salesforce_id"),
        Index(None, "salesforce_id"),  # support finds an org by one of its records
        Index(None, "org_id", "person_id"),
        Index(None, "org_id", "opportunity_id"),
        Index(None, "org_id", "company_id"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
        tenant_reference("company_id", "company", ondelete="CASCADE"),
        tenant_reference("opportunity_id", "opportunity", ondelete="CASCADE"),
        CheckConstraint(
            "(person_id IS NOT NULL AND company_id IS NULL AND opportunity_id IS NULL)"
            " OR (person_id IS NULL AND company_id IS NOT NULL AND opportunity_id IS NULL)"
            " OR (person_id IS NULL AND company_id IS NULL AND opportunity_id IS NOT NULL)",
            name="one_target",
        ),
    )

    id: Mapped[IdColumn]
    sobject: Mapped[SObject] = mapped_column(enum_type(SObject, unknown=SObject.ACCOUNT))
    salesforce_id: Mapped[SalesforceId]
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    company_id: Mapped[UUID | None] = mapped_column(Uuid)
    opportunity_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class Sight(Tenant, Base):
    """What a user was shown of a record when they opened it last: ids alone, for a few days.

    ``rights`` holds Contact, Lead and Opportunity ids (18) and how many more were hidden from them:
    what ``FrameClaims`` prove, without a name. See ``crm.sights``.
    """

    __tablename__ = "sight"
    __table_args__ = (UniqueConstraint("org_id", "user_id", "record_id"), Index(None, "seen_at"))

    id: Mapped[IdColumn]
    user_id: Mapped[SalesforceId] = mapped_column(doc="Of the user.")
    record_id: Mapped[SalesforceId]
    sobject: Mapped[SObject] = mapped_column(enum_type(SObject, unknown=None))
    rights: Mapped[JsonObject]
    seen_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
