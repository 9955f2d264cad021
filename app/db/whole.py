"""All that belongs to one org, table by table: by the schema itself, so that none is forgotten.

What the tenant session does for each statement of the application is done here for all tables at
once: every statement names the org.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Column, CursorResult, LargeBinary, Table, delete, literal, select, tuple_

from app.db.base import Base
from app.db.session import SystemSession

#: A table with rows of orgs; whoever names it works with the functions below alone.
OrgTable = Table
_ORG_ID = "org_id"
#: What opens something, or is of use only to whoever checks it: it leaves the house in no file.
_SECRET_NAMES = frozenset({"token", "mac", "password", "verifier"})
_SECRET_BEGINNINGS, _SECRET_ENDS = ("sealed_", "secret_"), ("digest", "_token", "_secret", "_hash")


@cache
def tables_of_orgs() -> tuple[Table, ...]:
    """Tables with rows of orgs, each after those that it points to; the org itself is none."""
    return tuple(table for table in Base.metadata.sorted_tables if _ORG_ID in table.columns)


def is_secret(column: Column[Any]) -> bool:
    """Whether a column holds what opens something: sealed, a digest, or bytes that nobody reads."""
    name = column.name
    return (
        isinstance(column.type, LargeBinary)
        or name in _SECRET_NAMES
        or name.startswith(_SECRET_BEGINNINGS)
        or name.endswith(_SECRET_ENDS)
    )


def rows_of_org(
    session: SystemSession, table: Table, org_id: UUID, after: Sequence[Any], limit: int
) -> Sequence[dict[str, Any]]:
    """Rows of the org in the order of their key, those ``after`` a key (empty: from the first)."""
    key = list(table.primary_key.columns)
    wanted = select(table).where(table.columns[_ORG_ID] == org_id).order_by(*key).limit(limit)
    if after:
        values = [literal(value, column.type) for value, column in zip(after, key, strict=True)]
        wanted = wanted.where(tuple_(*key) > tuple_(*values))
    return [dict(row) for row in session.execute(wanted).mappings()]


def root_of(session: SystemSession, org_id: UUID) -> dict[str, Any]:
    """The org's own row."""
    table = Base.metadata.tables["org"]
    found = session.execute(select(table).where(table.columns["id"] == org_id))
    return dict(found.mappings().one())


def key_of(table: Table, row: dict[str, Any]) -> list[Any]:
    """What ``rows_of_org`` goes on after."""
    return [row[column.name] for column in table.primary_key.columns]


def delete_some(session: SystemSession, table: Table, org_id: UUID, limit: int) -> int:
    """Delete at most so many rows of the org; how many."""
    key = list(table.primary_key.columns)
    chosen = select(*key).where(table.columns[_ORG_ID] == org_id).limit(limit)
    doomed = key[0].in_(chosen) if len(key) == 1 else tuple_(*key).in_(chosen)
    result = session.execute(delete(table).where(table.columns[_ORG_ID] == org_id, doomed))
    assert isinstance(result, CursorResult)  # noqa: S101  # what a DELETE gives
    return result.rowcount
