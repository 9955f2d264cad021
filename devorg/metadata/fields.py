"""A field's metadata (a `CustomField`) as a field of the schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from devorg.errors import DevorgError
from devorg.metadata.formulas import FormulaError, sql_of
from devorg.metadata.source import Source, flag, mapping, number, several
from devorg.schema import Field

_NAME = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*__)?[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*__c"
)
_FORMAT = re.compile(r"[^{}\x00-\x1f]*\{0+\}[^{}\x00-\x1f]*")
_LITERAL = re.compile(
    r"\s*(?:\"([^\"]*)\"|'([^']*)'|(-?\d+(?:\.\d+)?)|(true|false))\s*", re.IGNORECASE
)

# What describe says of every text formula (object reference, calculated fields).
FORMULA_LENGTH = 1300


class UnsupportedError(DevorgError):
    """Metadata that devorg does not act on; told to whoever loads it, and left out."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__("unsupported", why)
        self.name = name


def field_of(source: Source, *, name: str | None = None) -> Field:
    """The field. Raises UnsupportedError for kinds that devorg has no notion of."""
    full_name = name or str(source.get("fullName", ""))
    if not _NAME.fullmatch(full_name):
        raise UnsupportedError(full_name or "(no name)", "is no name of a custom field")
    kind = str(source.get("type", ""))
    if source.get("formula") is not None:
        return _formula(source, full_name)
    build = _KINDS.get(kind)
    if build is None:
        raise UnsupportedError(full_name, f"has the type {kind!r}, which devorg lacks")
    traits: dict[str, Any] = build(source, full_name)
    default, formula = _default(source, full_name, traits)
    required = flag(source, "required") or kind == "MasterDetail"
    external = flag(source, "externalId")
    return Field(
        **{
            "name": full_name,
            "label": str(source.get("label") or full_name.removesuffix("__c").replace("_", " ")),
            "nillable": not required and kind != "Checkbox",
            "default": default,
            "default_formula": formula,
            "defaulted": default is not None,
            "external_id": external,
            "id_lookup": external,
            "unique": flag(source, "unique"),
            "case_sensitive": flag(source, "caseSensitive"),
            "help": source.get("inlineHelpText") or None,
            "securable": not required,
            **traits,
        }
    )


def _formula(source: Source, name: str) -> Field:
    """A text that the platform computes; it has FLS, and nobody writes it."""
    formula = str(source["formula"])
    if source.get("type") != "Text":
        raise UnsupportedError(name, "is a formula of another type than Text")
    try:
        computed = sql_of(formula)
    except FormulaError as error:
        why = f"is a formula that devorg does not compute ({str(error)!r})"
        raise UnsupportedError(name, why) from error
    return Field(
        name, "string", str(source.get("label") or name), FORMULA_LENGTH,
        createable=False, updateable=False, securable=True, lacks="g", computed=computed,
        formula=formula, help=source.get("inlineHelpText") or None,
    )  # fmt: skip


def _default(source: Source, name: str, traits: dict[str, Any]) -> tuple[Any, str | None]:
    """The default's value, and its formula where it is told as one."""
    given = source.get("defaultValue")
    if traits["type"] == "boolean":
        return flag(source, "defaultValue"), None
    if "default" in traits:
        return traits["default"], None
    if given in (None, ""):
        return None, None
    match = _LITERAL.fullmatch(str(given))
    if not match:
        raise UnsupportedError(name, f"has the default {given!r}, a formula")
    double, single, figure, truth = match.groups()
    if figure is not None:
        return float(figure) if "." in figure else int(figure), str(given)
    if truth is not None:
        return truth.lower() == "true", str(given)
    return double if double is not None else single, str(given)


def _text(type_: str, length: int, extra: str | None = None) -> Callable[..., dict[str, Any]]:
    def build(source: Source, _name: str) -> dict[str, Any]:
        return {"type": type_, "length": number(source, "length", length), "extra": extra}

    return build


