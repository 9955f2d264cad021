"""Who may see what, as SQL: owners, roles, org-wide defaults, parents, and what is hidden.

With the defaults of `fields.py` everything is shared with everybody, except what is hidden from a
user. Roles follow their opportunity, and so may name contacts that a user cannot open, as in real
orgs. An activity is seen by its owner, people above, and whoever sees all it is related to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from devorg.schema import SObject

OWN_TABLES: Final = """
CREATE TABLE IF NOT EXISTS hidden_record (
  user_id TEXT NOT NULL, record_id TEXT NOT NULL, PRIMARY KEY (user_id, record_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hidden_field (
  user_id TEXT NOT NULL, sobject TEXT NOT NULL, field TEXT NOT NULL,
  PRIMARY KEY (user_id, sobject, field)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shared_record (
  user_id TEXT NOT NULL, record_id TEXT NOT NULL, editable INTEGER NOT NULL,
  PRIMARY KEY (user_id, record_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS role_below (
  user_id TEXT NOT NULL, below TEXT NOT NULL, PRIMARY KEY (user_id, below)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object_right (
  user_id TEXT NOT NULL, sobject TEXT NOT NULL, may_read INTEGER NOT NULL,
  may_edit INTEGER NOT NULL, may_delete INTEGER NOT NULL, view_all INTEGER NOT NULL,
  modify_all INTEGER NOT NULL, PRIMARY KEY (user_id, sobject)) WITHOUT ROWID
"""
_CHUNK = 500


def condition(sobject: SObject, table: str) -> str:
    """SQL that is true for the rows `:user` may see; `table` is the alias of the object."""
    return _condition(sobject, table, edit=False)


def edit_condition(sobject: SObject, table: str) -> str:
    """SQL that is true for the rows `:user` may change, as far as sharing goes."""
    return _condition(sobject, table, edit=True)


def _condition(sobject: SObject, table: str, *, edit: bool) -> str:
    if sobject.view == "UserRecordAccess":
        return _asker_reads(table)
    if sobject.sharing == "all":
        return "1"
    if sobject.sharing == "opportunity":
        return _through(sobject, table, "OpportunityId", edit=edit)
    if sobject.sharing == "campaign":
        return _through(sobject, table, "CampaignId", edit=edit)
    own = f"NOT EXISTS ({_hidden(table, 'Id')})"
    if sobject.sharing == "activity":
        parents = " AND ".join(
            _through(sobject, table, name, edit=False) for name in ("WhoId", "WhatId")
        )
        if edit and sobject.sharing_model == "Private":
            return f"({own} AND ({owned(table)} OR {_general(sobject, edit=True)}))"
        return f"({own} AND ({owned(table)} OR ({parents})))"
    rest = _shared(sobject, table, edit=edit)
    return own if rest == "1" else f"({own} AND {rest})"


def _asker_reads(table: str) -> str:
    """Of UserRecordAccess nobody gets rows about records that they may not read themselves."""
    return (
        'EXISTS (SELECT 1 FROM "UserRecordAccess" AS mine WHERE mine."UserId" = :user'  # noqa: S608 - names of devorg's own tables
        f' AND mine."RecordId" = {table}."RecordId" AND mine."HasReadAccess")'
    )


def _hidden(table: str, column: str) -> str:
    return (
        "SELECT 1 FROM hidden_record AS h"  # noqa: S608 - names of devorg's own tables
        f' WHERE h.user_id = :user AND h.record_id = {table}."{column}"'
    )


def owned(table: str) -> str:
    """SQL of the user's own rows and those of people below in the role hierarchy."""
    owner = f'{table}."OwnerId"'
    below = f"SELECT 1 FROM role_below AS b WHERE b.user_id = :user AND b.below = {owner}"  # noqa: S608 - names of devorg's own tables
    return f"{owner} = :user OR EXISTS ({below})"


def _shared(sobject: SObject, table: str, *, edit: bool) -> str:
    """Beyond what is hidden: the org-wide default, ownership, roles, shares, and who sees all."""
    model = sobject.sharing_model
    if model == "ReadWrite" or (model == "Read" and not edit):
        return "1"
    share = (
        "EXISTS (SELECT 1 FROM shared_record AS s WHERE s.user_id = :user"  # noqa: S608 - names of devorg's own tables
        f' AND s.record_id = {table}."Id"{" AND s.editable" if edit else ""})'
    )
    open_to = [_general(sobject, edit=edit), share]
    parent = next(iter(sobject.parent_fields), None)
    if model == "ControlledByParent" and parent:
        through = _through(sobject, table, parent, edit=edit)
        open_to.append(f'({table}."{parent}" IS NOT NULL AND {through})')
        if "OwnerId" in sobject.by_name:
            open_to.append(f'({table}."{parent}" IS NULL AND ({owned(table)}))')
    else:
        open_to.append(owned(table))
    return f"({' OR '.join(open_to)})"


def _general(sobject: SObject, *, edit: bool) -> str:
    """The user sees, or changes, all records of the object."""
    right = "modify_all" if edit else "view_all"
    return (
        "EXISTS (SELECT 1 FROM object_right AS o WHERE o.user_id = :user"  # noqa: S608 - names of devorg's own tables
        f" AND o.sobject = '{sobject.name}' AND o.{right})"
    )


def _through(sobject: SObject, table: str, column: str, *, edit: bool) -> str:
    """Rows whose parent in that column the user may reach; rows without a parent too."""
    visible = f"NOT EXISTS ({_hidden(table, column)})"
    parents = [
        sobject.parents[name]
        for name in sobject.by_name[column].references
        if name in sobject.parents
    ]
    closed = [each for each in parents if _condition(each, "p", edit=edit) != _open("p")]
    if not closed:
        return visible
    alias = f"{table}_{column}"
    ways = [
        f'EXISTS (SELECT 1 FROM "{each.name}" AS {alias} WHERE {alias}."Id" = {table}."{column}"'  # noqa: S608 - names of devorg's own tables
        f" AND {_condition(each, alias, edit=edit)})"
        for each in closed
    ]
    # Ids of other objects are as open as their not being hidden.
    prefixes = ", ".join(f"'{each.prefix}'" for each in closed)
    other = f'{table}."{column}" IS NULL OR substr({table}."{column}", 1, 3) NOT IN ({prefixes})'
    return f"({visible} AND ({other} OR {' OR '.join(ways)}))"


def _open(table: str) -> str:
    return f"NOT EXISTS ({_hidden(table, 'Id')})"


def visible_ids(
    connection: sqlite3.Connection, user_id: str, sobject: SObject, record_ids: Iterable[str]
) -> set[str]:
    """Those of the ids that exist, are not deleted, and that the user may see."""
    where = f"t.IsDeleted = 0 AND {condition(sobject, 't')}"
    return _matching(connection, user_id, sobject, record_ids, where)


def _matching(
    connection: sqlite3.Connection,
    user_id: str,
    sobject: SObject,
    record_ids: Iterable[str],
    where: str,
) -> set[str]:
    wanted, found = sorted(set(record_ids)), set[str]()
    for at in range(0, len(wanted), _CHUNK):
        names = {f"id{number}": each for number, each in enumerate(wanted[at : at + _CHUNK])}
        marks = ", ".join(f":{name}" for name in names)
        query = f'SELECT t.Id FROM "{sobject.name}" AS t WHERE t.Id IN ({marks}) AND {where}'  # noqa: S608 - names of devorg's own tables
        found |= {row[0] for row in connection.execute(query, {**names, "user": user_id})}
    return found


def is_visible(
    connection: sqlite3.Connection, user_id: str, sobject: SObject, record_id: str
) -> bool:
    """True if the record exists, is not deleted, and the user may see it."""
    return bool(visible_ids(connection, user_id, sobject, [record_id]))


def set_record(
    connection: sqlite3.Connection, user_id: str, record_id: str, *, visible: bool
) -> None:
    """Grant or hide one record; granting shares it, where the org-wide default is private."""
    key = (user_id, record_id)
    if visible:
        connection.execute("DELETE FROM hidden_record WHERE user_id = ? AND record_id = ?", key)
        connection.execute("INSERT OR REPLACE INTO shared_record VALUES (?, ?, 1)", key)
    else:
        connection.execute("INSERT OR IGNORE INTO hidden_record VALUES (?, ?)", key)
        connection.execute("DELETE FROM shared_record WHERE user_id = ? AND record_id = ?", key)


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
    """(object, bare field name) of each field that is hidden from the user one by one."""
    rows = connection.execute(
        "SELECT sobject, field FROM hidden_field WHERE user_id = ?", (user_id,)
    )
    return frozenset((row["sobject"], row["field"]) for row in rows)
