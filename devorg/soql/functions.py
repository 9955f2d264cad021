"""The functions of SOQL: which there are, what they take, and their SQL."""

from __future__ import annotations

from typing import Final, Literal

from devorg.schema import Field

NUMBERS: Final = frozenset({"int", "double", "currency", "percent"})
AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
# Of the local text `2022-03-17T16:21:26...` as {0}, and of a date alike.
_YEAR = "CAST(substr({0}, 1, 4) AS INTEGER)"
_MONTH = "CAST(substr({0}, 6, 2) AS INTEGER)"
_DAY = "CAST(substr({0}, 9, 2) AS INTEGER)"
_DAY_OF_YEAR = "CAST(strftime('%j', substr({0}, 1, 10)) AS INTEGER)"
_QUARTER = f"(({_MONTH} + 2) / 3)"
# The fiscal year of the org is the calendar's.
_DATE_PARTS: Final = {
    "CALENDAR_YEAR": _YEAR, "CALENDAR_QUARTER": _QUARTER, "CALENDAR_MONTH": _MONTH,
    "FISCAL_YEAR": _YEAR, "FISCAL_QUARTER": _QUARTER, "FISCAL_MONTH": _MONTH,
    "DAY_IN_MONTH": _DAY, "DAY_IN_YEAR": _DAY_OF_YEAR,
    "DAY_IN_WEEK": "(CAST(strftime('%w', substr({0}, 1, 10)) AS INTEGER) + 1)",
    "WEEK_IN_MONTH": f"(({_DAY} + 6) / 7)",
    "WEEK_IN_YEAR": f"(({_DAY_OF_YEAR} + 6) / 7)",
    "HOUR_IN_DAY": "CAST(substr({0}, 12, 2) AS INTEGER)",
    "DAY_ONLY": "substr({0}, 1, 10)",
}  # fmt: skip
DATE_FUNCTIONS: Final = frozenset(_DATE_PARTS)
# Those that need a time of day.
TIMED: Final = frozenset({"HOUR_IN_DAY", "DAY_ONLY"})
KNOWN: Final = AGGREGATES | DATE_FUNCTIONS | {"CONVERTTIMEZONE", "TOLABEL", "FIELDS"}

Result = Literal["number", "date", "same"]


def date_part(name: str, text: str) -> str:
    """SQL of a date function over SQL of a stored or local text; null for null."""
    return f"(CASE WHEN {text} IS NULL THEN NULL ELSE {_DATE_PARTS[name].format(text)} END)"


def aggregate(name: str, sql: str) -> str:
    """SQL of an aggregate over SQL."""
    if name == "COUNT_DISTINCT":
        return f"COUNT(DISTINCT {sql})"
    return f"{name}({sql})"


def aggregates(name: str, field: Field) -> bool:
    """True if the aggregate can be made of the field (the documented table of types)."""
    if not field.aggregatable:
        return False
    return field.type in NUMBERS or name not in {"SUM", "AVG"}


def result_type(name: str, field: Field) -> str:
    """The type that a function's value has, in words of field types."""
    if name in {"COUNT", "COUNT_DISTINCT"} or (name in DATE_FUNCTIONS and name != "DAY_ONLY"):
        return "int"
    if name in {"SUM", "AVG"}:
        return "double"
    return "date" if name == "DAY_ONLY" else field.type
