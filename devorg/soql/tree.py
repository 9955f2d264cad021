"""From the text of a query to its syntax tree, by the grammar beside this module."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from devorg.errors import ApiError
from devorg.soql import functions, literals
from devorg.soql.nodes import (
    Aliased,
    Among,
    Both,
    Compare,
    Function,
    Includes,
    Not,
    Ordering,
    Path,
    Query,
    Typeof,
    Value,
    When,
    Within,
)
from devorg.soql.refusals import Malformed, refusal, unknown

MAX_LENGTH = 100_000
# Deeper nesting helps nobody, and SQLite has its limit too.
MAX_NESTING = 100
# Salesforce's reference: words that cannot be names.
_RESERVED = frozenset(
    {
        "AND", "ASC", "DESC", "EXCLUDES", "FIRST", "FROM", "GROUP", "HAVING", "IN", "INCLUDES",
        "LAST", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OR", "SELECT", "USING", "WHERE", "WITH",
    }
)  # fmt: skip
# Half a character: JSON can carry it, no database can.
_SURROGATES = re.compile("[\ud800-\udfff]")
_PARENTHESES = re.compile(r"'(?:[^'\\]|\\.)*'|([()])", re.DOTALL)


class _Builder(Transformer[Token, Any]):
    """From lark's tree to ours, while the text is being read. Raises Malformed."""

    def path(self, names: list[Token]) -> Path:
        first = names[0]
        if len(names) == 1 and first.upper() in _RESERVED:
            raise literals.unexpected(first)
        return self.object(names)

    def object(self, names: list[Token]) -> Path:
        first = names[0]
        return Path(tuple(map(str, names)), first.line or 1, first.column or 1)

    def function(self, items: list[Any]) -> Function:
        name, *several = (each for each in items if each is not None)
        argument = several[0] if several else None
        built = Function(name.upper(), argument, name.line or 1, name.column or 1)
        odd = len(several) > 1 or isinstance(argument, Token)
        if odd or built.name not in functions.KNOWN:
            raise Malformed(unknown(f"the function {built.name}()"), built.line, built.column)
        return built

    def aliased(self, items: list[Any]) -> Aliased:
        return Aliased(items[0], str(items[1]) if items[1] else None)

    def when(self, items: list[Any]) -> When:
        return When(str(items[0]), tuple(items[1:]))

    def otherwise(self, items: list[Any]) -> list[Path]:
        return items

    def typeof(self, items: list[Any]) -> Typeof:
        cases = tuple(each for each in items if isinstance(each, When))
        last = items[-1]
        return Typeof(items[0], cases, tuple(last) if isinstance(last, list) else ())

    def aside(self, items: list[Any]) -> tuple[str, Path]:
        return str(items[1]), items[0]

    def string(self, items: list[Token]) -> Value:
        return literals.string(items[0])

    def datetime(self, items: list[Token]) -> Value:
        return literals.datetime(items[0])

    def date(self, items: list[Token]) -> Value:
        return literals.date(items[0])

    def time(self, items: list[Token]) -> Value:
        return literals.time(items[0])

    def number(self, items: list[Token]) -> Value:
        return literals.number(items[0])

    def currency(self, items: list[Token]) -> Value:
        return literals.value("currency", items[0], str(items[0]))

    def date_literal(self, items: list[Token]) -> Value:
        return literals.date_literal(items[0])

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
        return Compare(items[0], "LIKE", literals.string(items[1], pattern=True))

    def among(self, items: list[Any]) -> Among:
        return Among(items[0], tuple(items[1:]), negated=False)

    def not_among(self, items: list[Any]) -> Among:
        return Among(items[0], tuple(items[1:]), negated=True)

    def within(self, items: list[Any]) -> Within:
        return Within(items[0], items[1], negated=False)

    def not_within(self, items: list[Any]) -> Within:
        return Within(items[0], items[1], negated=True)

    def includes(self, items: list[Any]) -> Includes:
        return Includes(items[0], tuple(items[1:]), negated=False)

    def excludes(self, items: list[Any]) -> Includes:
        return Includes(items[0], tuple(items[1:]), negated=True)

    def negation(self, items: list[Any]) -> Not:
        return Not(items[0])

    def conjunction(self, items: list[Any]) -> Both:
        return Both("AND", tuple(items))

    def disjunction(self, items: list[Any]) -> Both:
        return Both("OR", tuple(items))

    def ordering(self, items: list[Any]) -> Ordering:
        path, direction, nulls = items
        return Ordering(path, str(direction).upper() == "DESC", str(nulls).upper() == "LAST")

    def inner(self, items: list[Any]) -> Query:
        path, source, *where = items
        name, at, aliases = _source(source)
        condition = where[0].children[0] if where else None
        return Query("", (path,), name, at, condition, (), None, 0, aliases)

    def clause(self, items: list[Token]) -> tuple[str, int, int]:
        return f"{items[0]} {items[1]}".upper(), items[0].line or 1, items[0].column or 1

    def query(self, items: list[Any]) -> Query:
        selection, source, *clauses = items
        name, at, aliases = _source(source)
        found = {each.data: each.children for each in clauses if not isinstance(each, tuple)}
        marks = [each for each in clauses if isinstance(each, tuple)]
        if "with" in found:
            word = found["with"][0]
            marks.append((f"WITH {word}".upper(), word.line or 1, word.column or 1))
        return Query(
            text="",
            fields=_selection(selection.children),
            sobject=name,
            sobject_at=at,
            where=found["where"][0] if "where" in found else None,
            order=tuple(found.get("order", ())),
            limit=literals.whole(found["limit"][0]) if "limit" in found else None,
            offset=literals.whole(found["offset"][0]) if "offset" in found else 0,
            aliases=aliases,
            scope=str(found["using"][0]) if "using" in found else None,
            group=tuple(found.get("group", ())),
            having=found["having"][0] if "having" in found else None,
            clauses=tuple(marks),
        )

    def start(self, items: list[Query]) -> Query:
        return items[0]


