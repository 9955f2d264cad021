"""Which objects a call touches, as far as its path, its query and its rows say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAMED = re.compile(r"(?:^|/)sobjects/([A-Za-z]\w*)", re.ASCII)
_QUERIED = re.compile(r"\bFROM\s+([A-Za-z]\w*)", re.ASCII | re.IGNORECASE)


def objects_named(path: str) -> frozenset[str]:
    """The objects in a path, in lower case."""
    return frozenset(each.lower() for each in _NAMED.findall(path))


def objects_touched(path: str, query: str, body: Any) -> frozenset[str]:
    """The objects of a call, in lower case: in its path, its SOQL, its rows and its parts."""
    found = objects_named(path) | {each.lower() for each in _QUERIED.findall(query)}
    if not isinstance(body, Mapping):
        return found
    for row in _rows(body.get("records")):
        attributes = row.get("attributes")
        if isinstance(attributes, Mapping):
            found |= {str(attributes.get("type", "")).lower()}
    for part in _rows(body.get("compositeRequest")):
        url = str(part.get("url", ""))
        found |= objects_touched(url, url.replace("+", " "), part.get("body"))
    return found


def _rows(rows: Any) -> list[Mapping[str, Any]]:
    return [each for each in rows if isinstance(each, Mapping)] if isinstance(rows, list) else []
