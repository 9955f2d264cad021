"""A short way to write down field lists, one line a field, columns two or more spaces apart.

    Name            string 255            cu    Account Name  name
    ParentId        reference Account     cunp  Parent Account ID  kids=ChildAccounts

The letters are describe's flags: createable, updateable, nillable, defaultedOnCreate,
permissionable, restricted, idLookup (i), searchPrefilterable (x); after a minus stand the traits
that a field lacks against others of its type (filterable, sortable, groupable, aggregatable).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from devorg.schema.fields import Field

Choices = Mapping[str, tuple[str, ...] | Mapping[str, str]]
_SIZED = frozenset({"string", "textarea", "picklist", "multipicklist", "combobox"})
_LENGTHS = {"email": 80, "phone": 40, "url": 255, "id": 18, "reference": 18}
_NUMBERS = frozenset({"double", "currency", "percent"})


def fields(
    text: str, choices: Choices | None = None, computed: Mapping[str, str] | None = None
) -> tuple[Field, ...]:
    """The fields of a list.

    `choices` are values of picklists, as a tuple or value -> label; `computed` is SQL of fields
    that the platform works out. Addresses are put together from their parts.
    """
    lines = (line.strip() for line in text.strip().splitlines())
    found = computed_addresses(_field(line, choices or {}) for line in lines if line)
    sql = computed or {}
    return tuple(replace(each, computed=sql.get(each.name, each.computed)) for each in found)


def computed_addresses(found: Iterable[Field]) -> tuple[Field, ...]:
    """The same fields, the addresses among them put together from the parts of their name."""
    return tuple(
        replace(each, computed=_address(each.name)) if each.type == "address" else each
        for each in found
    )


_PARTS = (
    "City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street",
)  # fmt: skip


def _address(name: str) -> str:
    """SQL of a compound address: a JSON object, null when all its parts are."""
    prefix = name.removesuffix("Address")
    parts = [f'"{prefix}{part}"' for part in _PARTS]
    pairs = ", ".join(
        f"'{part[0].lower()}{part[1:]}', {column}"
        for part, column in zip(_PARTS, parts, strict=True)
    )
    empty = f"COALESCE({', '.join(parts)}) IS NULL"
    return f"CASE WHEN {empty} THEN NULL ELSE json_object({pairs}) END"


def _field(line: str, choices: Choices) -> Field:
    name, kind, flags, label, *rest = re.split(r"\s{2,}", line)
    type_, _, size = kind.partition(" ")
    on, _, off = flags.partition("-")
    options = dict(_option(word) for word in (rest[0].split() if rest else ()))
    length, precision, scale = _size(type_, size)
    values = choices.get(name, ())
    targets = tuple(size.split(",")) if type_ == "reference" else ()
    kids = options.get("kids")
    return Field(
        name, type_, label, length, precision, scale,
        createable="c" in on, updateable="u" in on, nillable="n" in on,
        default=_default(type_, options.get("default")), defaulted="d" in on,
        references=targets, relationship=options.get("path", _path(name) if targets else None),
        children=kids.rstrip("!?") if kids else None,
        cascades=bool(kids and kids.endswith("!")), restricts=bool(kids and kids.endswith("?")),
        values=tuple(values),
        value_labels=dict(values) if isinstance(values, Mapping) else {},
        restricted="r" in on, id_lookup="i" in on, name_field="name" in options,
        compound=options.get("in"), extra=options.get("info", _extra(type_)), lacks=off,
        securable="p" in on, prefilterable="x" in on,
    )  # fmt: skip


def _option(word: str) -> tuple[str, str]:
    key, _, value = word.partition("=")
    return key, value


def _path(name: str) -> str:
    return name.removesuffix("Id")


def _extra(type_: str) -> str | None:
    return "plaintextarea" if type_ == "textarea" else None


def _default(type_: str, given: str | None) -> str | bool | int | None:
    if type_ == "boolean":
        return given == "true"
    if given and type_ in {"int", *_NUMBERS}:
        return int(given)
    return given.replace("_", " ") if given else None


def _size(type_: str, size: str) -> tuple[int, int, int]:
    if type_ in _NUMBERS:
        precision, scale = size.split(",")
        return 0, int(precision), int(scale)
    if type_ == "int":
        return 0, int(size), 0
    if type_ in _SIZED or (size and type_ in {"email", "phone", "url"}):
        return int(size), 0, 0
    return _LENGTHS.get(type_, 0), 0, 0