def _source(source: Any) -> tuple[str, tuple[int, int], tuple[tuple[str, Path], ...]]:
    """What FROM names: the object, its place, and aliases of it and of its parents."""
    path, alias, *asides = source.children
    aliases = tuple(asides)
    if alias:
        aliases = ((str(alias), Path((), alias.line or 1, alias.column or 1)), *aliases)
    return path.text, (path.line, path.column), aliases


def _selection(selected: list[Any]) -> tuple[Any, ...] | None:
    """What is selected; None for COUNT(), which stands alone."""
    for each in selected:
        inner = each.expression if isinstance(each, Aliased) else None
        if isinstance(inner, Function) and inner.argument is None:
            if inner.name != "COUNT" or len(selected) > 1 or each.alias:
                message = unknown(f"{inner.name}() without a field, beside others or renamed")
                raise Malformed(message, inner.line, inner.column)
            return None
    return tuple(selected)


@cache
def _parser() -> Lark:
    grammar = resources.files("devorg.soql").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, transformer=_Builder())


def warm() -> None:
    """Build the parser now: it takes a third of a second, which no call should wait for."""
    _parser()


def parse(text: str) -> Query:
    """The query that a text says. Raises ApiError MALFORMED_QUERY with the position."""
    _check(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise refusal(text, *_place(text, error), "MALFORMED_QUERY", _wrong(text, error)) from error
    except Malformed as error:
        raise _malformed(text, error) from error
    except VisitError as error:
        if isinstance(error.orig_exc, Malformed):
            raise _malformed(text, error.orig_exc) from error
        raise
    query: Query = tree  # type: ignore[assignment]  # the start rule builds one
    return replace(query, text=text)


def _check(text: str) -> None:
    if len(text) > MAX_LENGTH:
        message = "SOQL statements cannot be longer than 100,000 characters."
        raise ApiError(400, "MALFORMED_QUERY", message)
    depth = 0
    for match in _PARENTHESES.finditer(text):
        depth += {"(": 1, ")": -1}.get(match[1], 0)
        if depth > MAX_NESTING:
            place = _position(text, match.start())
            message = unknown(f"more than {MAX_NESTING} nested parentheses")
            raise refusal(text, *place, "MALFORMED_QUERY", message)
    lone = _SURROGATES.search(text)
    if lone:
        place = _position(text, lone.start())
        raise refusal(text, *place, "MALFORMED_QUERY", "unexpected token: '?'")


def _position(text: str, at: int) -> tuple[int, int]:
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def _malformed(text: str, error: Malformed) -> ApiError:
    return refusal(text, error.line, error.column, "MALFORMED_QUERY", error.message)


def _place(text: str, error: UnexpectedInput) -> tuple[int, int]:
    """Line and column of what is wrong, as real orgs count them."""
    if isinstance(error, UnexpectedToken):
        if error.token.type == "$END":
            return _position(text, len(text))
        return _taken_for_alias(error) or (error.line, error.column)
    return error.line, error.column


def _taken_for_alias(error: UnexpectedToken) -> tuple[int, int] | None:
    """The place of `FRM` in `SELECT Id FRM Contact`, which ended the reading one word later."""
    stack = error.state.value_stack if error.state else []
    match stack[-2:]:
        case [Path(), Token() as word] if error.expected == {"COMMA", "FROM"}:
            return word.line or 1, word.column or 1
    return None


def _wrong(text: str, error: UnexpectedInput) -> str:
    """The message for a text that the grammar does not know."""
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return "unexpected token: '<EOF>'"
    line, column = _place(text, error)
    rest = text.split("\n")[line - 1][column - 1 :]
    if isinstance(error, UnexpectedCharacters) and rest.startswith(":"):
        return "Bind variables only allowed in Apex code"
    match = re.match(r"\w+|\S", rest)
    return f"unexpected token: '{match[0] if match else '<EOF>'}'"


__all__ = [
    "Among", "Both", "Compare", "Function", "Includes", "Not", "Ordering", "Path", "Query",
    "Value", "Within", "parse",
]  # fmt: skip
