"""Rights as rows: what SQL of record access asks, and what clients query about the set-up."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from devorg import ids, rows
from devorg.rights.rights import Rights
from devorg.rights.sets import PermissionSet
from devorg.schema import Schema
from devorg.schema.setup import USER_PERMISSIONS
from devorg.users import USERS

_STAMPED = "2024-01-15T08:00:00.000+0000"
_BELOW = """
INSERT OR IGNORE INTO role_below
WITH RECURSIVE under(boss, role) AS (
  SELECT p.Id, c.Id FROM UserRole AS p JOIN UserRole AS c ON c.ParentRoleId = p.Id
  UNION SELECT under.boss, c.Id FROM under JOIN UserRole AS c ON c.ParentRoleId = under.role)
SELECT b.Id, u.Id FROM under
JOIN User AS b ON b.UserRoleId = under.boss JOIN User AS u ON u.UserRoleId = under.role
"""


def write(connection: sqlite3.Connection, rights: Rights, schema: Schema) -> None:
    """Bring all rows up to what the rights say now."""
    _object_rights(connection, rights, schema)
    _setup(connection, rights, schema)
    _record_types(connection, schema)
    _entities(connection, schema)
    _defaults(connection, schema)
    below(connection)


# What Organization calls the sharing models.
_LEVELS = {"Private": "None", "Read": "Read", "ReadWrite": "Edit"}


def _defaults(connection: sqlite3.Connection, schema: Schema) -> None:
    """The org-wide defaults, as fields of Organization."""
    changes = {
        f"Default{name}Access": _LEVELS.get(model, model)
        for name in ("Account", "Contact", "Opportunity", "Lead", "Campaign")
        for model in [schema.objects[name].sharing_model]
    }
    columns = ", ".join(f'"{name}" = :{name}' for name in changes)
    connection.execute(f"UPDATE Organization SET {columns}", changes)  # noqa: S608 - names of devorg's own tables


def _record_types(connection: sqlite3.Connection, schema: Schema) -> None:
    connection.execute("DELETE FROM RecordType")
    found = [
        rows.stamped(USERS[1].id, _STAMPED, {
            "Id": each.id, "Name": each.name, "DeveloperName": each.developer_name,
            "Description": each.description, "SobjectType": sobject.name, "IsActive": each.active,
        })
        for sobject in schema.objects.values()
        for each in sobject.record_types
    ]  # fmt: skip
    rows.insert(connection, schema.objects["RecordType"], found)


def _entities(connection: sqlite3.Connection, schema: Schema) -> None:
    """What there is to see of the objects' own sharing; of the package's there is none."""
    connection.execute("DELETE FROM EntityDefinition")
    found = [
        {
            "Id": ids.make("4ie", number), "DeveloperName": each.name.removesuffix("__c"),
            "MasterLabel": each.label, "QualifiedApiName": each.name,
            "KeyPrefix": each.prefix or None, "InternalSharingModel": each.sharing_model,
        }
        for number, each in enumerate(schema.objects.values(), start=1)
        if not each.packaged
    ]  # fmt: skip
    rows.insert(connection, schema.objects["EntityDefinition"], found)


def _object_rights(connection: sqlite3.Connection, rights: Rights, schema: Schema) -> None:
    connection.execute("DELETE FROM object_right")
    found = [
        (user.id, each.name, *(rights.may(user, each, action) for action in
         ("read", "edit", "delete", "view_all", "modify_all")))
        for user in USERS
        for each in schema.objects.values()
    ]  # fmt: skip
    connection.executemany("INSERT INTO object_right VALUES (?, ?, ?, ?, ?, ?, ?)", found)


def below(connection: sqlite3.Connection) -> None:
    """Work out who stands above whom in the role hierarchy."""
    connection.execute("DELETE FROM role_below")
    connection.execute(_BELOW)


def set_role(
    connection: sqlite3.Connection, schema: Schema, user_id: str, role: str, parent: str | None
) -> None:
    """Give a user a role, made if need be, under another."""
    role_id = _role(connection, schema, role)
    if parent is not None:
        above = _role(connection, schema, parent)
        rows.update(connection, schema.objects["UserRole"], role_id, {"ParentRoleId": above})
    rows.update(connection, schema.objects["User"], user_id, {"UserRoleId": role_id})
    below(connection)


def _role(connection: sqlite3.Connection, schema: Schema, name: str) -> str:
    sobject = schema.objects["UserRole"]
    for found in rows.by_values(connection, sobject, "Name", [name]):
        return str(found["Id"])
    role_id = rows.make_ids(connection, sobject, 1)[0]
    developer_name = "".join(char if char.isalnum() else "_" for char in name)
    record = {"Id": role_id, "Name": name, "DeveloperName": developer_name, "PortalType": "None"}
    rows.insert(connection, sobject, [rows.stamped(USERS[1].id, _STAMPED, record)])
    return role_id


def _setup(connection: sqlite3.Connection, rights: Rights, schema: Schema) -> None:
    """Profiles, permission sets and their assignments, each with the Id of its place in line."""
    for name in ("Profile", "PermissionSet", "PermissionSetAssignment", "ObjectPermissions"):
        connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 - names of devorg's own tables
    numbered = dict(zip(rights.sets, range(1, len(rights.sets) + 1), strict=True))
    profiles, sets = [], []
    for name, each in rights.sets.items():
        profile_id = ids.make("00e", numbered[name]) if each.profile else None
        shared = _row(each)
        sets.append({
            **shared, "Id": ids.make("0PS", numbered[name]), "Name": _api_name(name),
            "Label": each.label, "ProfileId": profile_id, "IsOwnedByProfile": each.profile,
            "IsCustom": True, "Type": "Profile" if each.profile else "Regular",
            "NamespacePrefix": each.namespace,
        })  # fmt: skip
        if profile_id:
            standard = {"Name": name, "UserType": "Standard"}
            profiles.append({**shared, **standard, "Id": profile_id})
    rows.insert(connection, schema.objects["Profile"], profiles)
    rows.insert(connection, schema.objects["PermissionSet"], sets)
    held = []
    for user in USERS:
        profile = rights.profile_of[user.id]
        changes = {"ProfileId": ids.make("00e", numbered[profile])}
        rows.update(connection, schema.objects["User"], user.id, changes)
        held += [(user.id, name) for name in (profile, *sorted(rights.assigned[user.id]))]
    assignments = [
        {
            "Id": ids.make("0Pa", number), "PermissionSetId": ids.make("0PS", numbered[name]),
            "AssigneeId": user_id, "IsActive": True, "SystemModstamp": _STAMPED,
        }
        for number, (user_id, name) in enumerate(held, start=1)
    ]  # fmt: skip
    rows.insert(connection, schema.objects["PermissionSetAssignment"], assignments)
    rows.insert(connection, schema.objects["ObjectPermissions"], _objects(rights, numbered))


def _objects(rights: Rights, numbered: Mapping[str, int]) -> list[dict[str, Any]]:
    """What each set says of objects by name; built-in profiles name none."""
    named = [
        (numbered[name], sobject, granted)
        for name, each in rights.sets.items()
        for sobject, granted in each.objects.items()
    ]
    return [
        rows.stamped(USERS[1].id, _STAMPED, {
            "Id": ids.make("110", number), "ParentId": ids.make("0PS", parent),
            "SobjectType": sobject,
            **{f"Permissions{_WORDS[action]}": action in granted for action in _WORDS},
        })
        for number, (parent, sobject, granted) in enumerate(named, start=1)
    ]  # fmt: skip


_WORDS = {
    "create": "Create", "read": "Read", "edit": "Edit", "delete": "Delete",
    "view_all": "ViewAllRecords", "modify_all": "ModifyAllRecords",
}  # fmt: skip


def _row(each: PermissionSet) -> dict[str, Any]:
    granted = {f"Permissions{name}": name in each.user_permissions for name in USER_PERMISSIONS}
    return rows.stamped(USERS[1].id, _STAMPED, granted)


def _api_name(name: str) -> str:
    return "".join(char if char.isalnum() else "_" for char in name)
