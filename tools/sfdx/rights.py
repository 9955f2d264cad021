"""Permission sets that tell the truth: what is granted exists, suffices, and survives packaging.

A packaged set keeps own objects, fields, classes, pages, tabs and custom permissions; rights on
standard objects, user permissions and licences are lost on the way (Salesforce, second-generation
packaging: "Permission Sets and Profile Settings in Packages"). So these are granted by local sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from app.orgs.features import Feature
from app.widget import rights as widget_rights
from tools.sfdx.project import PermissionSet, Project

REP, ADMIN, INTEGRATION = "Inlay_Rep", "Inlay_Admin", "Inlay_Integration"
DESTINATION = "Inlay_Destination__c"
#: Feature -> who has it, in words; the first part are the features of `app`, then the connection.
FEATURES = {
    "connection": ("integration user", INTEGRATION),
    Feature.WIDGET.value: ("reps", REP),
    Feature.CREATE_DESTINATION.value: ("reps", REP),
    Feature.ACTIVITY_TO_SALESFORCE.value: ("integration user", INTEGRATION),
    "follow_ups": ("integration user", INTEGRATION),
    "destination_records": ("integration user", INTEGRATION),
    "scores": ("integration user", INTEGRATION),
    "sync_to_inlay": ("integration user", INTEGRATION),
    "sync_to_salesforce": ("integration user", INTEGRATION),
}
#: Standard fields under field-level security, of those that we use (describe: permissionable).
PERMISSIONABLE = frozenset(
    {
        "Account.Industry",
        "Contact.AccountId", "Contact.Email", "Contact.Title",
        "Lead.Email", "Lead.Title",
        "Opportunity.AccountId",
        "Event.Description", "Event.WhatId", "Event.WhoId",
        "Task.Description", "Task.WhatId", "Task.WhoId",
    }
)  # fmt: skip
#: What the SOQL of widget and outbox asks besides the fields that the UI API is asked for.
_QUERIED = frozenset({"Contact.AccountId", "Opportunity.AccountId"})
_ACTIVITY = tuple(f"{o}.{f}" for o in ("Task", "Event") for f in ("WhoId", "WhatId", "Description"))
_ACTIVITY_USER = frozenset({"ActivitiesAccess", "EditTask", "EditEvent"})
_NEEDS = {
    "create": {"read"},
    "edit": {"read"},
    "view all": {"read"},
    "delete": {"read", "edit"},
    "modify all": {"read", "edit", "delete", "view all"},
}
_PARENTS = {"Contact": "Account", "Opportunity": "Account"}


def packaged_sets_survive(project: Project) -> Iterator[str]:
    """Packaged sets hold nothing that an installation would drop."""
    for each in project.packaged_sets.values():
        lost = [f"user permission {name}" for name in each.user_permissions]
        lost += [f"object {name}" for name in each.objects if name not in project.objects]
        lost += [f"standard field {name}" for name in each.fields if not name.endswith("__c")]
        lost += [f"element {name}" for name in each.other]
        yield from (f"{each.name}: {what} does not survive packaging" for what in sorted(lost))


def sets_name_what_exists(project: Project) -> Iterator[str]:
    """What packaged sets name is in the package."""
    known = {
        "class": project.packaged_classes,
        "page": project.names("pages", ".page"),
        "tab": project.names("tabs", ".tab-meta.xml"),
        "application": project.names("applications", ".app-meta.xml"),
        "custom permission": project.names("customPermissions", ".customPermission-meta.xml"),
        "field": _grantable(project),
    }
    for each in project.packaged_sets.values():
        for kind, names in _named(each).items():
            yield from (
                f"{each.name}: there is no {kind} {name}" for name in sorted(names - known[kind])
            )
        yield from (
            f"{each.name}: {name} is a formula and cannot be edited"
            for name, editable in each.fields.items()
            if editable and name in known["field"] and not project.fields[_real(name)].writable
        )


def all_is_granted(project: Project) -> Iterator[str]:
    """Each thing of the package is granted to whom it is for."""
    fields = _grantable(project)
    for name in (REP, ADMIN, INTEGRATION):
        yield from (f"{name}: lacks the field {field}" for field in _lacking(project, name, fields))
    integration = project.packaged_sets[INTEGRATION]
    writable = {name for name in fields if project.fields[_real(name)].writable}
    given = {name for name, editable in integration.fields.items() if editable}
    yield from (f"{INTEGRATION}: cannot edit {name}" for name in sorted(writable - given))
    admin = project.packaged_sets[ADMIN]
    everything = {
        "page": project.names("pages", ".page"),
        "tab": project.names("tabs", ".tab-meta.xml"),
        "application": project.names("applications", ".app-meta.xml"),
        "custom permission": project.names("customPermissions", ".customPermission-meta.xml"),
    }
    for kind, names in everything.items():
        missing = sorted(names - _named(admin)[kind])
        yield from (f"{ADMIN}: lacks the {kind} {name}" for name in missing)


def reps_only_read(project: Project) -> Iterator[str]:
    """Only the integration user writes what is Inlay's: a rep could forge views otherwise."""
    for name in (REP, ADMIN):
        each = project.packaged_sets[name]
        yield from (f"{name}: may edit {field}" for field, may in each.fields.items() if may)
        if each.objects.get(DESTINATION, frozenset()) - {"read", "view all"}:
            yield f"{name}: may write Destinations"
    if "Inlay_Admin" in project.packaged_sets[REP].custom_permissions:
        yield f"{REP}: makes every rep an admin"


