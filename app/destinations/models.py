"""Tables of Destinations: shareable, tracked pages linked to a record, their links and blocks."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.crm.models import SObject
from app.db import (
    Base,
    IdColumn,
    JsonList,
    JsonObject,
    SalesforceId,
    Tenant,
    TenantPart,
    TimeColumn,
    UtcDateTime,
    enum_type,
    tenant_key,
    tenant_reference,
)
from app.orgs.gates import GateKind

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class DestinationState(StrEnum):
    """Whether the page is shown."""

    ACTIVE = "active"
    REVOKED = "revoked"


class BlockKind(StrEnum):
    """What stands on a Destination, from top to bottom."""

    HEADLINE = "headline"
    GREETING = "greeting"
    TEXT = "text"
    LINKS = "links"
    DOCUMENTS = "documents"
    REP_CARD = "rep_card"
    CALL_TO_ACTION = "call_to_action"
    CONTACT_FORM = "contact_form"
    UNKNOWN = "unknown"  # of a newer version: not shown; never written


class Destination(Tenant, Base):
    """A page for the people of one record; a record has at most one (X11).

    ``record_id`` is the 18-character id of the Salesforce record. ``version`` grows with each
    change that an open widget should hear of; what is written to Salesforce follows it.
    """

    __tablename__ = "destination"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("org_id", "record_id"),
        Index(
            "ix_destination_unrecorded", "org_id", "record_due_at",
            sqlite_where=text("recorded_version < version"),
            postgresql_where=text("recorded_version < version"),
        ),
        Index(None, "org_id", "created_at", "id"),
        Index(None, "created_at"),  # how many of late, of all orgs
        Index(
            "ix_destination_expiring", "expires_at",
            sqlite_where=text("expires_at IS NOT NULL AND expiry_told IS 0"),
            postgresql_where=text("expires_at IS NOT NULL AND expiry_told IS false"),
        ),
    )  # fmt: skip

    id: Mapped[IdColumn]
    sobject: Mapped[SObject] = mapped_column(enum_type(SObject, unknown=SObject.ACCOUNT))
    record_id: Mapped[SalesforceId]
    title: Mapped[str] = mapped_column(String(255))
    state: Mapped[DestinationState] = mapped_column(
        enum_type(DestinationState, unknown=DestinationState.REVOKED),
        default=DestinationState.ACTIVE,
    )
    created_by: Mapped[SalesforceId] = mapped_column(doc="18-character id of the rep.")
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    version: Mapped[int] = mapped_column(default=1)
    views: Mapped[int] = mapped_column(default=0)
    last_viewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime,
        doc="From then on its links open nothing: the earliest of the next (destinations.expiry).",
    )
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime, doc="As an admin chose.")
    days_after_view: Mapped[int] = mapped_column(
        default=0, server_default="0", doc="How long from its first view on; 0: no matter."
    )
    most_views: Mapped[int] = mapped_column(
        default=0, server_default="0", doc="For how many viewers; 0: any number."
    )
    expiry_told: Mapped[bool] = mapped_column(
        default=False, server_default=false(), doc="Its version grew when its time was over."
    )
    gate: Mapped[GateKind] = mapped_column(
        enum_type(GateKind, unknown=GateKind.CLOSED),
        default=GateKind.OPEN,
        server_default=GateKind.OPEN.value,
    )
    gate_own_link: Mapped[bool] = mapped_column(
        default=True, server_default=true(), doc="Who comes by a link of their own types nothing."
    )
    gate_allow: Mapped[JsonList] = mapped_column(default=list, server_default="[]")
    gate_deny: Mapped[JsonList] = mapped_column(default=list, server_default="[]")
    recorded_version: Mapped[int] = mapped_column(
        default=0, server_default="0", doc="Of which the org's own record tells (outbox.records)."
    )
    record_due_at: Mapped[TimeColumn] = mapped_column(
        default=LONG_AGO,
        server_default="1970-01-01 00:00:00",
        doc="The record is not written before.",
    )


class DestinationTemplate(Tenant, Base):
    """What new Destinations of an org say, once its admin wrote something else than the default.

    ``content`` is a ``template.Template``.
    """

    __tablename__ = "destination_template"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    content: Mapped[JsonObject]
    changed_by: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class Logo(Tenant, Base):
    """The logo of an org's pages; ``token`` names it in its address and changes with it."""

    __tablename__ = "logo"
    __table_args__ = (UniqueConstraint("org_id"),)

    id: Mapped[IdColumn]
    token: Mapped[str] = mapped_column(String(43), unique=True)
    media_type: Mapped[str] = mapped_column(String(32))
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PageDomain(Tenant, Base):
    """A domain of the org's own for its public pages; they answer there once it was opened.

    ``proof`` is what a TXT record of the domain has to say before.
    """

    __tablename__ = "page_domain"
    __table_args__ = (
        UniqueConstraint("org_id"),
        Index(
            "uq_page_domain_opened", "host", unique=True,
            sqlite_where=text("opened_at IS NOT NULL"),
            postgresql_where=text("opened_at IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[IdColumn]
    host: Mapped[str] = mapped_column(String(253), doc="Lower case, as the network spells it.")
    proof: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    opened_by: Mapped[str] = mapped_column(String(255), default="")
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Block(Tenant, Base):
    """One block of a Destination; ``content`` has the shape its kind asks for."""

    __tablename__ = "block"
    __table_args__ = (
        UniqueConstraint("org_id", "destination_id", "position"),
        tenant_reference("destination_id", "destination", ondelete="CASCADE"),
    )

    id: Mapped[IdColumn]
    destination_id: Mapped[UUID] = mapped_column(Uuid)
    position: Mapped[int]
    kind: Mapped[BlockKind] = mapped_column(enum_type(BlockKind, unknown=BlockKind.UNKNOWN))
    content: Mapped[JsonObject]


class Link(Tenant, Base):
    """A way to a Destination, for one person and channel, or for anybody (``person_id`` NULL).

    ``token`` is the unguessable last part of the address (over 128 bits, letters and digits).
    ``views`` counts visits that a person is thought to have made.
    """

    __tablename__ = "link"
    __table_args__ = (
        tenant_key(),
        UniqueConstraint("org_id", "destination_id", "person_id", "channel"),
        tenant_reference("destination_id", "destination", ondelete="CASCADE"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
    )

    id: Mapped[IdColumn]
    destination_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    first_name: Mapped[str] = mapped_column(
        String(255), default="", doc="What the page calls the person."
    )
    channel: Mapped[str] = mapped_column(String(32), default="direct")
    token: Mapped[str] = mapped_column(String(43), unique=True)
    created_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    views: Mapped[int] = mapped_column(default=0)
    last_viewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GatePass(TenantPart, Base):
    """Somebody opened the gate of a Destination; the browser's cookie names this row.

    ``email`` is what was typed, lower case; nobody verified it. ``agreed`` is the notice that stood
    beside it. Who ``objected`` to being known comes in as before, and is named to nobody.
    """

    __tablename__ = "gate_pass"
    __table_args__ = (
        tenant_reference("destination_id", "destination", ondelete="CASCADE"),
        tenant_reference("link_id", "link", ondelete="CASCADE"),
        Index(None, "org_id", "destination_id", "passed_at"),
        Index(None, "passed_at"),
    )

    id: Mapped[IdColumn]
    destination_id: Mapped[UUID] = mapped_column(Uuid)
    link_id: Mapped[UUID] = mapped_column(Uuid)
    email: Mapped[str] = mapped_column(String(320))
    agreed: Mapped[str] = mapped_column(Text)
    passed_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
    objected: Mapped[bool] = mapped_column(default=False, server_default=false())


class Viewer(Tenant, Base):
    """A known person who viewed a Destination; counts that stay quick however many visits."""

    __tablename__ = "viewer"
    __table_args__ = (
        UniqueConstraint("org_id", "destination_id", "person_id"),
        tenant_reference("destination_id", "destination", ondelete="CASCADE"),
        tenant_reference("person_id", "person", ondelete="CASCADE"),
    )

    id: Mapped[IdColumn]
    destination_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    views: Mapped[int] = mapped_column(default=0)
    last_viewed_at: Mapped[TimeColumn]
