"""SOQL with its values escaped; nothing else in this product writes a literal into SOQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simple_salesforce.format import format_soql


def soql(template: str, *values: Any, **named: Any) -> str:
    """Fill ``{}`` or ``{name}`` of a template with escaped literals.

    Lists become ``('a','b')`` and must not be empty; times must be aware (seconds are kept,
    fractions are not: SOQL has none); ``{:like}`` escapes inside quotes of a LIKE.

    Raises:
        ValueError: An empty list, or a time without a zone.
    """
    for value in (*values, *named.values()):
        if isinstance(value, (list, tuple, set, frozenset)) and not value:
            raise ValueError("SOQL has no empty list")
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("a time without a zone was given to SOQL")
    return format_soql(template, *values, **named)
