"""The records that a batch of rows points at, read in a few queries."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from devorg import access
from devorg.errors import RowError
from devorg.rows import Record
from devorg.schema import Schema, SObject

_CHUNK = 200
# What the rules look at in a record that is pointed at.
_READ = ("AccountId", "IsConverted", "IsActive")


class References:
    """Looks up the targets of references, once per batch."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, user_id: str) -> None:
        self._connection = connection
        self._schema = schema
        self._user_id = user_id
        self._found: dict[str, Record] = {}
        self._seen: set[str] = set()

    def load(self, record_ids: Iterable[str]) -> None:
        """Read the records of these ids, where they exist."""
        wanted: dict[str, set[str]] = defaultdict(set)
        for record_id in record_ids:
            sobject = self._schema.object_of(record_id)
            if sobject is not None and record_id not in self._found:
                wanted[sobject.name].add(record_id)
        for name, some in wanted.items():
            ids = sorted(some)
            for at in range(0, len(ids), _CHUNK):
                self._read(self._schema.objects[name], ids[at : at + _CHUNK])

    def _read(self, sobject: SObject, ids: list[str]) -> None:
        names = {f"id{number}": each for number, each in enumerate(ids)}
        columns = "".join(f', t."{name}"' for name in _READ if name in sobject.by_name)
        marks = ", ".join(f":{name}" for name in names)
        query = (
            f"SELECT t.Id, t.IsDeleted{columns},"  # noqa: S608 - names of devorg's own tables
            f' {access.condition(sobject, "t")} AS seen FROM "{sobject.name}" AS t'
            f" WHERE t.Id IN ({marks})"
        )
        for row in self._connection.execute(query, {**names, "user": self._user_id}):
            record = dict(row)
            if record.pop("seen"):
                self._seen.add(record["Id"])
            self._found[record["Id"]] = record

    def get(self, record_id: str | None) -> Record:
        """The record of an id that was loaded; empty if there is none."""
        return self._found.get(record_id or "", {})

    def check(self, sobject: SObject, changed: Record, api_names: dict[str, str]) -> None:
        """Refuse references to what is missing, deleted or hidden. Raises RowError."""
        for name, record_id in changed.items():
            if record_id and sobject.by_name[name].references:
                self.check_one(record_id, api_names.get(name, name))

    def check_one(self, record_id: str, name: str) -> None:
        """Refuse one reference, made in the field of that name. Raises RowError."""
        target = self._found.get(record_id)
        if target is None:
            raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [name])
        if target["IsDeleted"]:
            raise RowError("ENTITY_IS_DELETED", "entity is deleted", [name])
        if name == "OwnerId" and target.get("IsActive") == 0:
            message = f"operation performed with inactive user [{record_id[:15]}] as owner"
            raise RowError("INACTIVE_OWNER_OR_USER", message, [name])
        if record_id not in self._seen:
            message = f"insufficient access rights on cross-reference id: {record_id[:15]}"
            raise RowError("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message, [name])
