"""The words in which an object of the org is described: fields, their types and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from devorg.schema.record_types import RecordType

TEXT_TYPES: Final = frozenset(
    {
        "string", "textarea", "email", "phone", "url", "picklist", "multipicklist", "combobox",
        "id", "reference", "encryptedstring",
    }
)  # fmt: skip
# Longer text areas cannot be filtered, sorted or grouped by.
LONG_TEXT: Final = 255
# What describe says of plain fields of a type: filterable, sortable, groupable, aggregatable.
_TRAITS: Final = {
    "boolean": "fsg", "currency": "fsa", "double": "fsa", "percent": "fsa", "datetime": "fsa",
    "time": "fs", "combobox": "fsa", "address": "f", "multipicklist": "f", "base64": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an object. Names are without namespace; `names.py` adds it at the edge."""

    name: str
    type: str
    label: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    default: str | bool | int | float | None = None
    defaulted: bool = False
    # The objects of this org that it may point at; `elsewhere` are those that devorg lacks.
    references: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    # The path to the parent, and the name under which the parent calls its children.
    relationship: str | None = None
    children: str | None = None
    # What becomes of this row when its parent is deleted.
    cascades: bool = False
    restricts: bool = False
    values: tuple[str, ...] = ()
    # Labels of values that are called otherwise.
    value_labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    # True where a value that is not on the list is refused.
    restricted: bool = False
    external_id: bool = False
    unique: bool = False
    id_lookup: bool = False
    case_sensitive: bool = False
    name_field: bool = False
    # True for the fields of the package, whose names follow the org's namespace.
    packaged: bool = False
    # The compound field that it is a part of, and describe's extraTypeInfo.
    compound: str | None = None
    extra: str | None = None
    # Traits of `_TRAITS` that this field lacks, against others of its type.
    lacks: str = ""
    # Whether field-level security applies; None: wherever it may be left empty and written.
    securable: bool | None = None
    prefilterable: bool = False
    # SQL over the other columns: the platform computes the value, nobody writes it.
    computed: str | None = None
    # The formula behind it, where an admin or a package wrote one.
    formula: str | None = None
    # The display format of an auto-number, such as `A-{0000}`.
    auto_number: str | None = None
    help: str | None = None
    # What describe tells as the formula of the default; `default` is its value.
    default_formula: str | None = None

    @property
    def custom(self) -> bool:
        """True for the fields that a package or an admin added."""
        return self.name.endswith("__c")

    @property
    def required(self) -> bool:
        """True where a create without a value is refused."""
        return self.createable and not self.nillable and not self.defaulted

    @property
    def targets(self) -> tuple[str, ...]:
        """All objects that it may point at, those of other orgs too, as describe lists them."""
        return tuple(sorted({*self.references, *self.elsewhere}))

    @property
    def permissionable(self) -> bool:
        """True where field-level security can take the field away."""
        if self.securable is not None:
            return self.securable
        return self.nillable and (self.createable or self.updateable)

    @property
    def _traits(self) -> str:
        if self.type == "textarea" and self.length > LONG_TEXT:
            return ""
        return "".join(t for t in _TRAITS.get(self.type, "fsga") if t not in self.lacks)

    @property
    def filterable(self) -> bool:
        """False for long text areas and the like, which SOQL cannot compare."""
        return "f" in self._traits

    @property
    def sortable(self) -> bool:
        """True where SOQL can order by it."""
        return "s" in self._traits

    @property
    def groupable(self) -> bool:
        """True where SOQL can group by it."""
        return "g" in self._traits

    @property
    def aggregatable(self) -> bool:
        """True where SOQL can count or sum it."""
        return "a" in self._traits


