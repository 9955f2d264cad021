"""Files of an SFDX project as plain dictionaries, and words of them as Python values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from devorg.errors import ControlError

Source = Mapping[str, Any]
# What a build puts into a file before it is deployed.
Edit = Callable[[Path, bytes], bytes]


def read(path: Path, edited: Edit | None = None) -> dict[str, Any]:
    """One `-meta.xml` file; elements that repeat become lists. Raises ControlError."""
    try:
        text = path.read_bytes()
        found = _value(fromstring(edited(path, text) if edited else text))
    except (ParseError, DefusedXmlException, OSError) as error:
        raise ControlError("metadata", f"{path.name} cannot be read: {error}") from error
    return found if isinstance(found, dict) else {}


def _value(element: Element) -> Any:
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        name, value = child.tag.rpartition("}")[2], _value(child)
        if name in found:
            found[name] = [*several(found[name]), value]
        else:
            found[name] = value
    return found


def several(value: Any) -> list[Any]:
    """An element that may be there never, once or more often, as a list."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def flag(source: Source, name: str, *, usual: bool = False) -> bool:
    """A boolean element; metadata writes it as a word, JSON may not."""
    value = source.get(name, usual)
    return value if isinstance(value, bool) else str(value).lower() == "true"


def mapping(source: Source, name: str) -> Source:
    """An element with elements inside; empty where there is none. Raises ControlError."""
    value = source.get(name) or {}
    if not isinstance(value, Mapping):
        raise ControlError("metadata", f"{name} must have elements inside, not {value!r}.")
    return value


def number(source: Source, name: str, usual: int) -> int:
    """A whole number. Raises ControlError."""
    value = str(source.get(name) or usual)
    if not value.isdecimal():
        raise ControlError("metadata", f"{name} must be a whole number, not {value!r}.")
    return int(value)
