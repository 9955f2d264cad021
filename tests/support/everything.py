"""A row in every table of orgs, made from the schema: a table that is added has one too."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    insert,
)
from sqlalchemy.types import TypeDecorator

from app.db import Database
from app.db.types import LenientEnum
from app.db.whole import is_secret, tables_of_orgs

#: Stands in every column of text that holds a secret.
SECRET = "sesame"
#: One of these columns is set, the others stay empty (``one_target``).
_EITHER = {("record_link", "company_id"), ("record_link", "opportunity_id")}
_numbers = itertools.count(1)


def fill(database: Database, org_id: UUID) -> None:
    """Write them; keys lead to the rows written before."""
    made: dict[tuple[str, str], Any] = {("org", "id"): org_id}
    with database.system_writing() as session:
        for table in tables_of_orgs():
            row = dict(_values(table, made, org_id))
            result = session.connection().execute(insert(table).values(row))
            for column, value in zip(
                table.primary_key.columns, result.inserted_primary_key or (), strict=True
            ):
                row[column.name] = value
            made |= {(table.name, name): value for name, value in row.items()}


def _values(
    table: Table, made: dict[tuple[str, str], Any], org_id: UUID
) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        if column.name == "org_id":
            yield column.name, org_id
        elif (table.name, column.name) in _EITHER or column.autoincrement is True:
            continue
        elif targets := [key.column for key in column.foreign_keys if key.column.name != "org_id"]:
            yield column.name, made.get((targets[0].table.name, targets[0].name))
        else:
            yield column.name, _value(column)


def _value(column: Column[Any]) -> Any:
    if isinstance(column.type, LenientEnum):
        return next(iter(column.type.values))
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    number = next(_numbers)
    match kind:
        case Uuid():
            return uuid4()
        case Boolean():
            return True
        case Integer() | Float():
            return number
        case DateTime():
            return datetime(2026, 11, 1, tzinfo=UTC)
        case Date():
            return date(2026, 11, 1)
        case LargeBinary():
            return f"{SECRET if is_secret(column) else 'v'}{number}".encode()
        case JSON():
            return {"value": SECRET if is_secret(column) else "x", "address": "192.0.2.1"}
        case Enum():
            return next(iter(kind.enum_class or []))
        case _:
            text = f"{SECRET if is_secret(column) else 'v'}{number}"
            return text[: getattr(kind, "length", None) or 80]
