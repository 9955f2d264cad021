"""Merge fields: ``{{account}}``, or ``{{account|your team}}`` with what to say when it is empty.

A field is replaced by its value and nothing more: no expression, no attribute, no second pass, so
that a value that looks like a field stays text.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping

_FIELD = re.compile(r"\{\{\s*([a-z_]{1,40})\s*(?:\|([^{}|]*))?\}\}")
_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in string.punctuation})


def merge(text: str, values: Mapping[str, str]) -> str:
    """Plain text with its fields replaced; a field that is unknown or empty gives its fallback."""
    return _FIELD.sub(lambda found: _one_line(values.get(found[1], "")) or found[2] or "", text)


def merge_markdown(text: str, values: Mapping[str, str]) -> str:
    """Like ``merge``; the values are words, whatever Markdown would make of their signs."""
    escaped = {name: _one_line(value).translate(_MARKDOWN) for name, value in values.items()}
    return merge(text, escaped)


def fields_in(text: str) -> set[str] | None:
    """Names of the fields in a text; None when braces are left that make no field."""
    if "{{" in (rest := _FIELD.sub("", text)) or "}}" in rest:
        return None
    return {found[1] for found in _FIELD.finditer(text)}


def _one_line(value: str) -> str:
    return " ".join(value.split())
