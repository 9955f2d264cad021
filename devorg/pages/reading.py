"""Reads of the pages: always as one user, so that nothing hidden gets into a page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from devorg import access, rows
from devorg.pages.layouts import LAYOUTS
from devorg.rows import Record
from devorg.schema import STANDARD, Schema, SObject


class Reader:
    """The store as one user sees it, inside one transaction."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, user_id: str) -> None:
        self._schema = schema
        self.connection = connection
        self.user_id = user_id
        self._hidden_fields = access.hidden_fields(connection, user_id)

    def exists(self, sobject: SObject, record_id: str) -> bool:
        """True for a record that is not deleted, whoever may see it."""
        record = rows.by_id(self.connection, sobject, record_id)
        return record is not None and not record["IsDeleted"]

    def may_see(self, sobject: SObject, record_id: str) -> bool:
        """True if the record exists and the user may see it."""
        return access.is_visible(self.connection, self.user_id, sobject, record_id)

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
    ) -> list[Record]:
        """Records the user may see; `where` and `order` are SQL over the alias `t`."""
        query = f"SELECT t.* {self._from(sobject, where)} ORDER BY {order} LIMIT :limit"
        bound = {**(values or {}), "user": self.user_id, "limit": limit}
        return [
            self._without_hidden(sobject, rows.record_of(sobject, row))
            for row in self.connection.execute(query, bound)
        ]

    def count(
        self, sobject: SObject, where: str = "1", values: Mapping[str, Any] | None = None
    ) -> int:
        """How many records `select` would find without its limit."""
        query = f"SELECT COUNT(*) {self._from(sobject, where)}"
        bound = {**(values or {}), "user": self.user_id}
        return int(self.connection.execute(query, bound).fetchone()[0])

    def names(self, record_ids: Iterable[str | None]) -> dict[str, str]:
        """Names of those of the records that the user may see."""
        by_object: dict[str, tuple[SObject, set[str]]] = {}
        for record_id in record_ids:
            sobject = self._schema.object_of(record_id) if record_id else None
            if record_id and sobject and "Name" in sobject.by_name:
                by_object.setdefault(sobject.name, (sobject, set()))[1].add(record_id)
        found: dict[str, str] = {}
        for sobject, wanted in by_object.values():
            seen = access.visible_ids(self.connection, self.user_id, sobject, wanted)
            records = rows.by_values(self.connection, sobject, "Id", seen)
            found |= {record["Id"]: record["Name"] for record in records}
        return found

    def _from(self, sobject: SObject, where: str) -> str:
        sobject = self._schema.objects[sobject.name]
        return (
            f'FROM "{sobject.name}" AS t WHERE t.IsDeleted = 0'
            f" AND ({where}) AND {access.condition(sobject, 't')}"
        )

    def _without_hidden(self, sobject: SObject, record: Record) -> Record:
        return {
            name: value
            for name, value in record.items()
            if (sobject.name, name) not in self._hidden_fields
        }


def path_of(record_id: str) -> str | None:
    """The page of a record, or None for objects that have none."""
    sobject = STANDARD.object_of(record_id)
    if sobject is None or sobject.name not in LAYOUTS:
        return None
    return f"/lightning/r/{sobject.name}/{record_id}/view"
