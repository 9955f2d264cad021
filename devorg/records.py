"""What the record pages read: always as one user, so that a page shows what that user may see.

Records are dictionaries by bare field name; a person or an account is named beside its id.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from devorg import access, rows
from devorg.rows import Record
from devorg.schema import OBJECTS, SObject, object_of
from devorg.store import Store
from devorg.users import USERS, User

_PATH_OF = {"Contact": "WhoId", "Lead": "WhoId", "Opportunity": "WhatId", "Account": "AccountId"}


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry of a timeline: a Task or an Event, with the names it is related to.

    `when` is the written moment or date it is sorted by; `who` and `what` are the (id, name) of
    the person and of the account or opportunity, where the user may see them.
    """

    sobject: str
    record: Record
    when: str
    who: tuple[str, str] | None
    what: tuple[str, str] | None
    owner: str


@dataclass(frozen=True, slots=True)
class Related:
    """What a record page lists beside the fields. Roles are (role, contact); a contact that the
    user may not see is None, as a role may name it.
    """

    account: Record | None
    contacts: list[Record]
    opportunities: list[Record]
    roles: list[tuple[Record, Record | None]]


def users() -> tuple[User, ...]:
    """Everyone who can be switched to."""
    return USERS


def get(store: Store, user: User, sobject: str, record_id: str) -> Record | None:
    """One live record, or None if there is none that this user may see."""
    with store.reading() as connection:
        return _seen(connection, user, OBJECTS[sobject], record_id)


def listing(store: Store, user: User, sobject: str, limit: int = 50) -> list[Record]:
    """The records of an object that this user may see, in the order they were made."""
    with store.reading() as connection:
        return _select(connection, user, OBJECTS[sobject], "1", {}, f"t.rowid LIMIT {int(limit)}")


def related(store: Store, user: User, sobject: str, record_id: str) -> Related:
    """The account, people, opportunities and roles around a record."""
    with store.reading() as connection:
        record = _seen(connection, user, OBJECTS[sobject], record_id) or {}
        key = {"id": record_id}
        account_id = record_id if sobject == "Account" else record.get("AccountId")
        contacts: list[Record] = []
        opportunities: list[Record] = []
        roles: list[tuple[Record, Record | None]] = []
        if sobject == "Account":
            contacts = _select(connection, user, OBJECTS["Contact"], "t.AccountId = :id", key)
            opportunities = _select(
                connection, user, OBJECTS["Opportunity"], "t.AccountId = :id", key
            )
        elif sobject == "Contact":
            link = "SELECT OpportunityId FROM OpportunityContactRole WHERE ContactId = :id"
            condition = f"t.Id IN ({link} AND IsDeleted = 0)"
            opportunities = _select(connection, user, OBJECTS["Opportunity"], condition, key)
        elif sobject == "Opportunity":
            condition = "t.OpportunityId = :id"
            for role in _select(
                connection, user, OBJECTS["OpportunityContactRole"], condition, key
            ):
                contact = _seen(connection, user, OBJECTS["Contact"], role["ContactId"])
                roles.append((role, contact))
        account = _seen(connection, user, OBJECTS["Account"], account_id) if account_id else None
        return Related(account, contacts, opportunities, roles)


def timeline(
    store: Store, user: User, sobject: str, record_id: str, limit: int = 50
) -> list[Activity]:
    """The record's activities that this user may see, newest first."""
    condition = f't."{_PATH_OF[sobject]}" = :id'
    with store.reading() as connection:
        found = [
            _activity(connection, user, name, record)
            for name in ("Task", "Event")
            for record in _select(
                connection, user, OBJECTS[name], condition, {"id": record_id},
                f"t.SystemModstamp DESC, t.Id DESC LIMIT {4 * int(limit)}",
            )
        ]  # fmt: skip
    found.sort(key=lambda each: (each.when, each.record["Id"]), reverse=True)
    return found[:limit]


def _activity(connection: sqlite3.Connection, user: User, name: str, record: Record) -> Activity:
    when = (
        record["Inlay_Occurred_At__c"]
        or record.get("StartDateTime")
        or record.get("CompletedDateTime")
        or record["ActivityDate"]
        or record["CreatedDate"]
    )
    owner = rows.by_id(connection, OBJECTS["User"], record["OwnerId"]) or {}
    return Activity(
        name, record, when,
        _named(connection, user, record["WhoId"]), _named(connection, user, record["WhatId"]),
        owner.get("Name", ""),
    )  # fmt: skip


def _named(
    connection: sqlite3.Connection, user: User, record_id: str | None
) -> tuple[str, str] | None:
    sobject = object_of(record_id or "")
    if record_id is None or sobject is None:
        return None
    record = _seen(connection, user, sobject, record_id)
    return (record_id, record["Name"]) if record else None


def _seen(
    connection: sqlite3.Connection, user: User, sobject: SObject, record_id: str
) -> Record | None:
    found = _select(connection, user, sobject, "t.Id = :id", {"id": record_id})
    return found[0] if found else None


def _select(
    connection: sqlite3.Connection,
    user: User,
    sobject: SObject,
    condition: str,
    values: dict[str, str],
    order: str = "t.rowid",
) -> list[Record]:
    """Live records under a condition of this module, shared with the user."""
    query = (
        f'SELECT t.* FROM "{sobject.name}" AS t WHERE t.IsDeleted = 0'  # noqa: S608 - names of devorg's own tables
        f" AND {condition} AND {access.condition(sobject, 't')} ORDER BY {order}"
    )
    found = connection.execute(query, {**values, "user": user.id})
    return [rows.record_of(sobject, row) for row in found]
