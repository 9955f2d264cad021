"""Permission sets and profiles: what each grants on objects, fields and in general."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

Action = Literal["create", "read", "edit", "delete", "view_all", "modify_all"]

# Metadata's word -> the actions that it grants, those it implies among them.
_OBJECT: Final[dict[str, tuple[Action, ...]]] = {
    "allowRead": ("read",),
    "allowCreate": ("create", "read"),
    "allowEdit": ("edit", "read"),
    "allowDelete": ("delete", "edit", "read"),
    "viewAllRecords": ("view_all", "read"),
    "modifyAllRecords": ("modify_all", "view_all", "delete", "edit", "read"),
}


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """What one permission set or profile grants; `open` ones grant every object and field."""

    name: str
    label: str
    profile: bool = False
    open: bool = False
    objects: Mapping[str, frozenset[Action]] = field(default_factory=dict)
    # `Contact.Level__c` -> may it be edited, None if not even read; others are as `open` says.
    fields: Mapping[str, bool | None] = field(default_factory=dict)
    user_permissions: frozenset[str] = frozenset()
    # User permissions that the source says are off.
    withheld: frozenset[str] = frozenset()
    custom_permissions: frozenset[str] = frozenset()
    # Apex classes that may be called.
    classes: frozenset[str] = frozenset()
    namespace: str | None = None

    def over(self, there: PermissionSet) -> PermissionSet:
        """The same on top of a built-in one: a deployed profile changes only what it names."""
        return replace(
            there,
            objects={**there.objects, **self.objects},
            fields={**there.fields, **self.fields},
            user_permissions=(there.user_permissions | self.user_permissions) - self.withheld,
            custom_permissions=there.custom_permissions | self.custom_permissions,
            classes=there.classes | self.classes,
        )

    def packaged(self, namespace: str | None) -> PermissionSet:
        """What is left of the set once it comes out of a managed package.

        Packaging strips the permissions of standard objects and all user permissions; custom
        objects, fields, classes and custom permissions survive.
        """
        kept = {name: some for name, some in self.objects.items() if name.endswith("__c")}
        return replace(
            self, objects=kept, user_permissions=frozenset(), open=False, namespace=namespace
        )


def permission_set(source: Mapping[str, Any], name: str, *, profile: bool = False) -> PermissionSet:
    """The permission set or profile that a metadata file describes."""
    objects: dict[str, frozenset[Action]] = {}
    for each in _several(source.get("objectPermissions")):
        granted = {act for word, acts in _OBJECT.items() if _on(each, word) for act in acts}
        objects[str(each.get("object"))] = frozenset(granted)
    fields = {
        str(each.get("field")): _on(each, "editable") if _on(each, "readable") else None
        for each in _several(source.get("fieldPermissions"))
    }
    users = source.get("userPermissions")
    return PermissionSet(
        name,
        str(source.get("label") or name),
        profile,
        objects=objects,
        fields=fields,
        user_permissions=_named(users, enabled=True),
        withheld=_named(users, enabled=False),
        custom_permissions=_named(source.get("customPermissions"), enabled=True),
        classes=_named(source.get("classAccesses"), enabled=True, key="apexClass"),
    )


def _named(given: Any, *, enabled: bool, key: str = "name") -> frozenset[str]:
    found = (each for each in _several(given) if _on(each, "enabled") is enabled)
    return frozenset(str(each.get(key)) for each in found)


def _several(value: Any) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, Mapping)]


def _on(source: Mapping[str, Any], word: str) -> bool:
    return str(source.get(word, "")).lower() == "true"


_EVERYBODY = frozenset(
    {"ApiEnabled", "EditTask", "EditEvent", "ActivitiesAccess", "ViewSetup", "ConvertLeads"}
)
STANDARD_USER = PermissionSet(
    "Standard User", "Standard User", True, open=True, user_permissions=_EVERYBODY
)
ADMINISTRATOR = PermissionSet(
    "System Administrator", "System Administrator", True, open=True,
    user_permissions=_EVERYBODY
    | {"ViewAllData", "ModifyAllData", "ManageUsers", "TransferAnyEntity"},
)  # fmt: skip
API_ONLY = PermissionSet(
    "Minimum Access - API Only Integrations", "Minimum Access - API Only Integrations", True,
    user_permissions=frozenset({"ApiEnabled"}),
)  # fmt: skip
# What metadata calls the standard profiles.
STANDARD_NAMES: Final = {"Admin": ADMINISTRATOR.name, "Standard": STANDARD_USER.name}
PROFILES: Final = (STANDARD_USER, ADMINISTRATOR, API_ONLY)
