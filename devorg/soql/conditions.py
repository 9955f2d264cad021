"""WHERE and HAVING as SQL.

SOQL knows no third truth value: null differs from every value, and NOT is the plain opposite.
Comparisons stay bare, so that SQLite's indexes serve them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from devorg.errors import ApiError
from devorg.soql import bounds
from devorg.soql.nodes import (
    Among,
    Both,
    Compare,
    Condition,
    Expression,
    Includes,
    Not,
    Value,
    Within,
)
from devorg.soql.operands import Days, Operand, Operands
from devorg.soql.refusals import unknown

# Longer lists travel as one value.
_MARKS = 200
# SQLite's limit for the depth of an expression is 1,000; longer chains become trees.
_CHAIN = 200
_NO_LIKE = frozenset({"id", "reference", "multipicklist"})


class Conditions:
    """Translates the conditions of one query.

    `operand` makes the left sides (a HAVING knows aggregates), `within` the semi-joins.
    """

    def __init__(
        self,
        operands: Operands,
        operand: Callable[[Expression], Operand],
        within: Callable[[Within, bool], str],
    ) -> None:
        self._operands, self._operand, self._within = operands, operand, within
        self._mark = operands.parameters.add

    def sql(self, condition: Condition, *, top: bool = True) -> str:
        """SQL that is true where the condition holds, and false or null elsewhere.

        `top` is False below OR and NOT, where semi-joins may not stand.
        """
        match condition:
            case Not(inner):
                return f"({self.sql(inner, top=False)} IS NOT TRUE)"
            case Both():
                return self._both(condition, top)
            case Among():
                return self._among(condition)
            case Includes():
                return self._includes(condition)
            case Within():
                return self._within(condition, top)
            case Compare():
                return self._compare(condition)

    def _both(self, condition: Both, top: bool) -> str:
        inner_top = top and condition.word == "AND"
        direct = condition.word == "OR" and any(isinstance(c, Within) for c in condition.conditions)
        if direct:
            message = "Semi join sub-selects are not allowed with the 'OR' operator"
            at = next(c.path for c in condition.conditions if isinstance(c, Within))
            raise self._operands.refuse(at, "MALFORMED_QUERY", message)
        joined = _joined(
            condition.word, [self.sql(each, top=inner_top) for each in condition.conditions]
        )
        for bound in bounds.implied(condition):
            # What all branches of an OR imply, said aloud: an index may then serve it.
            joined = f"({self._compare(bound)} AND {joined})"
        return joined

    def _compare(self, condition: Compare) -> str:
        operand = self._operand(condition.path)
        operator = condition.operator
        if operator == "LIKE" and (not operand.is_text or operand.type in _NO_LIKE):
            raise self._refused(operand)
        value = self._operands.stored(operand, condition.value)
        if operator == "LIKE":
            return self._like(operand, value, condition.value)
        if isinstance(value, Days):
            return self._within_days(operand, operator, value)
        if operand.type == "boolean":
            return self._is(operand, operator, bool(value))
        if operator in {"=", "!="}:
            if value is None:
                return f"({operand.sql} IS {'NOT ' if operator == '!=' else ''}NULL)"
            operand, value = _folded(operand, value)
            word = "=" if operator == "=" else "IS NOT"
            return f"({operand.sql} {word} {self._mark(value)})"
        if value is None or operand.type == "multipicklist":
            raise self._refused(operand)
        return f"({operand.sql} {operator} {self._mark(value)})"

    def _is(self, operand: Operand, operator: str, wanted: bool) -> str:
        """A flag; null counts as false."""
        if operator not in {"=", "!="}:
            raise self._refused(operand)
        true = wanted == (operator == "=")
        return f"({operand.sql} {'=' if true else 'IS NOT'} 1)"

    def _like(self, operand: Operand, pattern: Any, written: Value) -> str:
        if pattern is None:
            raise self._operands.refuse(written, "MALFORMED_QUERY", unknown("LIKE ''"))
        operand, pattern = _folded(operand, pattern)
        return f"({operand.sql} LIKE {self._mark(pattern)} ESCAPE '\\')"

    def _within_days(self, operand: Operand, operator: str, days: Days) -> str:
        if operator in {"<", ">="}:
            return f"({operand.sql} {operator} {self._mark(days.start)})"
        if operator in {"<=", ">"}:
            word = "<" if operator == "<=" else ">="
            return f"({operand.sql} {word} {self._mark(days.end)})"
        start, end = self._mark(days.start), self._mark(days.end)
        found = f"({operand.sql} >= {start} AND {operand.sql} < {end})"
        return found if operator == "=" else f"({found} IS NOT TRUE)"

    def _among(self, condition: Among) -> str:
        operand = self._operand(condition.path)
        stored = [self._operands.stored(operand, each) for each in condition.values]
        if operand.type == "boolean":
            parts = [self._is(operand, "=", bool(each)) for each in stored]
        else:
            parts = [
                self._within_days(operand, "=", each) for each in stored if isinstance(each, Days)
            ]
            plain = [each for each in stored if each is not None and not isinstance(each, Days)]
            parts += self._in(operand, plain)
            if None in stored:
                parts.append(f"({operand.sql} IS NULL)")
        found = _joined("OR", parts)
        return f"({found} IS NOT TRUE)" if condition.negated else found

    def _in(self, operand: Operand, values: list[Any]) -> list[str]:
        folding = [each for each in values if _folded(operand, each)[0] is not operand]
        plain = [each for each in values if each not in folding] if folding else values
        parts = [f"({operand.sql} IN ({self._list(plain)}))"] if plain else []
        if folding:
            folded, _ = _folded(operand, folding[0])
            parts.append(f"({folded.sql} IN ({self._list([each.lower() for each in folding])}))")
        return parts

    def _list(self, values: list[Any]) -> str:
        if len(values) > _MARKS:
            return f"SELECT value FROM json_each({self._mark(json.dumps(values))})"  # noqa: S608 - the values are a parameter
        return ", ".join(map(self._mark, values))

    def _includes(self, condition: Includes) -> str:
        operand = self._operand(condition.path)
        if operand.type != "multipicklist":
            raise self._refused(operand)
        parts = [self._chosen(operand, each) for each in condition.values]
        found = _joined("OR", parts)
        return f"({found} IS NOT TRUE)" if condition.negated else found

    def _chosen(self, operand: Operand, value: Value) -> str:
        """All of `A;B` are among the chosen."""
        wanted = [each for each in str(value.value).split(";") if each]
        if not wanted:
            return f"({operand.sql} IS NULL)"
        chosen = f"soql_lower(';' || {operand.sql} || ';')"
        marks = [self._mark(f";{each.lower()};") for each in wanted]
        return _joined("AND", [f"(instr({chosen}, {mark}) > 0)" for mark in marks])

    def _refused(self, operand: Operand) -> ApiError:
        message = f"invalid operator on {operand.type} field"
        return self._operands.refuse(operand.at, "INVALID_QUERY_FILTER_OPERATOR", message)


def _folded(operand: Operand, value: Any) -> tuple[Operand, Any]:
    """Both sides in lower case where SQLite, which knows ASCII only, would see a difference.

    No index serves that; other texts are left to the index.
    """
    if not isinstance(value, str) or operand.exact or not operand.is_text or value.isascii():
        return operand, value
    if value.lower() == value.upper():
        return operand, value
    return replace(operand, sql=f"soql_lower({operand.sql})"), value.lower()


def _joined(word: str, parts: list[str]) -> str:
    """All parts with AND or OR between, as a tree where there are many."""
    if len(parts) > _CHAIN:
        middle = len(parts) // 2
        parts = [_joined(word, parts[:middle]), _joined(word, parts[middle:])]
    return f"({f' {word} '.join(parts)})"


def no_semi_joins(operands: Operands) -> Callable[[Within, bool], str]:
    """The semi-joins of a HAVING: none."""

    def refused(condition: Within, _: bool) -> str:
        message = unknown("semi-joins in HAVING")
        raise operands.refuse(condition.path, "MALFORMED_QUERY", message)

    return refused
