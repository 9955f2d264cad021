"""UserRecordAccess: what each user may do with a record, as an SQL view over all objects."""

from __future__ import annotations

import sqlite3

from devorg import access
from devorg.schema import Schema, SObject

NAME = "UserRecordAccess"
_LEVELS = (
    "CASE WHEN all_ THEN 'All' WHEN deletes THEN 'Delete' WHEN edits THEN 'Edit'"
    " WHEN reads THEN 'Read' ELSE 'None' END"
)


def make_view(connection: sqlite3.Connection, schema: Schema) -> None:
    """(Re)make the view for the objects of a schema."""
    connection.execute(f'DROP VIEW IF EXISTS "{NAME}"')
    shared = [each for each in schema.objects.values() if each.sharing != "all"]
    parts = " UNION ALL ".join(_part(each) for each in shared)
    connection.execute(
        f'CREATE VIEW "{NAME}" AS SELECT id AS "Id", id AS "RecordId", user_id AS "UserId",'  # noqa: S608 - names of devorg's own tables
        ' reads AS "HasReadAccess", edits AS "HasEditAccess", deletes AS "HasDeleteAccess",'
        ' all_ AS "HasTransferAccess", all_ AS "HasAllAccess",'
        f' {_LEVELS} AS "MaxAccessLevel", 0 AS "IsDeleted", id AS "rowid" FROM ({parts})'
    )


def _part(sobject: SObject) -> str:
    sees = access.condition(sobject, "r").replace(":user", "who.user_id")
    edits = access.edit_condition(sobject, "r").replace(":user", "who.user_id")
    above = access.owned("r").replace(":user", "who.user_id") if _has_owner(sobject) else "0"
    mine = f"({above} OR who.modify_all)"
    # Whoever may change an activity, or a record that follows another, may delete it as well.
    deletes = mine if _has_owner(sobject) and sobject.sharing == "record" else "1"
    return (
        f"SELECT r.Id AS id, who.user_id AS user_id, who.may_read AND {sees} AS reads,"  # noqa: S608 - names of devorg's own tables
        f" who.may_edit AND {edits} AS edits,"
        f" who.may_delete AND {edits} AND {deletes} AS deletes,"
        f" who.may_edit AND {edits} AND {mine} AS all_"
        f" FROM \"{sobject.name}\" AS r JOIN object_right AS who ON who.sobject = '{sobject.name}'"
        " WHERE r.IsDeleted = 0"
    )


def _has_owner(sobject: SObject) -> bool:
    return "OwnerId" in sobject.by_name
