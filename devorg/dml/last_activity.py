"""`LastActivityDate`: the latest due date of events and closed tasks, on the people, the account
and the record that they are about.

Source: the public object reference of Account, Contact, Lead and Opportunity.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from devorg.rows import Record
from devorg.schema import Schema

# How the activities of an object's rows are found.
_COLUMNS = {
    "Account": ("AccountId", "WhatId"),
    "Contact": ("WhoId",),
    "Lead": ("WhoId",),
    "Opportunity": ("WhatId",),
    "Campaign": ("WhatId",),
}
_COUNTED = {"Task": "IsDeleted = 0 AND IsClosed = 1", "Event": "IsDeleted = 0"}
_RELATION = {"Task": ("TaskRelation", "TaskId"), "Event": ("EventRelation", "EventId")}


class LastActivity:
    """The parents of the activities of one batch, moved once at its end."""

    def __init__(
        self, connection: sqlite3.Connection, schema: Schema, activity: str, now: str
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._activity = activity
        self._now = now
        self._raised: dict[str, str] = {}
        self._lowered: set[str] = set()

    def note(
        self,
        before: Record | None,
        after: Record | None,
        had: Iterable[str] = (),
        has: Iterable[str] = (),
    ) -> None:
        """An activity was written; it had, and now has, these people besides WhoId."""
        old, new = self._date(before), self._date(after)
        kept = _parents(after) | set(has)
        for parent in _parents(before) | set(had):
            if old and (parent not in kept or new is None or new < old):
                self._lowered.add(parent)
        for parent in kept:
            if new:
                self._raised[parent] = max(new, self._raised.get(parent, ""))

    def _date(self, record: Record | None) -> str | None:
        if record is None or record.get("IsDeleted"):
            return None
        if self._activity == "Task" and not record.get("IsClosed"):
            return None
        date = record.get("ActivityDate")
        return str(date) if date else None

    def recount(self, record_ids: Iterable[str]) -> None:
        """These records have other activities now, for another reason than a save."""
        self._lowered |= set(record_ids)

    def flush(self) -> None:
        """Move the dates of all parents noted."""
        for name in _COLUMNS:
            sobject = self._schema.objects.get(name)
            if sobject is None:
                continue
            raised = [
                (date, self._now, each, date)
                for each, date in self._raised.items()
                if each.startswith(sobject.prefix) and each not in self._lowered
            ]
            self._connection.executemany(
                f'UPDATE "{name}" SET LastActivityDate = ?, SystemModstamp = ?'  # noqa: S608 - names of devorg's own tables
                " WHERE Id = ? AND (LastActivityDate IS NULL OR LastActivityDate < ?)",
                raised,
            )
            for each in sorted(self._lowered):
                if each.startswith(sobject.prefix):
                    self._recount(name, each)

    def _recount(self, name: str, record_id: str) -> None:
        date = max(
            (found for kind in _COUNTED for found in self._dates(kind, name, record_id) if found),
            default=None,
        )
        self._connection.execute(
            f'UPDATE "{name}" SET LastActivityDate = ?1, SystemModstamp = ?2'  # noqa: S608 - names of devorg's own tables
            " WHERE Id = ?3 AND LastActivityDate IS NOT ?1",
            (date, self._now, record_id),
        )

    def _dates(self, kind: str, name: str, record_id: str) -> Iterable[str | None]:
        for column in _COLUMNS[name]:
            query = (
                f'SELECT MAX(ActivityDate) FROM "{kind}"'  # noqa: S608 - names of devorg's own tables
                f" WHERE {column} = ? AND {_COUNTED[kind]}"
            )
            yield self._connection.execute(query, (record_id,)).fetchone()[0]
        relation, column = _RELATION[kind]
        if relation in self._schema.objects:
            query = (
                f'SELECT MAX(ActivityDate) FROM "{kind}" WHERE Id IN'  # noqa: S608 - names of devorg's own tables
                f" (SELECT {column} FROM {relation} WHERE RelationId = ?) AND {_COUNTED[kind]}"
            )
            yield self._connection.execute(query, (record_id,)).fetchone()[0]


def _parents(record: Record | None) -> set[str]:
    names = ("WhoId", "WhatId", "AccountId")
    return {str(record[name]) for name in names if record.get(name)} if record else set()


def recount(
    connection: sqlite3.Connection, schema: Schema, record_ids: Iterable[str], now: str
) -> None:
    """Work out the dates of these records anew."""
    anew = LastActivity(connection, schema, "Task", now)
    anew.recount(record_ids)
    anew.flush()


def newest(connection: sqlite3.Connection) -> dict[str, int]:
    """Where the tables of activities end now; for `roll_up`."""
    return {
        kind: int(connection.execute(f"SELECT COALESCE(MAX(rowid), 0) FROM {kind}").fetchone()[0])  # noqa: S608 - names of devorg's own tables
        for kind in _COUNTED
    }


def roll_up(connection: sqlite3.Connection, since: Mapping[str, int] | None = None) -> None:
    """Take in activities that were stored past these rules, such as the seed's; stamps stay."""
    after = since or {}
    for name, columns in _COLUMNS.items():
        for column in columns:
            for kind, counted in _COUNTED.items():
                connection.execute(
                    f'UPDATE "{name}" SET LastActivityDate = latest.date FROM'  # noqa: S608 - names of devorg's own tables
                    f" (SELECT {column} AS parent, MAX(ActivityDate) AS date FROM {kind}"
                    f" WHERE rowid > ? AND {column} IS NOT NULL AND {counted} GROUP BY {column})"
                    f' AS latest WHERE "{name}".Id = latest.parent AND latest.date IS NOT NULL'
                    f' AND ("{name}".LastActivityDate IS NULL'
                    f' OR "{name}".LastActivityDate < latest.date)',
                    (after.get(kind, 0),),
                )
