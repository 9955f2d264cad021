"""Which rows of an upsert are new, which change a record, and which are refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from devorg import ids, rows
from devorg.dml.reach import reachable
from devorg.errors import RowError
from devorg.schema import Field, SObject


class UpsertPlan:
    """`new` has positions, `old` positions with the id found, `refused` positions with why."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        sobject: SObject,
        key: Field,
        api_name: str,
        payloads: Sequence[Mapping[str, Any]],
        user_id: str,
    ) -> None:
        self.new: list[int] = []
        self.old: list[tuple[int, str]] = []
        self.refused: dict[int, RowError] = {}
        self._key, self._api_name = key, api_name
        keys = [self._value(payload) for payload in payloads]
        self._live: dict[str, list[str]] = {}
        found = rows.by_values(connection, sobject, key.name, filter(None, keys))
        seen = reachable(connection, user_id, sobject, [each["Id"] for each in found])
        for record in found:
            # A row in the recycle bin, or one that the user cannot reach, is not found, though its
            # key is still taken.
            if not record["IsDeleted"] and record["Id"] in seen:
                self._live.setdefault(self._folded(record[key.name]), []).append(record["Id"])
        taken: set[str] = set()
        for at, value in enumerate(keys):
            self._place(at, value, taken)

    def _place(self, at: int, value: str | None, taken: set[str]) -> None:
        if value is None:
            self._without_key(at)
            return
        folded = self._folded(value)
        found = self._live.get(folded, [])
        if folded in taken:
            self._refuse(at, "DUPLICATE_VALUE", f"Duplicate external id specified: {value}")
        elif len(found) > 1:
            message = f"{self._api_name}: more than one record found for external id field: {found}"
            self._refuse(at, "DUPLICATE_EXTERNAL_ID", message)
        elif found:
            self.old.append((at, found[0]))
        elif self._key.name == "Id":
            self._refuse(at, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        else:
            self.new.append(at)
        taken.add(folded)

    def _without_key(self, at: int) -> None:
        """An Id of null asks for a new row; any other key must be there."""
        if self._key.name == "Id":
            self.new.append(at)
        else:
            self._refuse(at, "MISSING_ARGUMENT", f"{self._api_name} not specified")

    def _refuse(self, at: int, code: str, message: str) -> None:
        self.refused[at] = RowError(code, message, [self._api_name])

    def _value(self, payload: Mapping[str, Any]) -> str | None:
        given = {name.lower(): value for name, value in payload.items()}
        value = given.get(self._api_name.lower())
        text = "" if value is None else str(value).strip()
        return (ids.to_18(text) or text) if text and self._key.name == "Id" else text or None

    def _folded(self, value: str) -> str:
        """Keys are compared as the field is: with regard to case, or without."""
        exact = self._key.case_sensitive or self._key.type == "id"
        return value if exact else value.lower()
