"""The words in which an object of the org is described: fields, their types and their rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

TEXT_TYPES: Final = frozenset(
    {"string", "textarea", "email", "phone", "url", "picklist", "combobox", "id", "reference"}
)
# Longer text areas cannot be filtered, sorted or grouped by.
LONG_TEXT: Final = 255


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
    default: str | bool | int | None = None
    defaulted: bool = False
    references: tuple[str, ...] = ()
    relationship: str | None = None
    values: tuple[str, ...] = ()
    external_id: bool = False
    unique: bool = False
    id_lookup: bool = False
    case_sensitive: bool = False
    name_field: bool = False
    # True for the fields of the package, whose names follow the org's namespace.
    packaged: bool = False

    @property
    def custom(self) -> bool:
        """True for the fields that a package or an admin added."""
        return self.name.endswith("__c")

    @property
    def required(self) -> bool:
        """True where a create without a value is refused."""
        return self.createable and not self.nillable and not self.defaulted

    @property
    def filterable(self) -> bool:
        """False for long text areas, which SOQL cannot compare."""
        return not (self.type == "textarea" and self.length > LONG_TEXT)


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
    by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name: each for each in self.fields})


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


def with_default(one: Field, value: str | bool | int | None = None) -> Field:
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
