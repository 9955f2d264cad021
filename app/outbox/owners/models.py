"""Tables of owners: who stands for whom, and the users of an org as they were last read."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utcnow
from app.db import Base, IdColumn, SalesforceId, Tenant, TimeColumn


class OwnerMapping(Tenant, Base):
    """Activities of one identity are assigned to this user of the org.

    ``identity``: an e-mail address or id of a user of the vendor's product, as events name it; or
    the id of a user of the org (18), whose activities go to another.
    """

    __tablename__ = "owner_mapping"
    __table_args__ = (UniqueConstraint("org_id", "identity"),)

    id: Mapped[IdColumn]
    identity: Mapped[str] = mapped_column(String(320))
    owner: Mapped[SalesforceId] = mapped_column(doc="Id of the user who is Assigned To.")
    mapped_by: Mapped[str] = mapped_column(String(255))
    mapped_at: Mapped[TimeColumn] = mapped_column(default=utcnow)


class OwnerUser(Tenant, Base):
    """A user of the org, as last read, or as Salesforce refused one as an owner.

    ``is_active`` is False for those who cannot be Assigned To: inactive, or of a kind that owns
    nothing.
    """

    __tablename__ = "owner_user"
    __table_args__ = (UniqueConstraint("org_id", "salesforce_id"),)

    id: Mapped[IdColumn]
    salesforce_id: Mapped[SalesforceId]
    name: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(320), default="", doc="In lower case.")
    is_active: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[TimeColumn] = mapped_column(default=utcnow)
