"""`ui-api/object-info/<object>`: an object and its fields in the words of the UI API.

Source: UI API guide, Object Info response body.
"""

from __future__ import annotations

import zlib
from typing import Any

from devorg.errors import ApiError
from devorg.rest.call import Answer, Call
from devorg.rest.describe_field import described_field
from devorg.rest.describe_object import described_object
from devorg.rest.routing import resource
from devorg.schema import Field, SObject

MAX_OBJECTS = 100
_MASTER = "012000000000000AAA"
# Words of describe that the UI API shares, and its own names for types.
_SHARED = (
    "createable", "custom", "deletable", "feedEnabled", "keyPrefix", "label", "labelPlural",
    "layoutable", "mruEnabled", "queryable", "searchable", "updateable",
)  # fmt: skip
_FIELD_SHARED = (
    "calculated", "compoundFieldName", "controllerName", "createable", "custom", "extraTypeInfo",
    "filterable", "filteredLookupInfo", "highScaleNumber", "htmlFormatted", "inlineHelpText",
    "label", "length", "maskType", "polymorphicForeignKey", "precision", "referenceTargetField",
    "relationshipName", "scale", "searchPrefilterable", "sortable", "unique", "updateable",
)  # fmt: skip
_TYPES = {
    "anyType": "Complex", "base64": "Base64", "combobox": "ComboBox", "datetime": "DateTime",
    "encryptedstring": "EncryptedString", "id": "Reference", "multipicklist": "MultiPicklist",
    "textarea": "TextArea",
}  # fmt: skip
_PERSON = ("FirstName", "LastName")


@resource("GET", "ui-api/object-info/<name>")
def show(call: Call, name: str) -> Answer:
    """One object; its tag serves If-None-Match."""
    shown = _info(call, name)
    tag = f'"{shown["eTag"]}"'
    if call.headers.get("if-none-match") == tag:
        return Answer(304, headers={"ETag": tag})
    return Answer(body=shown, headers={"ETag": tag})


@resource("GET", "ui-api/object-info/batch/<names>")
def show_batch(call: Call, names: str) -> Answer:
    """Several objects, a status for each."""
    wanted = [each.strip() for each in names.split(",") if each.strip()]
    if len(wanted) > MAX_OBJECTS:
        message = f"At most {MAX_OBJECTS} objects can be asked for at once."
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    return Answer(body={"results": [_result(call, each) for each in wanted]})


def _result(call: Call, name: str) -> dict[str, Any]:
    try:
        return {"result": _info(call, name), "statusCode": 200}
    except ApiError as error:
        return {"result": error.body(), "statusCode": error.status}


def _info(call: Call, name: str) -> dict[str, Any]:
    sobject = call.sobject(name)
    described = described_object(call, sobject)
    fields = {
        call.names.api(each): _field(call, sobject, each)
        for each in sobject.fields
        if (sobject.name, each.name) not in call.hidden
    }
    named = [each.name for each in sobject.fields if each.name_field]
    shown: dict[str, Any] = {
        "apiName": call.names.entity(sobject),
        "associateEntityType": None,
        "associateParentEntity": None,
        "childRelationships": [
            {
                "childObjectApiName": each["childSObject"],
                "fieldName": each["field"],
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": each["relationshipName"],
            }
            for each in described["childRelationships"]
            if each["relationshipName"]
        ],
        **{key: described[key] for key in _SHARED},
        "compactLayoutable": described["compactLayoutable"],
        "defaultRecordTypeId": _MASTER if described["recordTypeInfos"] else None,
        "dependentFields": {},
        "fields": fields,
        "nameFields": [*(each for each in _PERSON if each in sobject.by_name), *named]
        if _is_person(sobject)
        else named,
        "recordTypeInfos": {
            each["recordTypeId"]: {
                "available": each["available"],
                "defaultRecordTypeMapping": each["defaultRecordTypeMapping"],
                "master": each["master"],
                "name": each["name"],
                "recordTypeId": each["recordTypeId"],
            }
            for each in described["recordTypeInfos"]
        },
        "searchLayoutable": described["searchLayoutable"],
        # Icons and colours are the pages' affair; devorg's have their own.
        "themeInfo": None,
    }
    shown["eTag"] = f"{zlib.crc32(repr(shown).encode()):08x}"
    return dict(sorted(shown.items()))


def _is_person(sobject: SObject) -> bool:
    return sobject.name in {"Contact", "Lead", "User"}


def _field(call: Call, sobject: SObject, field: Field) -> dict[str, Any]:
    described = described_field(call.names, field, editable=_editable(call, sobject, field))
    kind = _TYPES.get(field.type, field.type.capitalize())
    shown = {
        "apiName": described["name"],
        **{key: described[key] for key in _FIELD_SHARED},
        "compound": any(each.compound == field.name for each in sobject.fields),
        "compoundComponentName": _component(field),
        "controllingFields": [],
        "dataType": kind,
        "nameField": field.name_field,
        "reference": bool(described["referenceTo"]),
        "referenceToInfos": [
            {"apiName": each, "nameFields": _name_fields(call, each)}
            for each in described["referenceTo"]
        ],
        "required": field.required,
    }
    return dict(sorted(shown.items()))


def _editable(call: Call, sobject: SObject, field: Field) -> bool:
    return field.name in call.org.rights.editable(call.user, sobject)


def _component(field: Field) -> str | None:
    """`MailingCity` is the City of `MailingAddress`."""
    if field.compound is None:
        return None
    prefix = field.compound.removesuffix("Address")
    return field.name.removeprefix(prefix) if field.compound != "Name" else field.name


def _name_fields(call: Call, name: str) -> list[str]:
    target = call.names.sobject(name)
    if target is None:
        return ["Name"]
    named = [each.name for each in target.fields if each.name_field]
    return [*(_PERSON if _is_person(target) else ()), *named]
