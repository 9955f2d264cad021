"""Reading and writing plain rows: dictionaries by bare field name, no rule applied."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from devorg import ids
from devorg.schema import Field, SObject

Record = dict[str, Any]
# SQLite allows many more parameters; this keeps statements few and cached.
_CHUNK = 200
_DECODED = frozenset({"boolean", "address"})


def record_of(sobject: SObject, row: sqlite3.Row) -> Record:
    """A stored row as a record, booleans as booleans."""
    record = dict(row)
    for field in sobject.fields:
        if field.type in _DECODED and field.name in record:
            empty = False if field.type == "boolean" else None
            record[field.name] = shown(field, record[field.name] or empty)
    return record


def shown(field: Field, value: Any) -> Any:
    """A stored value as clients get it: booleans as booleans, addresses as objects."""
    if value is None or field.type not in _DECODED:
        return value
    return json.loads(value) if field.type == "address" else bool(value)


def make_ids(connection: sqlite3.Connection, sobject: SObject, count: int) -> list[str]:
    """The next `count` ids of an object."""
    row = connection.execute(
        "INSERT INTO counter (prefix, used) VALUES (:prefix, :count)"
        " ON CONFLICT (prefix) DO UPDATE SET used = used + :count RETURNING used",
        {"prefix": sobject.prefix, "count": count},
    ).fetchone()
    last = int(row["used"])
    return [ids.make(sobject.prefix, number) for number in range(last - count + 1, last + 1)]


def insert(connection: sqlite3.Connection, sobject: SObject, records: Sequence[Record]) -> None:
    """Add complete records; fields left out are null, or false."""
    if not records:
        return
    used = set().union(*records)
    blank = {field.name: False for field in sobject.stored if field.type == "boolean"}
    # Columns that no record fills are null, or false, by themselves.
    names = [field.name for field in sobject.stored if field.name in used]
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    connection.executemany(
        f'INSERT INTO "{sobject.name}" ({columns}) VALUES ({marks})',  # noqa: S608 - names of devorg's own tables
        [[record.get(name, blank.get(name)) for name in names] for record in records],
    )


def update(
    connection: sqlite3.Connection, sobject: SObject, record_id: str, changes: Record
) -> None:
    """Set some fields of one record."""
    changes = {name: value for name, value in changes.items() if name not in sobject.computed}
    columns = ", ".join(f'"{name}" = ?' for name in changes)
    connection.execute(
        f'UPDATE "{sobject.name}" SET {columns} WHERE Id = ?',  # noqa: S608 - names of devorg's own tables
        [*changes.values(), record_id],
    )


def purge(
    connection: sqlite3.Connection, sobject: SObject, record_ids: Sequence[str], moment: str
) -> None:
    """Remove records for good; that they were there is remembered."""
    connection.executemany(
        "INSERT OR REPLACE INTO purged (sobject, moment, record_id) VALUES (?, ?, ?)",
        [[sobject.name, moment, each] for each in record_ids],
    )
    connection.executemany(
        f'DELETE FROM "{sobject.name}" WHERE Id = ?',  # noqa: S608 - names of devorg's own tables
        [[each] for each in record_ids],
    )


def by_values(
    connection: sqlite3.Connection, sobject: SObject, field: str, values: Iterable[Any]
) -> list[Record]:
    """All records, deleted ones too, whose field has one of the values; by Id."""
    wanted = list(dict.fromkeys(values))
    found: list[Record] = []
    for at in range(0, len(wanted), _CHUNK):
        chunk = wanted[at : at + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        query = f'SELECT * FROM "{sobject.name}" WHERE "{field}" IN ({marks}) ORDER BY Id'  # noqa: S608 - names of devorg's own tables
        found += [record_of(sobject, row) for row in connection.execute(query, chunk)]
    return found


def by_id(connection: sqlite3.Connection, sobject: SObject, record_id: str) -> Record | None:
    """One record, deleted or not."""
    found = by_values(connection, sobject, "Id", [record_id])
    return found[0] if found else None


def everything(connection: sqlite3.Connection, sobject: SObject) -> list[Record]:
    """All records in the order they were made, deleted ones too."""
    rows = connection.execute(f'SELECT * FROM "{sobject.name}" ORDER BY rowid')  # noqa: S608 - names of devorg's own tables
    return [record_of(sobject, row) for row in rows]


def stamped(user_id: str, moment: str, record: Mapping[str, Any]) -> Record:
    """A new record with its system fields: made and last changed then, by that user."""
    return {
        "IsDeleted": False,
        "CreatedDate": moment,
        "CreatedById": user_id,
        "LastModifiedDate": moment,
        "LastModifiedById": user_id,
        "SystemModstamp": moment,
        **record,
    }
