"""The SQLite tables of a schema: columns, computed ones too, indexes, auto-numbers."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from devorg.schema.fields import Field, SObject
from devorg.schema.schema import Schema

# What Salesforce itself keeps an index of, beside ids, lookups and external ids.
_INDEXED = frozenset({"SystemModstamp", "CreatedDate", "ActivityDate", "Name", "Email"})
_EXACT = frozenset({"id", "reference", "date", "datetime", "time", "address"})
_WHOLE = frozenset({"boolean", "int"})
_NUMBERS = frozenset({"double", "currency", "percent"})
_FORMAT = re.compile(r"\{(0+)\}")
_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS "{counter}" AFTER INSERT ON "{table}" WHEN NEW."{column}" IS NULL
BEGIN
  INSERT INTO counter (prefix, used) VALUES ('{counter}', 1)
    ON CONFLICT (prefix) DO UPDATE SET used = used + 1;
  UPDATE "{table}" SET "{column}" = {number} WHERE Id = NEW.Id;
END
"""


def shape(connection: sqlite3.Connection, schema: Schema) -> None:
    """Make the tables those of the schema; what is gone from it stays, unread."""
    for sobject in schema.objects.values():
        if sobject.view is None:
            _shape_table(connection, sobject)


def drop_rest(connection: sqlite3.Connection, schema: Schema) -> None:
    """Take away the custom tables and columns that the schema does not have."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%\\_\\_c' ESCAPE '\\'"
    )
    for (name,) in connection.execute(query).fetchall():
        if name not in schema.objects:
            connection.execute(f'DROP TABLE "{name}"')
    for sobject in schema.objects.values():
        kept = {*sobject.by_name, "IsDeleted"}
        # Computed columns come last in the list and go first: they lean on the others.
        for name in reversed(_column_names(connection, sobject)):
            if name in kept:
                continue
            connection.execute(f'DROP TRIGGER IF EXISTS "{sobject.name}.{name}"')
            connection.execute(f'DROP INDEX IF EXISTS "{sobject.name}_{name}"')
            connection.execute(f'ALTER TABLE "{sobject.name}" DROP COLUMN "{name}"')


def drop_indexes(connection: sqlite3.Connection, sobject: SObject) -> None:
    """Take away an object's indexes, but those that keep values unique; `shape` makes them anew."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?"
        " AND sql NOT LIKE 'CREATE UNIQUE%'"
    )
    for (name,) in connection.execute(query, (sobject.name,)).fetchall():
        connection.execute(f'DROP INDEX "{name}"')


def _column_names(connection: sqlite3.Connection, sobject: SObject) -> list[str]:
    """The columns of an object's table, computed ones last."""
    if sobject.view is not None:
        return []
    query = f'PRAGMA table_xinfo("{sobject.name}")'
    found = sorted(connection.execute(query), key=lambda row: (row["hidden"], row["cid"]))
    return [row["name"] for row in found]


def _shape_table(connection: sqlite3.Connection, sobject: SObject) -> None:
    there = _column_names(connection, sobject)
    columns = list(_columns(sobject))
    if not there:
        text = ", ".join(column for _, column in columns)
        connection.execute(f'CREATE TABLE "{sobject.name}" ({text})')
    for name, column in columns if there else ():
        if name not in there:
            connection.execute(f'ALTER TABLE "{sobject.name}" ADD COLUMN {column}')
    for statement in (*_indexes(sobject), *_numbering(sobject)):
        connection.execute(statement)


def _columns(sobject: SObject) -> Iterator[tuple[str, str]]:
    for field in sobject.fields:
        yield field.name, _column(field)
    if "IsDeleted" not in sobject.by_name:
        # Objects without a recycle bin: for devorg's own queries, which all ask for it.
        yield "IsDeleted", '"IsDeleted" INTEGER DEFAULT 0'


def _column(field: Field) -> str:
    name = f'"{field.name}"'
    if field.computed is not None:
        return f"{name} {_affinity(field)} GENERATED ALWAYS AS ({field.computed}) VIRTUAL"
    if field.name == "Id":
        return f"{name} TEXT PRIMARY KEY"
    return f"{name} {_affinity(field)}" + (" DEFAULT 0" if field.type == "boolean" else "")


def _affinity(field: Field) -> str:
    if field.type in _WHOLE:
        return "INTEGER"
    if field.type in _NUMBERS:
        return "REAL"
    # SOQL compares text without regard to case, but ids and case-sensitive keys exactly.
    exact = field.type in _EXACT or field.case_sensitive
    return "TEXT" if exact else "TEXT COLLATE NOCASE"


def _indexes(sobject: SObject) -> Iterator[str]:
    for field in sobject.fields:
        index = f'"{sobject.name}_{field.name}" ON "{sobject.name}" ("{field.name}")'
        if field.unique:
            # Live and deleted rows alike: a key in the recycle bin is still taken.
            yield f"CREATE UNIQUE INDEX IF NOT EXISTS {index}"
        elif _indexed(field):
            # Rows without a value cost nothing; a search for null reads the table anyway.
            yield f'CREATE INDEX IF NOT EXISTS {index} WHERE "{field.name}" IS NOT NULL'
        elif field.name in _INDEXED and field.computed is None:
            yield f"CREATE INDEX IF NOT EXISTS {index}"


def _indexed(field: Field) -> bool:
    lookup = bool(field.references) and "User" not in field.references
    return lookup or field.external_id or field.type == "email"


def _numbering(sobject: SObject) -> Iterator[str]:
    """Auto-numbers: a trigger gives every new row the next one, however it is written."""
    for field in sobject.fields:
        if field.auto_number is None:
            continue
        counter = f"{sobject.name}.{field.name}"
        match = _FORMAT.search(field.auto_number)
        width = len(match.group(1)) if match else 1
        before, after = _FORMAT.split(field.auto_number)[::2] if match else (field.auto_number, "")
        used = f"(SELECT used FROM counter WHERE prefix = '{counter}')"  # noqa: S608 - names of devorg's own tables
        number = f"'{_quoted(before)}' || printf('%0{width}d', {used}) || '{_quoted(after)}'"
        yield _TRIGGER.format(counter=counter, table=sobject.name, column=field.name, number=number)


def _quoted(text: str) -> str:
    return text.replace("'", "''")
