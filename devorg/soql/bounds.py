"""What all branches of an OR imply together, so that an index can serve the whole.

`a > x OR (a = x AND b > y)`, the way to go on behind a row, implies `a >= x`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from devorg.soql.nodes import Both, Compare, Condition, Path, Value

_FLOORS = frozenset({">", ">=", "="})
_CEILINGS = frozenset({"<", "<=", "="})
# Of these, the smallest literal is the smallest value in the store.
_ORDERED = frozenset({"datetime", "date", "number"})

Bounds = dict[str, Compare]


def implied(condition: Both) -> Iterator[Compare]:
    """`a >= smallest` and `a <= largest` where every branch of an OR implies one."""
    if condition.word == "OR":
        yield from _of(condition, _FLOORS, ">=", min).values()
        yield from _of(condition, _CEILINGS, "<=", max).values()


def _of(condition: Condition, operators: frozenset[str], word: str, pick: Any) -> Bounds:
    match condition:
        case Compare(Path() as path, operator, Value(kind)) if (
            operator in operators and kind in _ORDERED
        ):
            return {path.text.lower(): Compare(path, word, condition.value)}
        case Both("AND", parts):
            return {
                key: each
                for part in parts
                for key, each in _of(part, operators, word, pick).items()
            }
        case Both("OR", parts):
            found = [_of(part, operators, word, pick) for part in parts]
            return {key: _picked([each[key] for each in found], pick) for key in _common(found)}
    return {}


def _common(found: list[Bounds]) -> list[str]:
    """The fields that all branches bound, by literals of one kind."""
    return [
        key
        for key in found[0]
        if all(key in each and each[key].value.kind == found[0][key].value.kind for each in found)
    ]


def _picked(several: list[Compare], pick: Any) -> Compare:
    chosen: Compare = pick(several, key=lambda each: each.value.value)
    return chosen
