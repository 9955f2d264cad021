"""An object's metadata (a `CustomObject`) as an object of the schema."""

from __future__ import annotations

import re
from dataclasses import replace

from devorg.errors import ControlError
from devorg.metadata.fields import UnsupportedError, number_format
from devorg.metadata.source import Source, flag, mapping
from devorg.schema import Field, Schema, SObject
from devorg.schema.notation import fields

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*__c")
# Metadata's word -> who sees rows that are not theirs.
SHARING_MODELS = {
    "Private": "Private", "Read": "Read", "ReadWrite": "ReadWrite",
    "ReadWriteTransfer": "ReadWrite", "FullAccess": "ReadWrite",
    "ControlledByParent": "ControlledByParent", "ControlledByLeadOrContact": "ControlledByParent",
}  # fmt: skip

_STANDARD = """
    Id                  id              di   Record ID
    OwnerId             reference User  cud  Owner ID
    IsDeleted           boolean         d    Deleted
    Name                string 80       cui  Name  name
    CreatedDate         datetime        d    Created Date
    CreatedById         reference User  d    Created By ID
    LastModifiedDate    datetime        d    Last Modified Date
    LastModifiedById    reference User  d    Last Modified By ID
    SystemModstamp      datetime        d    System Modstamp
    LastViewedDate      datetime        n    Last Viewed Date
    LastReferencedDate  datetime        n    Last Referenced Date
"""
_ACTIVITIES = "LastActivityDate  date  n  Last Activity Date"


def object_of(source: Source, name: str, schema: Schema) -> SObject:
    """A new custom object. Raises ControlError for what can be none."""
    if not _NAME.fullmatch(name):
        raise ControlError("metadata", f"{name!r} is no name of a custom object.")
    label = str(source.get("label") or name.removesuffix("__c").replace("_", " "))
    listed = fields(_STANDARD + (_ACTIVITIES if flag(source, "enableActivities") else ""))
    return SObject(
        name,
        label,
        str(source.get("pluralLabel") or label),
        _free_prefix(schema),
        tuple(_name_field(source, each) if each.name == "Name" else each for each in listed),
        sharing_model=sharing_of(source) or "ReadWrite",
    )


def sharing_of(source: Source) -> str | None:
    """The org-wide default that the metadata asks for, if any."""
    return SHARING_MODELS.get(str(source.get("sharingModel")))


def _name_field(source: Source, field: Field) -> Field:
    given = mapping(source, "nameField")
    field = replace(field, label=str(given.get("label") or field.label))
    if given.get("type") != "AutoNumber":
        # Real orgs name a record after its Id when nobody does.
        return replace(field, nillable=False)
    try:
        number = number_format(given, field.name)
    except UnsupportedError as error:
        raise ControlError("metadata", f"The name of records {error.message}.") from error
    return replace(field, auto_number=number, createable=False, updateable=False, nillable=False)


def detail_of_master(sobject: SObject) -> SObject:
    """The object without an owner of its own, if it has a master."""
    masters = [
        each for each in sobject.fields if each.custom and each.cascades and not each.nillable
    ]
    if not masters or not sobject.custom:
        return sobject
    kept = tuple(each for each in sobject.fields if each.name != "OwnerId")
    return replace(sobject, fields=kept, sharing="parent", sharing_model="ControlledByParent")


def _free_prefix(schema: Schema) -> str:
    for number in range(len(_DIGITS) ** 2):
        prefix = "a" + _DIGITS[number // len(_DIGITS)] + _DIGITS[number % len(_DIGITS)]
        if prefix not in schema.by_prefix:
            return prefix
    raise ControlError("metadata", "No key prefix is left for another custom object.")
