"""What a SOQL query says, and reading it from text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken, VisitError

from devorg import moments
from devorg.errors import ApiError

LiteralKind = Literal["string", "datetime", "date", "number", "boolean", "null"]
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps of a parent: `("Account", "Name")`; `column` counts from 1."""

    names: tuple[str, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: its kind, and what it stands for (datetimes and dates as stored text)."""

    kind: LiteralKind
    value: str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Compare:
    """`path operator value`; LIKE is an operator whose value is a pattern."""

    path: Path
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Among:
    """`path IN (values)`, or NOT IN."""

    path: Path
    values: tuple[Value, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """All (AND) or one (OR) of several conditions."""

    word: Literal["AND", "OR"]
    conditions: tuple[Condition, ...]


Condition = Compare | Among | Not | Both


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key of ORDER BY."""

    path: Path
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query; `fields` is None for COUNT()."""

    text: str
    fields: tuple[Path, ...] | None
    sobject: str
    sobject_at: tuple[int, int]
    where: Condition | None
    order: tuple[Ordering, ...]
    limit: int | None
    offset: int


def refusal(text: str, line: int, column: int, code: str, message: str) -> ApiError:
    """The 400 of a query, with the place it points to as real orgs show it."""
    shown = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else text
    pointer = " " * (column - 1) + "^"
    return ApiError(
        400, code, f"\n{shown}\n{pointer}\nERROR at Row:{line}:Column:{column}\n{message}"
    )


def unquoted(text: str, *, pattern: bool = False) -> str:
    """A string literal's text. In a pattern, wildcards that were escaped stay escaped."""

    def replace(match: re.Match[str]) -> str:
        char = match[1]
        if pattern and char in "%_\\":
            return match[0]
        return _ESCAPES.get(char.lower(), char)

    return re.sub(r"\\(.)", replace, text[1:-1], flags=re.DOTALL)


class _Builder(Transformer[Token, Any]):
    """From lark's tree to ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def path(self, names: list[Token]) -> Path:
        first = names[0]
        return Path(tuple(map(str, names)), first.line or 1, first.column or 1)

    def string(self, items: list[Token]) -> Value:
        return Value("string", unquoted(items[0]))

    def datetime(self, items: list[Token]) -> Value:
        moment = moments.read(items[0].upper())
        if moment is None:
            raise self._malformed(items[0])
        return Value("datetime", moments.write(moment))

    def date(self, items: list[Token]) -> Value:
        if not moments.is_date(items[0]):
            raise self._malformed(items[0])
        return Value("date", str(items[0]))

    def number(self, items: list[Token]) -> Value:
        text = str(items[0])
        return Value("number", float(text) if "." in text else int(text))

    def true(self, _: list[Token]) -> Value:
        return Value("boolean", True)

    def false(self, _: list[Token]) -> Value:
        return Value("boolean", False)

    def null(self, _: list[Token]) -> Value:
        return Value("null", None)

    def compare(self, items: list[Any]) -> Compare:
        operator = "!=" if items[1] == "<>" else str(items[1])
        return Compare(items[0], operator, items[2])

    def like(self, items: list[Any]) -> Compare:
        return Compare(items[0], "LIKE", Value("string", unquoted(items[1], pattern=True)))

    def among(self, items: list[Any]) -> Among:
        return Among(items[0], tuple(items[1:]), negated=False)

    def not_among(self, items: list[Any]) -> Among:
        return Among(items[0], tuple(items[1:]), negated=True)

    def negation(self, items: list[Any]) -> Not:
        return Not(items[0])

    def conjunction(self, items: list[Any]) -> Both:
        return Both("AND", tuple(items))

    def disjunction(self, items: list[Any]) -> Both:
        return Both("OR", tuple(items))

    def ordering(self, items: list[Any]) -> Ordering:
        path, direction, nulls = items
        return Ordering(path, str(direction).upper() == "DESC", str(nulls).upper() == "LAST")

    def _malformed(self, token: Token) -> ApiError:
        place = (token.line or 1, token.column or 1)
        return refusal(self._text, *place, "MALFORMED_QUERY", f"unexpected token: '{token}'")

    def start(self, items: list[Any]) -> Query:
        selection, name, *clauses = items
        found = {clause.data: clause.children for clause in clauses}
        return Query(
            text=self._text,
            fields=tuple(selection.children) if selection.data == "fields" else None,
            sobject=str(name),
            sobject_at=(name.line, name.column),
            where=found["where"][0] if "where" in found else None,
            order=tuple(found.get("order", ())),
            limit=int(found["limit"][0]) if "limit" in found else None,
            offset=int(found["offset"][0]) if "offset" in found else 0,
        )


@cache
def _parser() -> Lark:
    grammar = resources.files("devorg.soql").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True)


def parse(text: str) -> Query:
    """The query that a text says. Raises ApiError MALFORMED_QUERY with the position."""
    try:
        tree = _parser().parse(text)
        built = _Builder(text).transform(tree)
    except UnexpectedInput as error:
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        lines = text.splitlines() or [""]
        line = len(lines) if at_end or error.line < 1 else error.line
        column = len(lines[-1]) + 1 if at_end or error.column < 1 else error.column
        found = "<EOF>" if at_end else _word_at(text, line, column)
        message = f"unexpected token: '{found}'"
        raise refusal(text, line, column, "MALFORMED_QUERY", message) from error
    except VisitError as error:
        if isinstance(error.orig_exc, ApiError):
            raise error.orig_exc from error
        raise
    query: Query = built  # the grammar's start rule builds one
    return query


def _word_at(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    match = re.match(r"\w+|\S", rest)
    return match[0] if match else "<EOF>"
