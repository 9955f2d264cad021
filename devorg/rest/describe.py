"""Describe: what objects and fields there are for this user, with If-Modified-Since.

The keys are those of a real org's describe; what devorg has no notion of has the plain value.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from devorg.rest.call import Answer, Call
from devorg.rest.routing import resource
from devorg.schema import Field, SObject
from devorg.schema.fields import TEXT_TYPES

MAX_BATCH = 200
_SOAP = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int",
    "double": "xsd:double", "currency": "xsd:double", "percent": "xsd:double",
    "date": "xsd:date", "datetime": "xsd:dateTime",
}  # fmt: skip
_MASTER_RECORD_TYPE = "012000000000000AAA"


def _not_modified(call: Call) -> Answer | None:
    """304 if the client has seen the schema as it is."""
    changed = call.org.schema_changed
    since = call.headers.get("if-modified-since")
    if not since:
        return None
    try:
        seen = parsedate_to_datetime(since)
    except ValueError:
        return None
    seen = seen if seen.tzinfo else seen.replace(tzinfo=UTC)
    return Answer(304, headers=_stamp(changed)) if changed <= seen else None


def _stamp(changed: datetime) -> dict[str, str]:
    return {
        "Last-Modified": format_datetime(changed, usegmt=True),
        "ETag": f'"{int(changed.timestamp()):x}"',
    }


@resource("GET", "sobjects")
def describe_global(call: Call) -> Answer:
    """All objects, without their fields."""
    return _not_modified(call) or Answer(
        body={
            "encoding": "UTF-8",
            "maxBatchSize": MAX_BATCH,
            "sobjects": [_summary(call, each) for each in call.names.schema.objects.values()],
        },
        headers=_stamp(call.org.schema_changed),
    )


@resource("GET", "sobjects/<name>")
def basic(call: Call, name: str) -> Answer:
    """An object in short."""
    return Answer(body={"objectDescribe": _summary(call, call.sobject(name)), "recentItems": []})


@resource("GET", "sobjects/<name>/describe")
def describe(call: Call, name: str) -> Answer:
    """An object with its fields."""
    sobject = call.sobject(name)
    unchanged = _not_modified(call)
    if unchanged:
        return unchanged
    visible = [each for each in sobject.fields if (sobject.name, each.name) not in call.hidden]
    body = {
        **_summary(call, sobject),
        "actionOverrides": [],
        "childRelationships": _children(call, sobject),
        "compactLayoutable": sobject.writable,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [_field(call, sobject, each) for each in visible],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [_master_record_type(call, sobject)] if sobject.writable else [],
        "searchLayoutable": sobject.sharing == "record",
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {sobject.plural}", "name": "everything"}],
    }
    return Answer(body=dict(sorted(body.items())), headers=_stamp(call.org.schema_changed))


def _summary(call: Call, sobject: SObject) -> dict[str, Any]:
    base = f"{call.root}/sobjects/{sobject.name}"
    person = sobject.name in {"Account", "Contact", "Lead"}
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": sobject.writable,
        "custom": False,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": sobject.writable,
        "deprecatedAndHidden": False,
        "feedEnabled": sobject.sharing == "record",
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.prefix,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "layoutable": sobject.writable,
        "mergeable": person,
        "mruEnabled": sobject.sharing == "record",
        "name": sobject.name,
        "queryable": True,
        "replicateable": sobject.writable,
        "retrieveable": True,
        "searchable": sobject.sharing in {"record", "activity"},
        "triggerable": sobject.writable,
        "undeletable": sobject.writable,
        "updateable": sobject.writable,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def _children(call: Call, sobject: SObject) -> list[dict[str, Any]]:
    return [
        {
            "cascadeDelete": False,
            "childSObject": child.name,
            "deprecatedAndHidden": False,
            "field": call.names.api(field.name),
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": None,
            "restrictedDelete": False,
        }
        for child in call.names.schema.objects.values()
        for field in child.fields
        if sobject.name in field.references
    ]


def _master_record_type(call: Call, sobject: SObject) -> dict[str, Any]:
    layout = f"{call.root}/sobjects/{sobject.name}/describe/layouts/{_MASTER_RECORD_TYPE}"
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": _MASTER_RECORD_TYPE,
        "urls": {"layout": layout},
    }


# Bytes that a character may take in Salesforce's database.
_BYTES_PER_CHARACTER = 3
# What devorg has no notion of, with the value real orgs give plain fields.
_PLAIN_FIELD: dict[str, Any] = {
    "aiPredictionField": False, "autoNumber": False, "calculated": False,
    "calculatedFormula": None, "cascadeDelete": False,
    "controllerName": None, "defaultValueFormula": None, "dependentPicklist": False,
    "deprecatedAndHidden": False, "displayLocationInDecimal": False, "encrypted": False,
    "extraTypeInfo": None, "filteredLookupInfo": None, "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False, "htmlFormatted": False, "inlineHelpText": None, "mask": None,
    "maskType": None, "queryByDistance": False, "referenceTargetField": None,
    "relationshipOrder": None, "restrictedDelete": False, "restrictedPicklist": False,
    "searchPrefilterable": False, "writeRequiresMasterRead": False,
}  # fmt: skip


# The parts of compound fields: of names, and of addresses after a prefix such as Mailing.
_NAME_PARTS = frozenset({"FirstName", "LastName", "Salutation"})
_ADDRESS_PARTS = ("Street", "City", "State", "PostalCode", "Country")


def _compound(sobject: SObject, field: Field) -> str | None:
    """The compound field that a field is a part of."""
    if sobject.name in {"Contact", "Lead"} and field.name in _NAME_PARTS:
        return "Name"
    if sobject.name in {"Account", "Contact", "Lead"}:
        for part in _ADDRESS_PARTS:
            if field.name.endswith(part):
                return field.name.removesuffix(part) + "Address"
    return None


def _field(call: Call, sobject: SObject, field: Field) -> dict[str, Any]:
    text = field.type in TEXT_TYPES
    polymorphic = len(field.references) > 1
    shown = {
        **_PLAIN_FIELD,
        "aggregatable": field.filterable and field.type != "boolean",
        "byteLength": field.length
        * (1 if field.type in {"id", "reference"} else _BYTES_PER_CHARACTER),
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": _compound(sobject, field),
        "createable": field.createable,
        "custom": field.custom,
        "defaultValue": field.default,
        "defaultedOnCreate": field.defaulted,
        "digits": field.precision if field.type == "int" else 0,
        "externalId": field.external_id,
        "filterable": field.filterable,
        "groupable": field.filterable and (text or field.type in {"boolean", "date", "int"}),
        "idLookup": field.id_lookup,
        "label": field.label,
        "length": field.length,
        "name": call.names.api(field.name),
        "nameField": field.name_field,
        "namePointing": polymorphic,
        "nillable": field.nillable,
        "permissionable": field.nillable and field.createable,
        "picklistValues": [_choice(field, value) for value in field.values],
        "polymorphicForeignKey": polymorphic,
        "precision": 0 if field.type == "int" else field.precision,
        "referenceTo": list(field.references),
        "relationshipName": field.relationship,
        "scale": field.scale,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "sortable": field.filterable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable,
    }
    return dict(sorted(shown.items()))


def _choice(field: Field, value: str) -> dict[str, Any]:
    default = value == field.default
    return {
        "active": True, "defaultValue": default, "label": value, "validFor": None, "value": value,
    }  # fmt: skip
