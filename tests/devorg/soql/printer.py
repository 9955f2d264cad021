"""From a syntax tree back to text, for the tests."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from devorg.soql.nodes import (
    Aliased,
    Among,
    Both,
    Compare,
    Condition,
    Expression,
    Includes,
    Not,
    Ordering,
    Path,
    Query,
    Typeof,
    Value,
    Within,
)


def text_of(query: Query) -> str:
    """The query as SOQL."""
    selected = ", ".join(map(_selected, query.fields or ())) if query.fields else "COUNT()"
    parts = [f"SELECT {selected}", f"FROM {_source(query)}"]
    if query.scope:
        parts.append(f"USING SCOPE {query.scope}")
    if query.where is not None:
        parts.append(f"WHERE {condition(query.where)}")
    if query.group:
        parts.append(f"GROUP BY {', '.join(map(expression, query.group))}")
    if query.having is not None:
        parts.append(f"HAVING {condition(query.having)}")
    if query.order:
        parts.append(f"ORDER BY {', '.join(map(_ordering, query.order))}")
    if query.limit is not None:
        parts.append(f"LIMIT {query.limit}")
    if query.offset:
        parts.append(f"OFFSET {query.offset}")
    return " ".join([*parts, *(words for words, _, _ in query.clauses)])


def _source(query: Query) -> str:
    source = query.sobject
    for alias, path in query.aliases:
        source += f", {path.text} {alias}" if path.names else f" {alias}"
    return source


def _selected(selected: Any) -> str:
    match selected:
        case Path():
            return selected.text
        case Aliased(at, alias):
            return expression(at) + (f" {alias}" if alias else "")
        case Typeof(path, cases, otherwise):
            whens = " ".join(f"WHEN {each.sobject} THEN {_paths(each.fields)}" for each in cases)
            last = f" ELSE {_paths(otherwise)}" if otherwise else ""
            return f"TYPEOF {path.text} {whens}{last} END"
        case _:
            return f"({text_of(selected)})"


def _paths(paths: tuple[Path, ...]) -> str:
    return ", ".join(each.text for each in paths)


def expression(at: Expression) -> str:
    """A field or a function."""
    return at.text


def condition(node: Condition, *, inside: bool = False) -> str:
    """A condition; `inside` another one, what needs parentheses has them."""
    match node:
        case Both(word, parts):
            text = f" {word} ".join(condition(each, inside=True) for each in parts)
        case Not(inner):
            text = f"NOT {condition(inner, inside=True)}"
        case Compare(path, "LIKE", value):
            return f"{expression(path)} LIKE {_pattern(str(value.value))}"
        case Compare(path, operator, value):
            return f"{expression(path)} {operator} {literal(value)}"
        case Among(path, values, negated):
            return f"{expression(path)} {_in(negated)} ({', '.join(map(literal, values))})"
        case Within(path, query, negated):
            return f"{expression(path)} {_in(negated)} ({text_of(query)})"
        case Includes(path, values, negated):
            chosen = "EXCLUDES" if negated else "INCLUDES"
            return f"{expression(path)} {chosen} ({', '.join(map(literal, values))})"
    return f"({text})" if inside else text


def _in(negated: bool) -> str:
    return "NOT IN" if negated else "IN"


def literal(value: Value) -> str:
    """A literal as SOQL."""
    if value.kind == "string":
        return quoted(str(value.value))
    if value.kind == "datetime":
        return str(value.value).replace("+0000", "Z")
    if value.kind == "number":
        return format(value.value, "f") if isinstance(value.value, float) else str(value.value)
    return {None: "null", True: "true", False: "false"}.get(value.value, str(value.value))  # type: ignore[arg-type]  # str is no key


def quoted(text: str) -> str:
    """A text between quotes."""
    for char, escape in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(char, escape)
    return f"'{text}'"


def _pattern(text: str) -> str:
    """A pattern between quotes: its escapes are there already."""
    for char, escape in (("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(char, escape)
    return f"'{text}'"


def _ordering(each: Ordering) -> str:
    direction = " DESC" if each.descending else ""
    return f"{expression(each.path)}{direction}{' NULLS LAST' if each.nulls_last else ''}"


def bare(node: Any) -> Any:
    """A tree without its places and its text, as nested tuples, to compare trees by."""
    if isinstance(node, tuple):
        return tuple(bare(each) for each in node)
    if not is_dataclass(node):
        return node
    left_out = {"line", "column", "text", "sobject_at"}
    if isinstance(node, Query):
        left_out.add("clauses")
    values = [bare(getattr(node, each.name)) for each in fields(node) if each.name not in left_out]
    return (type(node).__name__, *values)
