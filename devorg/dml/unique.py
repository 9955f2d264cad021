"""Unique fields: a value may stand in one row of the object, the recycle bin included."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from devorg import rows
from devorg.dml.drafts import Draft
from devorg.errors import RowError
from devorg.names import Names
from devorg.rows import Record
from devorg.schema import SObject


class Uniques:
    """Who holds which value of the unique fields, for the values of one batch."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        names: Names,
        sobject: SObject,
        drafts: Sequence[Draft],
    ) -> None:
        self._names = names
        self._fields = [each for each in sobject.fields if each.unique]
        self._holders: dict[tuple[str, str], str] = {}
        for field in self._fields:
            values = [d.values[field.name] for d in drafts if d.values.get(field.name)]
            for record in rows.by_values(connection, sobject, field.name, values):
                self._holders[field.name, record[field.name]] = record["Id"]

    def check(self, record: Record, record_id: str | None) -> None:
        """Refuse a value that another row holds, naming that row. Raises RowError."""
        for field in self._fields:
            holder = self._holders.get((field.name, record.get(field.name) or ""))
            if holder is not None and holder != record_id:
                name = self._names.api(field.name)
                message = (
                    f"duplicate value found: {name} duplicates value on record with id: {holder}"
                )
                raise RowError("DUPLICATE_VALUE", message, [name])

    def add(self, record: Record) -> None:
        """A row of this batch that was accepted holds its values from now on."""
        for field in self._fields:
            if record.get(field.name):
                self._holders[field.name, record[field.name]] = record["Id"]
