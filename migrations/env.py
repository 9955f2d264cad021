"""Alembic's way in: runs on a connection that the application opened."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

import app.models
from app.db import JsonType, UtcDateTime


def render_type(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Write our column types in SQLAlchemy's own words, so that old migrations outlive them."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    if item is JsonType or isinstance(item, sa.JSON):
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=app.models.Base.metadata,
    render_as_batch=True,
    render_item=render_type,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