@dataclass(frozen=True, slots=True)
class SObject:
    """One object of the org: its key prefix, its fields and how its rows are shared."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field, ...]
    # "record": own grant; "activity": by who and what; "opportunity": by its opportunity.
    sharing: str = "record"
    writable: bool = True
    # True for the objects of the package, as for its fields.
    packaged: bool = False
    # The org-wide default: who sees and edits rows that are not theirs.
    sharing_model: str = "ReadWrite"
    # What describe would say of it against others of its kind: {"undeletable": False}.
    traits: Mapping[str, bool] = field(default_factory=dict, hash=False)
    record_types: tuple[RecordType, ...] = ()
    # The name of the SQL view that shows its rows, for objects that have no table.
    view: str | None = None
    # The objects whose sharing decides about this one's rows; the schema fills it in.
    parents: Mapping[str, SObject] = field(default_factory=dict, hash=False, compare=False)
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False)
    # The fields that have a value of their own in the store, and those computed from them.
    stored: tuple[Field, ...] = field(init=False, repr=False, compare=False)
    computed: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name: each for each in self.fields})
        object.__setattr__(
            self, "stored", tuple(each for each in self.fields if each.computed is None)
        )
        computed = frozenset(each.name for each in self.fields if each.computed is not None)
        object.__setattr__(self, "computed", computed)

    @property
    def parent_fields(self) -> tuple[str, ...]:
        """The fields whose records decide about who sees this object's rows."""
        if self.sharing == "parent":
            return tuple(f.name for f in self.fields if f.custom and f.cascades and not f.nillable)
        named = {"activity": ("WhoId", "WhatId"), "opportunity": ("OpportunityId",)}
        own = named.get(self.sharing, ("CampaignId",) if self.sharing == "campaign" else ())
        return own or (("AccountId",) if self.name == "Contact" else ())

    @property
    def custom(self) -> bool:
        """True for the objects that a package or an admin added."""
        return self.name.endswith("__c")

    def with_fields(self, *changed: Field) -> SObject:
        """The same object with these fields added, or put in place of those of their names."""
        fields = {**self.by_name, **{each.name: each for each in changed}}
        return replace(self, fields=tuple(fields.values()))

    def with_record_type(self, made: RecordType) -> SObject:
        """The same object with one more record type, and the field that tells it."""
        types = (*(r for r in self.record_types if r.developer_name != made.developer_name), made)
        tells = reference("RecordTypeId", "Record Type ID", "RecordType")
        tells = replace(tells, default=types[0].id, defaulted=True, securable=False)
        return replace(self.with_fields(tells), record_types=types)

    def trait(self, name: str, usual: bool) -> bool:
        """One flag of describe, as usual unless this object differs."""
        return self.traits.get(name, usual)


def text(name: str, label: str, length: int) -> Field:
    """A single-line text."""
    return Field(name, "string", label, length)


def area(name: str, label: str, length: int) -> Field:
    """A text of several lines."""
    return Field(name, "textarea", label, length)


def typed(kind: str, name: str, label: str, length: int = 0) -> Field:
    """A field of a plain type: email, phone, url, boolean, int, double, date, datetime."""
    flag = kind == "boolean"
    return Field(
        name,
        kind,
        label,
        length,
        nillable=not flag,
        defaulted=flag,
        default=False if flag else None,
    )


def number(kind: str, name: str, label: str, precision: int, scale: int) -> Field:
    """A currency, a percentage or a double."""
    return Field(name, kind, label, precision=precision, scale=scale)


def picklist(name: str, label: str, values: tuple[str, ...], *, length: int = 255) -> Field:
    """A choice; unrestricted, as most standard picklists are for the API."""
    return Field(name, "picklist", label, length, values=values)


def reference(name: str, label: str, *targets: str, relationship: str | None = None) -> Field:
    """A lookup; its parent path is the name without `Id` unless told."""
    path = relationship or name.removesuffix("Id")
    return Field(name, "reference", label, 18, references=targets, relationship=path)


def required(one: Field) -> Field:
    """The same field, refused when empty."""
    return replace(one, nillable=False)


def read_only(one: Field) -> Field:
    """The same field, set by the platform alone."""
    return replace(one, createable=False, updateable=False)


def create_only(one: Field) -> Field:
    """The same field, fixed once the row exists."""
    return replace(one, updateable=False)


def with_default(one: Field, value: str | bool | float | None = None) -> Field:
    """The same field, filled by the platform when a create leaves it out."""
    return replace(one, default=value, defaulted=True, nillable=False)


def lookup_key(one: Field) -> Field:
    """The same field, allowed as the key of an upsert."""
    return replace(one, id_lookup=True)


def system_fields(label: str) -> tuple[Field, ...]:
    """The fields that every object has: Id first, then flags and stamps."""
    stamps = (
        typed("boolean", "IsDeleted", "Deleted"),
        typed("datetime", "CreatedDate", "Created Date"),
        reference("CreatedById", "Created By ID", "User"),
        typed("datetime", "LastModifiedDate", "Last Modified Date"),
        reference("LastModifiedById", "Last Modified By ID", "User"),
        typed("datetime", "SystemModstamp", "System Modstamp"),
    )
    key = replace(Field("Id", "id", f"{label} ID", 18), id_lookup=True)
    return tuple(read_only(with_default(one, one.default)) for one in (key, *stamps))