def _fixed(type_: str, length: int = 0, **more: Any) -> Callable[..., dict[str, Any]]:
    def build(_source: Source, _name: str) -> dict[str, Any]:
        return {"type": type_, "length": length, **more}

    return build


def _number(type_: str) -> Callable[..., dict[str, Any]]:
    def build(source: Source, _name: str) -> dict[str, Any]:
        precision, scale = number(source, "precision", 18), number(source, "scale", 0)
        return {"type": type_, "precision": precision, "scale": scale}

    return build


def _picklist(type_: str, length: int) -> Callable[..., dict[str, Any]]:
    def build(source: Source, name: str) -> dict[str, Any]:
        given = mapping(source, "valueSet")
        definition = mapping(given, "valueSetDefinition")
        if given.get("valueSetName") and not definition:
            raise UnsupportedError(name, f"needs the value set {given['valueSetName']!r}")
        values = [
            each if isinstance(each, dict) else {"fullName": each}
            for each in several(definition.get("value")) + several(source.get("values"))
        ]
        if not all(each.get("fullName") for each in values):
            raise UnsupportedError(name, "has a value without a fullName")
        live = [each for each in values if flag(each, "isActive", usual=True)]
        names = tuple(str(each["fullName"]) for each in live)
        usual = [str(each["fullName"]) for each in live if flag(each, "default")]
        labels = {
            str(each["fullName"]): str(each.get("label") or each["fullName"]) for each in live
        }
        restricted = flag(given, "restricted") or flag(source, "restricted")
        return {
            "type": type_, "length": length, "values": names, "value_labels": labels,
            "restricted": restricted, "default": usual[0] if usual else None,
        }  # fmt: skip

    return build


def _lookup(source: Source, name: str) -> dict[str, Any]:
    target = str(source.get("referenceTo") or "")
    if not target:
        raise UnsupportedError(name, "is a lookup to nothing")
    master = source.get("type") == "MasterDetail"
    constraint = source.get("deleteConstraint")
    children = source.get("relationshipName")
    return {
        "type": "reference", "length": 18, "references": (target,),
        "relationship": name.removesuffix("__c") + "__r",
        "children": f"{children}__r" if children else None,
        "cascades": master or constraint == "Cascade", "restricts": constraint == "Restrict",
        "updateable": not master or flag(source, "reparentableMasterDetail"),
    }  # fmt: skip


def number_format(source: Source, name: str) -> str:
    """The display format of an auto-number. Raises UnsupportedError for dates in it."""
    given = str(source.get("displayFormat") or "{0}")
    if not _FORMAT.fullmatch(given):
        raise UnsupportedError(name, f"has the display format {given!r}, not text with one {{0}}")
    return given


def _auto_number(source: Source, name: str) -> dict[str, Any]:
    return {
        "type": "string", "length": 30, "createable": False, "updateable": False,
        "auto_number": number_format(source, name),
        "securable": False,
    }  # fmt: skip


_KINDS: dict[str, Callable[..., dict[str, Any]]] = {
    "Text": _text("string", 255),
    "TextArea": _fixed("textarea", 255, extra="plaintextarea"),
    "LongTextArea": _text("textarea", 32768, "plaintextarea"),
    "Html": _text("textarea", 32768, "richtextarea"),
    "Number": _number("double"),
    "Currency": _number("currency"),
    "Percent": _number("percent"),
    "Date": _fixed("date"),
    "DateTime": _fixed("datetime"),
    "Checkbox": _fixed("boolean"),
    "Picklist": _picklist("picklist", 255),
    "MultiselectPicklist": _picklist("multipicklist", 4099),
    "Url": _fixed("url", 255),
    "Email": _fixed("email", 80),
    "Phone": _fixed("phone", 40),
    "Lookup": _lookup,
    "MasterDetail": _lookup,
    "AutoNumber": _auto_number,
}
