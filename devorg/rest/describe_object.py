"""An object as describe shows it, in short and in full."""

from __future__ import annotations

from typing import Any, Final

from devorg.rest.call import Call
from devorg.schema import SObject
from devorg.schema.record_types import MASTER, RecordType

_MERGEABLE: Final = frozenset({"Account", "Contact", "Lead"})


def summary(call: Call, sobject: SObject) -> dict[str, Any]:
    """An entry of the global describe."""
    may, trait = call.org.rights.may, sobject.trait
    record = sobject.sharing == "record"
    writable = sobject.writable
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": may(call.user, sobject, "create"),
        "custom": sobject.custom,
        "customSetting": False,
        "deepCloneable": trait("deepCloneable", sobject.name == "Opportunity"),
        "deletable": may(call.user, sobject, "delete"),
        "deprecatedAndHidden": False,
        "feedEnabled": trait("feedEnabled", record and not sobject.custom),
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.prefix or None,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "layoutable": trait("layoutable", writable or sobject.name == "User"),
        "mergeable": sobject.name in _MERGEABLE,
        "mruEnabled": trait("mruEnabled", sobject.sharing in {"record", "activity"}),
        "name": call.names.entity(sobject),
        "queryable": True,
        "replicateable": trait("replicateable", writable),
        "retrieveable": trait("retrieveable", True),
        "searchable": trait("searchable", sobject.sharing in {"record", "activity"}),
        "triggerable": trait("triggerable", writable or sobject.name == "User"),
        "undeletable": trait("undeletable", writable) and may(call.user, sobject, "delete"),
        "updateable": may(call.user, sobject, "edit"),
        "urls": _urls(call, sobject),
    }


def described_object(call: Call, sobject: SObject) -> dict[str, Any]:
    """All of an object's describe but its fields."""
    short = summary(call, sobject)
    return {
        **short,
        "actionOverrides": [],
        "childRelationships": _children(call, sobject),
        "compactLayoutable": short["layoutable"],
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": _record_types(call, sobject),
        "searchLayoutable": trait_of_search(sobject),
        "sobjectDescribeOption": "FULL",
        "supportedScopes": _scopes(sobject),
        "urls": {**short["urls"], **_ui_urls(call, sobject)},
    }


def trait_of_search(sobject: SObject) -> bool:
    """True where search results have a layout."""
    return sobject.trait("searchLayoutable", sobject.sharing in {"record", "activity"})


def _urls(call: Call, sobject: SObject) -> dict[str, str]:
    base = f"{call.root}/sobjects/{call.names.entity(sobject)}"
    urls = {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"}
    if sobject.writable:
        urls |= {
            "layouts": f"{base}/describe/layouts",
            "compactLayouts": f"{base}/describe/compactLayouts",
            "quickActions": f"{base}/quickActions",
        }
    if sobject.sharing == "record":
        urls |= {
            "approvalLayouts": f"{base}/describe/approvalLayouts",
            "listviews": f"{base}/listviews",
        }
    return urls


def _ui_urls(call: Call, sobject: SObject) -> dict[str, str]:
    if not sobject.writable:
        return {}
    return {
        "uiDetailTemplate": f"{call.base_url}/{{ID}}",
        "uiEditTemplate": f"{call.base_url}/{{ID}}/e",
        "uiNewRecord": f"{call.base_url}/{sobject.prefix}/e",
    }


def _children(call: Call, sobject: SObject) -> list[dict[str, Any]]:
    names = call.names
    return [
        {
            "cascadeDelete": field.cascades,
            "childSObject": names.entity(child),
            "deprecatedAndHidden": False,
            "field": names.api(field),
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": names.children(field),
            "restrictedDelete": field.restricts,
        }
        for _, child in sorted(names.schema.objects.items())
        if call.org.rights.may(call.user, child, "read")
        for field in child.fields
        if sobject.name in field.references and (child.name, field.name) not in call.hidden
    ]


def _record_types(call: Call, sobject: SObject) -> list[dict[str, Any]]:
    if not sobject.writable or not trait_of_search(sobject):
        return []
    types = [*sobject.record_types, MASTER]
    default = types[0].id
    return [_record_type(call, sobject, each, default=each.id == default) for each in types]


def _record_type(
    call: Call, sobject: SObject, each: RecordType, *, default: bool
) -> dict[str, Any]:
    layout = f"{call.root}/sobjects/{call.names.entity(sobject)}/describe/layouts/{each.id}"
    return {
        "active": each.active,
        "available": each.active,
        "defaultRecordTypeMapping": default,
        "developerName": each.developer_name,
        "master": each is MASTER,
        "name": each.name,
        "recordTypeId": each.id,
        "urls": {"layout": layout},
    }


def _scopes(sobject: SObject) -> list[dict[str, str]]:
    many = sobject.plural.lower()
    scopes = [("everything", f"All {many}")]
    if "OwnerId" in sobject.by_name:
        scopes += [
            ("mine", f"My {many}"),
            ("scopingRule", "Filter by scope"),
            ("team", f"My team's {many}"),
        ]
    if "Group" in sobject.by_name.get("OwnerId", sobject.fields[0]).references:
        scopes += [("queue_owned", f"Queue owned {many}"), ("user_owned", f"User owned {many}")]
    if sobject.name == "Event":
        scopes.append(("delegated", f"My delegated {many}"))
    return [{"label": label, "name": name} for name, label in sorted(scopes)]
