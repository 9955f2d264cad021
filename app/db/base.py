"""The declarative base, and the marks by which a model belongs to an org."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all models; constraints are named, so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMING)


class Tenant:
    """Mixin of every table whose rows belong to one org.

    A tenant session adds ``org_id = …`` to each ORM statement on it and stamps new rows.
    Keys between tenant tables are pairs (org_id, …): see ``tenant_key`` and ``tenant_reference``.
    """

    org_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("org.id", ondelete="CASCADE"), nullable=False
    )


class TenantPart(Tenant):
    """Mixin of tables whose rows go with a parent of theirs: its key names the org already.

    Without a key of their own to the org, writing them locks the org's row once less.
    """

    org_id: Mapped[UUID] = mapped_column(Uuid, nullable=False)


class TenantRoot:
    """Mixin of the org table itself: a tenant session sees the one row of its org."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)


def tenant_key() -> UniqueConstraint:
    """UNIQUE (org_id, id): what keys of other tenant tables point to."""
    return UniqueConstraint("org_id", "id")


def tenant_reference(
    column: str, target: str, *, ondelete: str | None = None, **options: Any
) -> ForeignKeyConstraint:
    """FOREIGN KEY (org_id, column) to (org_id, id) of the target table."""
    return ForeignKeyConstraint(
        ["org_id", column],
        [f"{target}.org_id", f"{target}.id"],
        ondelete=ondelete,
        **options,
    )