def local_sets_hold_together(project: Project) -> Iterator[str]:
    """Local sets grant only what is standard, and rights that Salesforce takes together."""
    for each in project.local_sets.values():
        if each.other - {"license"} or each.classes or each.custom_permissions:
            yield f"{each.name}: grants something that belongs into a packaged set"
        yield from (f"{each.name}: {problem}" for problem in _object_problems(each))
        for field in sorted(set(each.fields) - PERMISSIONABLE):
            yield f"{each.name}: {field} is not under field-level security"
        for field in sorted(each.fields):
            sobject = field.split(".")[0]
            if sobject not in each.objects and sobject not in {"Task", "Event"}:
                yield f"{each.name}: names {field} but does not grant {sobject}"


def every_feature_has_its_rights(project: Project) -> Iterator[str]:
    """Each feature of `app` has a set, and each set names features that there are."""
    named = set(chain.from_iterable(each.features for each in project.local_sets.values()))
    yield from (f"no local set is for the feature {name}" for name in sorted(set(FEATURES) - named))
    yield from (
        f"a local set is for {name}, which is none" for name in sorted(named - set(FEATURES))
    )
    yield from (
        f"the feature {each.value} is missing in tools/sfdx/rights.py"
        for each in Feature
        if each.value not in FEATURES
    )


def what_app_uses_is_granted(project: Project) -> Iterator[str]:
    """The standard fields that `app` reads and writes are in the sets of their features."""
    read = {name for name in widget_rights._FIELDS if name in PERMISSIONABLE} | _QUERIED
    for feature in (Feature.WIDGET, Feature.ACTIVITY_TO_SALESFORCE):
        granted = _fields_for(project, feature)
        yield from (
            f"{feature.value}: {name} is not granted" for name in sorted(read - set(granted))
        )
    activity = _fields_for(project, Feature.ACTIVITY_TO_SALESFORCE)
    yield from (
        f"{Feature.ACTIVITY_TO_SALESFORCE.value}: {name} cannot be written"
        for name in _ACTIVITY
        if not activity.get(name)
    )
    users = _users_for(project, Feature.ACTIVITY_TO_SALESFORCE)
    yield from (
        f"{Feature.ACTIVITY_TO_SALESFORCE.value}: {name} is not granted"
        for name in sorted(_ACTIVITY_USER - users)
    )


def _sets_for(project: Project, feature: str) -> list[PermissionSet]:
    return [each for each in project.local_sets.values() if feature in each.features]


def _fields_for(project: Project, feature: str) -> dict[str, bool]:
    granted: dict[str, bool] = {}
    for each in _sets_for(project, feature):
        granted |= each.fields
    return granted


def _users_for(project: Project, feature: str) -> set[str]:
    return set(chain.from_iterable(each.user_permissions for each in _sets_for(project, feature)))


def _grantable(project: Project) -> frozenset[str]:
    """Fields as permission sets name them: those of Activity by Task."""
    return frozenset(
        f"Task.{field.name}" if field.sobject == "Activity" else name
        for name, field in project.fields.items()
    )


def _real(name: str) -> str:
    sobject, field = name.split(".")
    return f"Activity.{field}" if sobject == "Task" else name


def _lacking(project: Project, name: str, fields: frozenset[str]) -> list[str]:
    return sorted(fields - set(project.packaged_sets[name].fields))


def _named(each: PermissionSet) -> dict[str, frozenset[str]]:
    return {
        "class": each.classes,
        "page": each.pages,
        "tab": each.tabs,
        "application": each.applications,
        "custom permission": each.custom_permissions,
        "field": frozenset(each.fields),
    }


def _object_problems(each: PermissionSet) -> Iterator[str]:
    for sobject, granted in each.objects.items():
        for right in granted:
            missing = sorted(_NEEDS.get(right, set()) - granted)
            yield from (f"{sobject}: {right} needs {other}" for other in missing)
        parent = _PARENTS.get(sobject)
        if parent and "read" not in each.objects.get(parent, frozenset()):
            yield f"{sobject} needs read on {parent}"
        if sobject.endswith("__c"):
            yield f"{sobject} belongs into a packaged set"
