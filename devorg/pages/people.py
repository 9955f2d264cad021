"""Users, profiles and permission sets as the set-up pages show them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Final

from devorg.org import Org
from devorg.pages.reading import has_pages
from devorg.rights import Action, PermissionSet
from devorg.schema.setup import USER_PERMISSIONS
from devorg.users import User

LABELS: Final[dict[Action, str]] = {
    "read": "Read", "create": "Create", "edit": "Edit", "delete": "Delete",
    "view_all": "View all", "modify_all": "Modify all",
}  # fmt: skip
_COUNTS: Final = {
    "Records hidden one by one": "SELECT COUNT(*) FROM hidden_record WHERE user_id = ?",
    "Records shared one by one": "SELECT COUNT(*) FROM shared_record WHERE user_id = ?",
    "People below in the role hierarchy": "SELECT COUNT(*) FROM role_below WHERE user_id = ?",
}
_ROLE: Final = (
    "SELECT r.Name FROM User AS u JOIN UserRole AS r ON r.Id = u.UserRoleId WHERE u.Id = ?"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A user with the profile and the sets beside it. `grants_all`: the profile does already."""

    user: User
    profile: str
    sets: list[str]
    grants_all: bool


@dataclass(frozen=True, slots=True)
class ObjectRights:
    """What may be done with the rows of an object; in the order of LABELS."""

    label: str
    name: str
    marks: list[bool]


@dataclass(frozen=True, slots=True)
class Rights:
    """The sum of somebody's rights, or those that one permission set grants. `everything`: what
    is not named is granted, too.
    """

    permissions: list[str]
    custom: list[str]
    objects: list[ObjectRights]
    fields: list[tuple[str, str]]
    records: list[tuple[str, str]]
    everything: bool = False


def person(org: Org, user: User) -> Person:
    """Somebody's profile and permission sets."""
    profile, *rest = list(org.rights.of(user))
    return Person(user, profile.name, [each.name for each in rest], profile.open)


def _permissions(names: frozenset[str]) -> list[str]:
    return sorted(USER_PERMISSIONS.get(each, each) for each in names)


def rights_of(connection: sqlite3.Connection, org: Org, user: User) -> Rights:
    """All that a user may do, and what is hidden from the user one by one."""
    held = list(org.rights.of(user))
    objects = [
        ObjectRights(each.label, each.name, [org.rights.may(user, each, act) for act in LABELS])
        for each in org.schema.objects.values()
        if has_pages(each) and each.name != "User"
    ]
    hidden = sorted(org.rights.hidden_fields(connection, user))
    role = connection.execute(_ROLE, (user.id,)).fetchone()
    return Rights(
        _permissions(frozenset(name for each in held for name in each.user_permissions)),
        sorted({name for each in held for name in each.custom_permissions}),
        objects,
        [(_called(org, sobject, name), "hidden") for sobject, name in hidden],
        [
            ("Role", role["Name"] if role else ""),
            *(
                (label, str(connection.execute(query, (user.id,)).fetchone()[0]))
                for label, query in _COUNTS.items()
            ),
        ],
    )


def _called(org: Org, name: str, field_name: str) -> str:
    sobject = org.schema.objects.get(name)
    field = sobject.by_name.get(field_name) if sobject else None
    shown = org.names.api(field) if field else field_name
    return f"{org.names.entity_named(name)}.{shown}"


def sets_beside(org: Org, user: User) -> list[tuple[PermissionSet, bool]]:
    """Every permission set, and whether the user has it."""
    held = org.rights.assigned[user.id]
    return [(each, name in held) for name, each in org.rights.sets.items() if not each.profile]


def sets(org: Org) -> list[tuple[PermissionSet, int]]:
    """Every profile and permission set, with the number of its users."""
    held = Counter(org.rights.profile_of.values())
    for names in org.rights.assigned.values():
        held.update(names)
    return [(each, held[name]) for name, each in org.rights.sets.items()]


def grants_of(org: Org, one: PermissionSet) -> Rights:
    """What one profile or permission set grants."""
    labels = {each.name: each.label for each in org.schema.objects.values()}
    objects = [
        ObjectRights(labels.get(name, name), name, [action in granted for action in LABELS])
        for name, granted in sorted(one.objects.items())
    ]
    granted = [
        (_called(org, *name.split(".", 1)), "read and edit" if may_edit else "read")
        for name, may_edit in sorted(one.fields.items())
    ]
    permissions = _permissions(one.user_permissions)
    return Rights(permissions, sorted(one.custom_permissions), objects, granted, [], one.open)
