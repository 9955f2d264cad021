"""Reads of the pages: always as one user, so that nothing hidden gets into a page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from devorg import access, rows
from devorg.org import Org
from devorg.rows import Record
from devorg.schema import SObject
from devorg.users import User

# Counting further would read a large table to its end, for a number that nobody needs.
MOST_COUNTED: Final = 2000
# Of larger tables, a search without an index looks at so many of the newest rows.
WINDOW: Final = 20_000


@dataclass(frozen=True, slots=True)
class Named:
    """A record by its name; without `href` it has no page."""

    name: str
    href: str | None


class Reader:
    """The store as one user sees it, inside one transaction."""

    def __init__(self, connection: sqlite3.Connection, org: Org, user: User) -> None:
        self._org = org
        self.schema = org.schema
        self.connection = connection
        self.user = user
        self.now = org.clock.now()
        self._hidden_fields = org.rights.hidden_fields(connection, user)

    def sobject(self, name: str) -> SObject:
        """The object of this name, with what was added to it."""
        return self.schema.objects[name]

    def may_read(self, sobject: SObject) -> bool:
        """True if the user may read rows of the object, sharing aside."""
        return self._org.rights.may(self.user, sobject, "read")

    def exists(self, sobject: SObject, record_id: str) -> bool:
        """True for a record that is not deleted, whoever may see it."""
        record = rows.by_id(self.connection, sobject, record_id)
        return record is not None and not record["IsDeleted"]

    def may_see(self, sobject: SObject, record_id: str) -> bool:
        """True if the record exists and the user may see it."""
        return self.may_read(sobject) and access.is_visible(
            self.connection, self.user.id, sobject, record_id
        )

    def shows(self, sobject: SObject, name: str) -> bool:
        """True if the object has this field and the user may see it."""
        return name in sobject.by_name and (sobject.name, name) not in self._hidden_fields

    def record(self, sobject: SObject, record_id: str) -> Record | None:
        """One record without the fields hidden from the user; None if it is hidden itself."""
        found = self.select(sobject, "t.Id = :id", {"id": record_id}, limit=1)
        return found[0] if found else None

    def select(
        self,
        sobject: SObject,
        where: str = "1",
        values: Mapping[str, Any] | None = None,
        *,
        order: str = "t.Id",
        limit: int,
        offset: int = 0,
    ) -> list[Record]:
        """Records the user may see; `where` and `order` are SQL over the alias `t`."""
        query = f"SELECT t.* {self._from(sobject, where)} ORDER BY {order} LIMIT :limit OFFSET :at"
        bound = {**(values or {}), "user": self.user.id, "limit": limit, "at": offset}
        return [
            self._without_hidden(sobject, rows.record_of(sobject, row))
            for row in self.connection.execute(query, bound)
        ]

    def count(
        self, sobject: SObject, where: str = "1", values: Mapping[str, Any] | None = None
    ) -> int:
        """How many records `select` would find without its limit, up to MOST_COUNTED + 1."""
        inner = f"SELECT 1 {self._from(sobject, where)} LIMIT {MOST_COUNTED + 1}"
        bound = {**(values or {}), "user": self.user.id}
        query = f"SELECT COUNT(*) FROM ({inner})"  # noqa: S608 - names of devorg's own tables
        return int(self.connection.execute(query, bound).fetchone()[0])

    def is_large(self, sobject: SObject) -> bool:
        """True for tables that no page may read from end to end."""
        return sobject.view is None and self._last(sobject) > WINDOW

    def _last(self, sobject: SObject) -> int:
        query = f'SELECT MAX(rowid) FROM "{sobject.name}"'  # noqa: S608 - names of devorg's own tables
        return int(self.connection.execute(query).fetchone()[0] or 0)

    def newest(self, sobject: SObject, table: str = "t") -> str:
        """SQL that is true for the newest rows of a table, all of them unless it is large."""
        return f"{table}.rowid > {self._last(sobject) - WINDOW}"

    def names(self, record_ids: Iterable[str | None]) -> dict[str, Named]:
        """Names of those of the records that the user may see."""
        by_object: dict[str, tuple[SObject, set[str]]] = {}
        for record_id in record_ids:
            sobject = self.schema.object_of(record_id) if record_id else None
            if record_id and sobject and name_field(sobject):
                by_object.setdefault(sobject.name, (sobject, set()))[1].add(record_id)
        found: dict[str, Named] = {}
        for sobject, wanted in by_object.values():
            seen = access.visible_ids(self.connection, self.user.id, sobject, wanted)
            records = rows.by_values(self.connection, sobject, "Id", seen)
            found |= {
                record["Id"]: Named(name_of(sobject, record), path_of(sobject, record["Id"]))
                for record in records
            }
        return found

    def _from(self, sobject: SObject, where: str) -> str:
        sobject = self.sobject(sobject.name)
        allowed = access.condition(sobject, "t") if self.may_read(sobject) else "0"
        table = f'"{sobject.view or sobject.name}" AS t'
        return f"FROM {table} WHERE t.IsDeleted = 0 AND ({where}) AND {allowed}"

    def _without_hidden(self, sobject: SObject, record: Record) -> Record:
        return {
            name: value
            for name, value in record.items()
            if (sobject.name, name) not in self._hidden_fields
        }


def name_field(sobject: SObject) -> str | None:
    """The field by which people call the object's records."""
    for field in sobject.fields:
        if field.name_field:
            return field.name
    return next((each for each in ("Name", "Subject") if each in sobject.by_name), None)


def name_of(sobject: SObject, record: Record) -> str:
    """What people call a record."""
    name = record.get(name_field(sobject) or "")
    return str(name or record["Id"])


def path_of(sobject: SObject, record_id: str) -> str | None:
    """The page of a record, or None for objects that have none."""
    return f"/lightning/r/{sobject.name}/{record_id}/view" if has_pages(sobject) else None


def has_pages(sobject: SObject) -> bool:
    """True for objects whose records people look at, which those of the set-up are not."""
    return bool(sobject.prefix) and (sobject.sharing != "all" or sobject.name == "User")
