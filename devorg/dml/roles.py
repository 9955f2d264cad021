"""The primary contact of an opportunity: one of its roles, and its own `ContactId`.

Source: the public object reference of Opportunity.ContactId (written on create, it makes the
primary role; afterwards it follows the roles) and OpportunityContactRole.IsPrimary (one at most).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from devorg import rows
from devorg.rows import Record
from devorg.schema import Schema

Written = Sequence[tuple[Record | None, Record]]
_ROLE = "OpportunityContactRole"


def make_primary(
    connection: sqlite3.Connection, schema: Schema, written: Written, user_id: str, now: str
) -> None:
    """Roles for new opportunities that name a contact."""
    role = schema.objects[_ROLE]
    new = [
        {"OpportunityId": record["Id"], "ContactId": record["ContactId"], "IsPrimary": True}
        for before, record in written
        if before is None and record.get("ContactId")
    ]
    if new:
        numbers = rows.make_ids(connection, role, len(new))
        stamps = rows.stamped(user_id, now, {})
        made = [{**stamps, **each, "Id": number} for number, each in zip(numbers, new, strict=True)]
        rows.insert(connection, role, made)


def follow_primary(
    connection: sqlite3.Connection, written: Written, user_id: str, now: str
) -> None:
    """A new primary role takes the place of the one before; the opportunity names its contact."""
    for before, record in written:
        became = record["IsPrimary"] and not (before and before["IsPrimary"])
        if became:
            connection.execute(
                "UPDATE OpportunityContactRole SET IsPrimary = 0, LastModifiedDate = ?1,"
                " LastModifiedById = ?2, SystemModstamp = ?1"
                " WHERE OpportunityId = ?3 AND IsPrimary = 1 AND Id <> ?4",
                [now, user_id, record["OpportunityId"], record["Id"]],
            )
        if record["IsPrimary"] or (before and before["IsPrimary"]):
            name_primary(connection, [record["OpportunityId"]], now)


def name_primary(connection: sqlite3.Connection, opportunity_ids: Sequence[str], now: str) -> None:
    """Make opportunities name the contact of their primary role, or none."""
    connection.executemany(
        "WITH main AS (SELECT MIN(ContactId) AS id FROM OpportunityContactRole"
        " WHERE OpportunityId = ?1 AND IsPrimary = 1 AND IsDeleted = 0)"
        " UPDATE Opportunity SET ContactId = (SELECT id FROM main), SystemModstamp = ?2"
        " WHERE Id = ?1 AND ContactId IS NOT (SELECT id FROM main)",
        [[each, now] for each in opportunity_ids],
    )
