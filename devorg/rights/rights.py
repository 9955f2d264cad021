"""What a user may do with objects and fields, as the sum of profile and permission sets.

Objects without permissions of their own follow another: a role its opportunity, a member its
campaign; activities hang on user permissions, as in real orgs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from devorg import access
from devorg.errors import ApiError, ControlError
from devorg.rights.sets import PROFILES, STANDARD_NAMES, STANDARD_USER, Action, PermissionSet
from devorg.schema import Field, Schema, SObject
from devorg.users import USERS, User

ACTIONS: Final[tuple[Action, ...]] = (
    "read", "create", "edit", "delete", "view_all", "modify_all",
)  # fmt: skip
_WRITES: Final = frozenset({"create", "edit", "delete"})
_NEEDS_SETUP: Final = frozenset({"ObjectPermissions", "PermissionSet", "PermissionSetAssignment"})
_ACTIVITIES: Final = {"Task": "EditTask", "Event": "EditEvent"}
_FOLLOWS: Final = {"OpportunityContactRole": "Opportunity", "CampaignMember": "Campaign"}


class Rights:
    """The rights of one org's users; asked in every call, so answers are kept until they change."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._read: dict[tuple[str, str], tuple[SObject, frozenset[str]]] = {}
        self._edit: dict[tuple[str, str], tuple[SObject, frozenset[str]]] = {}
        self.reset()

    def reset(self) -> None:
        """Back to the built-in profiles: everybody may do everything, and `admin` sees all."""
        self.sets: dict[str, PermissionSet] = {each.name: each for each in PROFILES}
        self.profile_of = {
            user.id: "System Administrator" if user.alias == "admin" else STANDARD_USER.name
            for user in USERS
        }
        self.assigned: dict[str, set[str]] = {user.id: set() for user in USERS}
        self._forget()

    def _forget(self) -> None:
        self._read.clear()
        self._edit.clear()

    def define(self, made: PermissionSet) -> None:
        """Add or replace a permission set or profile; a built-in profile is changed."""
        name = STANDARD_NAMES.get(made.name, made.name) if made.profile else made.name
        there = next((each for each in PROFILES if each.name == name and made.profile), None)
        self.sets[name] = made.over(self.sets[name]) if there else made
        self._forget()

    def forget(self, names: Iterable[str]) -> None:
        """Take away permission sets, from who holds them as well."""
        for name in names:
            self.sets.pop(name, None)
            for held in self.assigned.values():
                held.discard(name)
        self._forget()

    def assign(self, user: User, name: str, *, on: bool = True) -> None:
        """Give a user a profile, or a permission set, or take the set away. Raises ControlError."""
        found = self.sets.get(name)
        if found is None:
            known = ", ".join(sorted(self.sets))
            raise ControlError("permission_set", f"No set or profile {name!r}; there are {known}.")
        if found.profile:
            self.profile_of[user.id] = name if on else STANDARD_USER.name
        elif on:
            self.assigned[user.id].add(name)
        else:
            self.assigned[user.id].discard(name)
        self._forget()

    def of(self, user: User) -> Iterator[PermissionSet]:
        """The user's profile, then the permission sets."""
        yield self.sets[self.profile_of[user.id]]
        for name in sorted(self.assigned[user.id]):
            yield self.sets[name]

    def has(self, user: User, permission: str) -> bool:
        """True if the user has this user permission, such as `ViewAllData`."""
        return any(permission in each.user_permissions for each in self.of(user))

    def has_custom(self, user: User, permission: str) -> bool:
        """True if the user has this custom permission."""
        return any(permission in each.custom_permissions for each in self.of(user))

    def has_class(self, user: User, name: str) -> bool:
        """True if the user may call this Apex class; who may change everything may call all."""
        granted = any(name in each.classes for each in self.of(user))
        return granted or self.has(user, "ModifyAllData")

    def may(self, user: User, sobject: SObject, action: Action) -> bool:
        """True if the user may do that with rows of the object, sharing aside."""
        if action in _WRITES and not sobject.writable:
            return False
        if sobject.sharing == "all" and sobject.writable:
            return action not in {"view_all", "modify_all"}
        if sobject.sharing == "all":
            allowed = sobject.name not in _NEEDS_SETUP or self.has(user, "ViewSetup")
            return action == "read" and allowed
        general = "ModifyAllData" if action not in {"read", "view_all"} else "ViewAllData"
        if self.has(user, general) or self.has(user, "ModifyAllData"):
            return True
        if sobject.name in _ACTIVITIES:
            return self._may_with_activities(user, sobject.name, action)
        name = _FOLLOWS.get(sobject.name)
        if name and action in _WRITES:
            action = "edit"
        return any(self._grants(each, name or sobject.name, action) for each in self.of(user))

    def _may_with_activities(self, user: User, name: str, action: Action) -> bool:
        if action in {"view_all", "modify_all"} or not self.has(user, "ActivitiesAccess"):
            return False
        return action == "read" or self.has(user, _ACTIVITIES[name])

    def _grants(self, each: PermissionSet, name: str, action: Action) -> bool:
        if each.open and name not in each.objects:
            return action not in {"view_all", "modify_all"}
        return action in each.objects.get(name, ())

    def readable(self, user: User, sobject: SObject) -> frozenset[str]:
        """The bare names of the fields that the user may read."""
        kept = self._read.get((user.id, sobject.name))
        if kept is None or kept[0] is not sobject:
            names = frozenset(f.name for f in sobject.fields if self._sees(user, sobject, f))
            kept = self._read[user.id, sobject.name] = (sobject, names)
        return kept[1]

    def editable(self, user: User, sobject: SObject) -> frozenset[str]:
        """The bare names of the fields that the user may write."""
        kept = self._edit.get((user.id, sobject.name))
        if kept is None or kept[0] is not sobject:
            names = frozenset(
                f.name
                for f in sobject.fields
                if (f.createable or f.updateable) and self._sees(user, sobject, f, edit=True)
            )
            kept = self._edit[user.id, sobject.name] = (sobject, names)
        return kept[1]

    def _sees(self, user: User, sobject: SObject, field: Field, *, edit: bool = False) -> bool:
        if not field.permissionable or sobject.sharing == "all":
            return True
        keys = _keys(sobject, field)
        return any(
            (each.open and not any(key in each.fields for key in keys))
            or any(
                each.fields.get(key, None) in ((True,) if edit else (True, False)) for key in keys
            )
            for each in self.of(user)
        )

    def hidden_fields(
        self, connection: sqlite3.Connection, user: User
    ) -> frozenset[tuple[str, str]]:
        """(object, bare field name) of each field that the user may not see, for any reason."""
        switched = self._with_compounds(access.hidden_fields(connection, user.id))
        if any(each.open and not each.fields for each in self.of(user)):
            return switched
        return switched | {
            (sobject.name, name)
            for sobject in self.schema.objects.values()
            for name in sobject.by_name.keys() - self.readable(user, sobject)
        }

    def _with_compounds(self, hidden: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """An address is hidden with any of its parts, and they with it."""
        more = set()
        for name, field_name in hidden:
            sobject = self.schema.objects.get(name)
            field = sobject.by_name.get(field_name) if sobject else None
            if sobject and field and field.type == "address":
                more |= {
                    (name, each.name) for each in sobject.fields if each.compound == field_name
                }
            elif field and (field.compound or "").endswith("Address"):
                more.add((name, str(field.compound)))
        return hidden | more

    def check_api(self, user: User) -> None:
        """Refuse who lacks API Enabled. Raises ApiError."""
        if not self.has(user, "ApiEnabled"):
            message = "The REST API is not enabled for this Organization."
            raise ApiError(403, "API_DISABLED_FOR_ORG", message)


def _keys(sobject: SObject, field: Field) -> tuple[str, ...]:
    """How permission sets may call a field: addresses as one, those of Activity as Task's."""
    compound = field.compound or ""
    name = compound if compound.endswith("Address") else field.name
    own = f"{sobject.name}.{name}"
    if sobject.name == "Event" and field.custom:
        return (own, f"Task.{name}")
    return (own,)
