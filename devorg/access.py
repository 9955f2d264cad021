"""Who may see what. Everything is shared with everybody, except what is hidden from a user.

Roles follow their opportunity, and so may name contacts that a user cannot open, as in real
orgs. An activity is seen by its owner and by whoever sees all that it is related to
("controlled by parent").
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from devorg.schema import SObject

_HIDDEN = "SELECT 1 FROM hidden_record AS h WHERE h.user_id = :user AND h.record_id = "


def condition(sobject: SObject, table: str) -> str:
    """SQL that is true for the rows `:user` may see; `table` is the alias of the object."""

    def open_to_user(column: str) -> str:
        return f'NOT EXISTS ({_HIDDEN}{table}."{column}")'

    if sobject.sharing == "all":
        return "1"
    if sobject.sharing == "opportunity":
        return open_to_user("OpportunityId")
    own = open_to_user("Id")
    if sobject.sharing == "activity":
        parents = f"{open_to_user('WhoId')} AND {open_to_user('WhatId')}"
        return f'({own} AND ({table}."OwnerId" = :user OR ({parents})))'
    return own


def visible_ids(
    connection: sqlite3.Connection, user_id: str, sobject: SObject, record_ids: Iterable[str]
) -> set[str]:
    """Those of the ids that exist, are not deleted, and that the user may see."""
    query = (
        f'SELECT t.Id FROM "{sobject.name}" AS t'  # noqa: S608 - names of devorg's own tables
        f" WHERE t.Id = :id AND t.IsDeleted = 0 AND {condition(sobject, 't')}"
    )
    return {
        record_id
        for record_id in set(record_ids)
        if connection.execute(query, {"id": record_id, "user": user_id}).fetchone()
    }


def is_visible(
    connection: sqlite3.Connection, user_id: str, sobject: SObject, record_id: str
) -> bool:
    """True if the record exists, is not deleted, and the user may see it."""
    return bool(visible_ids(connection, user_id, sobject, [record_id]))


def set_record(
    connection: sqlite3.Connection, user_id: str, record_id: str, *, visible: bool
) -> None:
    """Grant or hide one record."""
    if visible:
        connection.execute(
            "DELETE FROM hidden_record WHERE user_id = ? AND record_id = ?", (user_id, record_id)
        )
    else:
        connection.execute(
            "INSERT OR IGNORE INTO hidden_record VALUES (?, ?)", (user_id, record_id)
        )


def set_field(
    connection: sqlite3.Connection, user_id: str, sobject: SObject, field: str, *, visible: bool
) -> None:
    """Grant or hide one field of an object (field-level security, read and edit alike)."""
    key = (user_id, sobject.name, field)
    if visible:
        connection.execute(
            "DELETE FROM hidden_field WHERE user_id = ? AND sobject = ? AND field = ?", key
        )
    else:
        connection.execute("INSERT OR IGNORE INTO hidden_field VALUES (?, ?, ?)", key)


def hidden_fields(connection: sqlite3.Connection, user_id: str) -> frozenset[tuple[str, str]]:
    """(object, bare field name) of each field the user may not see."""
    rows = connection.execute(
        "SELECT sobject, field FROM hidden_field WHERE user_id = ?", (user_id,)
    )
    return frozenset((row["sobject"], row["field"]) for row in rows)
