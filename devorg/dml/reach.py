"""Which records a user can reach, asked for many at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from devorg import access
from devorg.schema import SObject

_CHUNK = 200


def reachable(
    connection: sqlite3.Connection, user_id: str, sobject: SObject, record_ids: Iterable[str]
) -> set[str]:
    """Those of the ids whose records exist, deleted or not, and that the user may see."""
    return fulfilling(connection, user_id, sobject, record_ids, access.condition(sobject, "t"))


def fulfilling(
    connection: sqlite3.Connection,
    user_id: str,
    sobject: SObject,
    record_ids: Iterable[str],
    condition: str,
) -> set[str]:
    """Those of the ids whose records, as `t`, fulfil an SQL condition that may name `:user`."""
    wanted = sorted(set(record_ids))
    found: set[str] = set()
    for at in range(0, len(wanted), _CHUNK):
        names = {f"id{number}": each for number, each in enumerate(wanted[at : at + _CHUNK])}
        marks = ", ".join(f":{name}" for name in names)
        query = f'SELECT t.Id FROM "{sobject.name}" AS t WHERE t.Id IN ({marks}) AND {condition}'  # noqa: S608 - names of devorg's own tables
        found |= {row[0] for row in connection.execute(query, {**names, "user": user_id})}
    return found
