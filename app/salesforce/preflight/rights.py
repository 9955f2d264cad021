"""Which right each feature needs, and which permission set grants it, as data.

The same as the metadata in ``sfdx/`` says: ``tests/salesforce/preflight/test_rights_table.py``
reads the XML and compares, so that neither can drift. The service itself needs no ``sfdx/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.salesforce.package import DESTINATION

CONNECTION = "connection"
#: Features of later releases, by the names that ``docs/install.md`` has for them.
SYNC_TO_INLAY, SYNC_TO_SALESFORCE = "sync_to_inlay", "sync_to_salesforce"


class Access(StrEnum):
    """What a right lets its holder do; the words are those of Salesforce's setup."""

    USE = "use"
    READ = "read"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    VIEW_ALL = "view all"
    MODIFY_ALL = "modify all"


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One right: a user permission (``EditTask``), or access to an object or a field.

    ``name`` is bare: ``Contact``, ``Contact.Email``, ``Task.Inlay_Key__c`` (fields of activities
    are named by Task, as permission sets do).
    """

    name: str
    access: Access

    @property
    def is_user_permission(self) -> bool:
        """Whether it belongs to no object."""
        return self.access is Access.USE

    @property
    def sobject(self) -> str:
        """The object it is about; empty for a user permission."""
        return "" if self.is_user_permission else self.name.partition(".")[0]

    @property
    def field(self) -> str:
        """The field it is about, if it is about one."""
        return self.name.partition(".")[2]


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """What one set grants. Fields that may be edited may be read as well.

    ``is_packaged``: it comes with the package; the others are the customer's own to deploy.
    """

    name: str
    is_packaged: bool = False
    users: tuple[str, ...] = ()
    objects: Mapping[str, tuple[Access, ...]] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()

    def rights(self) -> Iterator[Right]:
        """All rights of the set, objects before fields."""
        yield from (Right(name, Access.USE) for name in self.users)
        for name, granted in self.objects.items():
            yield from (Right(name, access) for access in granted)
        yield from (Right(name, Access.READ) for name in self.reads)
        yield from (Right(name, Access.EDIT) for name in self.edits)


_SEES = (Access.READ, Access.VIEW_ALL)
_WRITES = (Access.READ, Access.CREATE, Access.EDIT, Access.VIEW_ALL)
_FOUR = ("Account", "Contact", "Lead", "Opportunity")
_PEOPLE = (
    "Account.Industry",
    "Contact.AccountId",
    "Contact.Email",
    "Contact.Title",
    "Lead.Email",
    "Lead.Title",
)
_DEAL = "Opportunity.AccountId"


def _of(sobject: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{sobject}.{name}" for name in names)


SETS: Mapping[str, PermissionSet] = {
    each.name: each
    for each in (
        PermissionSet("Inlay_Connection_Access", users=("ApiEnabled",)),
        PermissionSet(
            "Inlay_Widget_Access",
            users=("ApiEnabled",),
            objects=dict.fromkeys(_FOUR, (Access.READ,)),
            reads=(*_PEOPLE, _DEAL),
        ),
        PermissionSet(
            "Inlay_Activity_Access",
            users=("ActivitiesAccess", "EditEvent", "EditTask"),
            objects=dict.fromkeys(_FOUR, _SEES),
            reads=(*_PEOPLE, _DEAL),
            edits=(
                *_of("Event", "Description", "WhatId", "WhoId"),
                *_of("Task", "Description", "WhatId", "WhoId"),
            ),
        ),
        PermissionSet("Inlay_Destination_Access", objects=dict.fromkeys(_FOUR, _SEES)),
        PermissionSet(
            "Inlay_Score_Access",
            objects={
                "Account": _SEES,
                "Contact": (Access.READ, Access.EDIT, Access.VIEW_ALL),
                "Lead": (Access.READ, Access.EDIT, Access.VIEW_ALL),
            },
        ),
        PermissionSet(
            "Inlay_Pull_Access",
            objects=dict.fromkeys(_FOUR, _SEES),
            reads=(*_PEOPLE, _DEAL),
        ),
        PermissionSet(
            "Inlay_Push_Access",
            objects={**dict.fromkeys(_FOUR[:3], _WRITES), "Opportunity": _SEES},
            reads=(_DEAL,),
            edits=_PEOPLE,
        ),
        PermissionSet(
            "Inlay_Integration",
            is_packaged=True,
            objects={DESTINATION: (Access.READ, Access.CREATE, Access.EDIT)},
            edits=(
                *_of(
                    "Task",
                    "Inlay_Key__c",
                    "Inlay_Kind__c",
                    "Inlay_Occurred_At__c",
                    "Inlay_Confidence__c",
                    "Inlay_Link__c",
                ),
                *_of("Contact", "Inlay_Score__c", "Inlay_Last_Engaged__c", "Inlay_Sync_State__c"),
                *_of("Lead", "Inlay_Score__c", "Inlay_Last_Engaged__c", "Inlay_Sync_State__c"),
                *_of(DESTINATION, "External_Id__c", "Link__c", "State__c", "Views__c"),
                *_of(DESTINATION, "Viewers__c", "Last_Viewed__c"),
                *_of(DESTINATION, "Account__c", "Contact__c", "Lead__c", "Opportunity__c"),
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Needs:
    """What a feature needs: local sets as a whole, and of packaged ones what it uses itself.

    ``own`` names objects or fields of ``Inlay_Integration``. ``of_reps``: each rep needs it, which
    the integration user cannot see.
    """

    sets: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    of_reps: bool = False

    def grants(self) -> dict[Right, str]:
        """Each right, and the set that grants it."""
        found: dict[Right, str] = {}
        for name in self.sets:
            for right in SETS[name].rights():
                found.setdefault(right, name)
        packaged = SETS["Inlay_Integration"]
        for right in packaged.rights():
            if right.sobject in self.own or right.name in self.own:
                found.setdefault(right, packaged.name)
        return found


_ACTIVITY = Needs(("Inlay_Activity_Access",), ("Task",))
_SCORES = tuple(
    f"{sobject}.{field}"
    for sobject in ("Contact", "Lead")
    for field in ("Inlay_Score__c", "Inlay_Last_Engaged__c")
)
_SYNC_STATE = ("Contact.Inlay_Sync_State__c", "Lead.Inlay_Sync_State__c")

#: By feature, as ``app.orgs.features`` and the guide call them.
FEATURES: Mapping[str, Needs] = {
    CONNECTION: Needs(("Inlay_Connection_Access",)),
    "widget": Needs(("Inlay_Widget_Access",), of_reps=True),
    "create_destination": Needs(("Inlay_Widget_Access",), of_reps=True),
    "activity_to_salesforce": _ACTIVITY,
    "follow_ups": _ACTIVITY,
    "destination_records": Needs(("Inlay_Destination_Access",), (DESTINATION,)),
    "scores": Needs(("Inlay_Score_Access",), _SCORES),
    SYNC_TO_INLAY: Needs(("Inlay_Pull_Access",)),
    SYNC_TO_SALESFORCE: Needs(("Inlay_Push_Access",), _SYNC_STATE),
}
