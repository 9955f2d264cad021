"""Into the recycle bin, with all that belongs to a record; out of the way of what cannot go.

What goes along, what holds a record back and what lets go of it is said by the fields that point
at it: `cascades`, `restricts`, or neither.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from devorg import rows
from devorg.dml.last_activity import LastActivity
from devorg.dml.people import People
from devorg.dml.roles import name_primary
from devorg.errors import RowError
from devorg.rows import Record
from devorg.schema import Field, Schema, SObject

_CHUNK = 200
_NAMED = 5


class Deletion:
    """Deletes the rows of one batch."""

    def __init__(
        self, connection: sqlite3.Connection, schema: Schema, user_id: str, now: str
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._user_id = user_id
        self._now = now

    def held_back(self, sobject: SObject, record: Record) -> RowError | None:
        """Why a record cannot be deleted: something that restricts it is there."""
        for child, field in self._children(sobject):
            if not field.restricts:
                continue
            query = (
                f'SELECT Id FROM "{child.name}" WHERE "{field.name}" = ?'  # noqa: S608 - names of devorg's own tables
                f" AND IsDeleted = 0 ORDER BY Id LIMIT {_NAMED}"
            )
            found = [row[0] for row in self._connection.execute(query, (record["Id"],))]
            if found:
                message = (
                    f"Your attempt to delete {record.get('Name') or record['Id']} could not be"
                    f" completed because it is associated with the following"
                    f" {child.plural.lower()}.: {', '.join(found)}"
                )
                return RowError("DELETE_FAILED", message)
        return None

    def run(self, sobject: SObject, records: Sequence[Record]) -> None:
        """Delete live rows, and what goes with them."""
        if not records:
            return
        ids = [each["Id"] for each in records]
        if "IsDeleted" not in sobject.by_name:
            # Objects without a recycle bin: gone for good.
            rows.purge(self._connection, sobject, ids, self._now)
        else:
            self._mark(sobject, ids)
        if sobject.name in {"Task", "Event"}:
            roll_up = LastActivity(self._connection, self._schema, sobject.name, self._now)
            people = People(self._connection, self._schema, sobject)
            people.load(ids)
            for each in records:
                roll_up.note(each, {**each, "IsDeleted": True}, people.had(each["Id"]))
            roll_up.flush()
        if sobject.name == "OpportunityContactRole":
            of = [each["OpportunityId"] for each in records if each["IsPrimary"]]
            name_primary(self._connection, of, self._now)
        for child, field in self._children(sobject):
            if field.cascades:
                found = self._pointing(child, field, ids)
                self.run(child, found)
            elif field.updateable and field.nillable:
                self._let_go(child, field, ids)

    def restore(self, sobject: SObject, records: Sequence[Record]) -> int:
        """Take deleted rows out of the bin, with what went along at the same moment; how many."""
        if not records:
            return 0
        self._mark(sobject, [each["Id"] for each in records], deleted=False)
        if sobject.name in {"Task", "Event"}:
            roll_up = LastActivity(self._connection, self._schema, sobject.name, self._now)
            for each in records:
                roll_up.note(None, {**each, "IsDeleted": False})
            roll_up.flush()
        moments = {each["Id"]: each["SystemModstamp"] for each in records}
        count = len(records)
        for child, field in self._children(sobject):
            if field.cascades and "IsDeleted" in child.by_name:
                gone = [
                    each
                    for each in rows.by_values(self._connection, child, field.name, list(moments))
                    if each["IsDeleted"] and each["SystemModstamp"] == moments[each[field.name]]
                ]
                count += self.restore(child, gone)
        return count

    def _mark(self, sobject: SObject, ids: Sequence[str], *, deleted: bool = True) -> None:
        stamps: Record = {"IsDeleted": deleted}
        for name, value in (
            ("LastModifiedDate", self._now),
            ("LastModifiedById", self._user_id),
            ("SystemModstamp", self._now),
        ):
            if name in sobject.by_name:
                stamps[name] = value
        columns = ", ".join(f'"{name}" = ?' for name in stamps)
        self._connection.executemany(
            f'UPDATE "{sobject.name}" SET {columns} WHERE Id = ?',  # noqa: S608 - names of devorg's own tables
            [[*stamps.values(), each] for each in ids],
        )

    def _children(self, sobject: SObject) -> Iterator[tuple[SObject, Field]]:
        for child in self._schema.objects.values():
            for field in child.fields:
                if sobject.name in field.references and field.computed is None:
                    yield child, field

    def _pointing(self, child: SObject, field: Field, ids: Sequence[str]) -> list[Record]:
        found = rows.by_values(self._connection, child, field.name, ids)
        return [each for each in found if not each.get("IsDeleted")]

    def _let_go(self, child: SObject, field: Field, ids: Sequence[str]) -> None:
        for at in range(0, len(ids), _CHUNK):
            chunk = ids[at : at + _CHUNK]
            marks = ", ".join("?" * len(chunk))
            self._connection.execute(
                f'UPDATE "{child.name}" SET "{field.name}" = NULL'  # noqa: S608 - names of devorg's own tables
                f' WHERE "{field.name}" IN ({marks}) AND IsDeleted = 0',
                chunk,
            )
