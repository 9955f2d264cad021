"""Unique fields: a value may stand in one row of the object, the recycle bin included."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from devorg import rows
from devorg.dml.drafts import Draft
from devorg.errors import RowError
from devorg.names import Names
from devorg.rows import Record
from devorg.schema import Field, SObject


class Uniques:
    """Who holds which value of the unique fields, for the values of one batch."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        names: Names,
        sobject: SObject,
        drafts: Sequence[Draft],
    ) -> None:
        self._connection = connection
        self._names = names
        self._sobject = sobject
        self._fields = [each for each in sobject.fields if each.unique and not each.auto_number]
        self._holders: dict[tuple[str, str], str] = {}
        self._known: set[tuple[str, str]] = set()
        for field in self._fields:
            values = [d.values[field.name] for d in drafts if d.values.get(field.name)]
            self._load(field, values)

    def check(self, record: Record, before: Record | None) -> None:
        """Refuse values that other rows hold, naming those rows. Raises RowError."""
        taken = []
        for field in self._fields:
            value = record.get(field.name)
            if not value or (before and before.get(field.name) == value):
                continue
            if _key(field, value) not in self._known:
                # Automation has put it there.
                self._load(field, [value])
            holder = self._holders.get(_key(field, value))
            if holder is not None and (before is None or holder != before["Id"]):
                name = self._names.api(field)
                taken.append(f"{name} duplicates value on record with id: {holder[:15]}")
        if taken:
            raise RowError("DUPLICATE_VALUE", f"duplicate value found: {', '.join(taken)}")

    def add(self, record: Record, before: Record | None = None) -> None:
        """A row of this batch that was accepted holds its values from now on, and lets go of
        those that it had.
        """
        for field in self._fields:
            old = before.get(field.name) if before else None
            if old and self._holders.get(_key(field, old)) == record["Id"]:
                del self._holders[_key(field, old)]
            if record.get(field.name):
                self._holders[_key(field, record[field.name])] = record["Id"]

    def _load(self, field: Field, values: Sequence[str]) -> None:
        self._known |= {_key(field, value) for value in values}
        for record in rows.by_values(self._connection, self._sobject, field.name, values):
            self._holders[_key(field, record[field.name])] = record["Id"]


def _key(field: Field, value: object) -> tuple[str, str]:
    """Values are compared as the field is: with regard to case, or without."""
    return field.name, str(value) if field.case_sensitive else str(value).lower()
