"""From the text of a CSV cell to the value that the writing functions take."""

from __future__ import annotations

import re
from typing import Any

from devorg import moments
from devorg.errors import RowError
from devorg.schema import Field

NULL = "#N/A"
_TRUE = frozenset({"true", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "no", "n", "off", "0"})
_NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def parsed(field: Field, api_name: str, text: str) -> Any:
    """The value of a cell that is not empty; `#N/A` is null. Raises RowError."""
    if text == NULL:
        return None
    if field.type == "boolean":
        word = text.strip().lower()
        if word not in _TRUE | _FALSE:
            raise _wrong(api_name, text)
        return word in _TRUE
    if field.type in _NUMBERS:
        if not _NUMBER.fullmatch(text.strip()):
            raise _wrong(api_name, text)
        return float(text)
    if field.type == "date":
        return _date(api_name, text.strip())
    if field.type == "datetime":
        return _datetime(api_name, text.strip())
    return text


def _wrong(api_name: str, text: str) -> RowError:
    message = f"value not of required type: {text}"
    return RowError("INVALID_TYPE_ON_FIELD_IN_RECORD", message, [api_name])


def _date(api_name: str, text: str) -> str:
    rest = text[10:]
    if not moments.is_date(text[:10]) or (rest not in {"", "Z"} and moments.read(text) is None):
        raise _wrong(api_name, text)
    return text[:10]


def _datetime(api_name: str, text: str) -> str:
    """ISO 8601; a day alone is its first moment, and no offset means UTC."""
    whole = f"{text}T00:00:00Z" if moments.is_date(text) else text.replace(" ", "T", 1)
    if moments.read(whole) is None:
        whole += "Z"
    if moments.read(whole) is None:
        raise _wrong(api_name, text)
    return whole


def shown(value: Any) -> str:
    """A stored value as query results have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text.replace("+0000", "Z") if text.endswith(".000+0000") else text
