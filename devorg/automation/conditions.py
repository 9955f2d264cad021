"""A small language of conditions on fields: field, operator, value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from devorg.errors import ControlError
from devorg.names import Names
from devorg.rows import Record
from devorg.schema import SObject

Test = Callable[[Any, Any], bool]


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower()


def _blank(value: Any, _expected: Any) -> bool:
    return value is None or value == ""


def _ordered(value: Any, expected: Any, *, less: bool) -> bool:
    if value is None or expected is None:
        return False
    if isinstance(value, int | float) and isinstance(expected, int | float):
        return value < expected if less else value > expected
    return str(value) < str(expected) if less else str(value) > str(expected)


def _equal(value: Any, expected: Any) -> bool:
    if isinstance(value, bool) or isinstance(expected, bool):
        return bool(value) is bool(expected)
    return _text(value) == _text(expected)


OPERATORS: Final[Mapping[str, Test]] = {
    "equals": _equal,
    "not_equals": lambda value, expected: not _equal(value, expected),
    "blank": _blank,
    "not_blank": lambda value, expected: not _blank(value, expected),
    "contains": lambda value, expected: _text(expected) in _text(value),
    "starts_with": lambda value, expected: _text(value).startswith(_text(expected)),
    "less": lambda value, expected: _ordered(value, expected, less=True),
    "greater": lambda value, expected: _ordered(value, expected, less=False),
    "longer_than": lambda value, expected: len(_text(value)) > int(expected),
    "matches": lambda value, expected: bool(re.search(str(expected), str(value or ""))),
}
CHANGED: Final = "changed"


@dataclass(frozen=True, slots=True)
class Condition:
    """True or not of a row: its value of a field against a fixed one, or against the one before."""

    field: str
    operator: str
    value: Any = None

    def holds(self, record: Record, before: Record | None) -> bool:
        """Whether it is true of a row as it would be saved."""
        value = record.get(self.field)
        if self.operator == CHANGED:
            return before is not None and before.get(self.field) != value
        return OPERATORS[self.operator](value, self.value)


def conditions_from(names: Names, sobject: SObject, stated: Any) -> tuple[Condition, ...]:
    """Conditions as the control API states them; all must hold. Raises ControlError."""
    if not isinstance(stated, Sequence) or isinstance(stated, str):
        raise ControlError("conditions", "conditions must be a list of {field, operator, value}.")
    return tuple(_condition(names, sobject, each) for each in stated)


def _condition(names: Names, sobject: SObject, stated: Any) -> Condition:
    if not isinstance(stated, Mapping):
        raise ControlError("conditions", "A condition is {field, operator, value}.")
    operator = stated.get("operator")
    if operator not in [*OPERATORS, CHANGED]:
        known = ", ".join([*OPERATORS, CHANGED])
        raise ControlError("conditions", f"operator must be one of {known}.")
    value = stated.get("value")
    if operator == "longer_than" and not isinstance(value, int):
        raise ControlError("conditions", "longer_than needs a whole number.")
    if operator == "matches":
        try:
            re.compile(str(value))
        except re.error as error:
            raise ControlError("conditions", f"No regular expression: {error}.") from error
    return Condition(field_named(names, sobject, stated.get("field")), str(operator), value)


def field_named(names: Names, sobject: SObject, api_name: Any) -> str:
    """The bare name of a field. Raises ControlError."""
    field = names.field(sobject, str(api_name))
    if field is None:
        raise ControlError("field", f"{sobject.name} has no field {api_name!r}.")
    return field.name
