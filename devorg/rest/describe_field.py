"""A field as describe shows it: the keys of a real org's, plain values for what devorg lacks."""

from __future__ import annotations

from typing import Any, Final

from devorg.names import Names
from devorg.schema import Field
from devorg.schema.fields import TEXT_TYPES

_SOAP: Final = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int",
    "double": "xsd:double", "currency": "xsd:double", "percent": "xsd:double",
    "date": "xsd:date", "datetime": "xsd:dateTime", "time": "xsd:time", "address": "urn:address",
    "base64": "xsd:base64Binary",
}  # fmt: skip
# Bytes that a character may take in Salesforce's database.
_BYTES_PER_CHARACTER = 3
# What devorg has no notion of, with the value real orgs give plain fields.
_PLAIN: Final[dict[str, Any]] = {
    "aiPredictionField": False, "controllerName": None,
    "dependentPicklist": False, "deprecatedAndHidden": False,
    "displayLocationInDecimal": False, "encrypted": False, "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False, "highScaleNumber": False, "mask": None,
    "maskType": None, "referenceTargetField": None, "writeRequiresMasterRead": False,
}  # fmt: skip


def described_field(names: Names, field: Field, *, editable: bool) -> dict[str, Any]:
    """One entry of `fields`; `editable` is whether the user may write it at all."""
    polymorphic = len(field.targets) > 1
    shown = {
        **_PLAIN,
        "aggregatable": field.aggregatable,
        "autoNumber": field.auto_number is not None,
        "byteLength": _bytes(field),
        "cascadeDelete": field.custom and field.cascades,
        "calculated": field.formula is not None,
        "calculatedFormula": field.formula,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound,
        "createable": field.createable and editable,
        "custom": field.custom,
        "defaultValue": None if field.default_formula else field.default,
        "defaultValueFormula": field.default_formula,
        "defaultedOnCreate": field.defaulted,
        "digits": field.precision if field.type == "int" else 0,
        "externalId": field.external_id,
        "extraTypeInfo": field.extra,
        "filterable": field.filterable,
        "groupable": field.groupable,
        "htmlFormatted": field.extra == "richtextarea" or _is_link(field),
        "idLookup": field.id_lookup,
        "inlineHelpText": field.help,
        "label": field.label,
        "length": field.length,
        "name": names.api(field),
        "nameField": field.name_field,
        "namePointing": polymorphic,
        "nillable": field.nillable,
        "permissionable": field.permissionable,
        "picklistValues": [_choice(field, value) for value in field.values],
        "polymorphicForeignKey": polymorphic,
        "precision": 0 if field.type == "int" else field.precision,
        "queryByDistance": field.type == "address",
        "referenceTo": [names.entity_named(each) for each in field.targets],
        "relationshipName": names.path(field),
        "relationshipOrder": 0 if field.custom and field.cascades else None,
        "restrictedDelete": field.custom and field.restricts,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "searchPrefilterable": field.prefilterable,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable and editable,
    }
    return dict(sorted(shown.items()))


def _is_link(field: Field) -> bool:
    return "HYPERLINK" in (field.formula or "").upper()


def _bytes(field: Field) -> int:
    if field.type not in TEXT_TYPES:
        return 0
    return field.length * (1 if field.type in {"id", "reference"} else _BYTES_PER_CHARACTER)


def _choice(field: Field, value: str) -> dict[str, Any]:
    return {
        "active": True,
        "defaultValue": value == field.default,
        "label": field.value_labels.get(value, value),
        "validFor": None,
        "value": value,
    }
