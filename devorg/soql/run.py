"""Running a translated query and shaping its rows as the REST API shows them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from devorg.errors import ApiError
from devorg.rest.call import Call
from devorg.rows import shown
from devorg.soql.locators import Snapshot
from devorg.soql.translate import Statement, Translator
from devorg.soql.tree import Query, parse

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Result:
    """One page: all matching rows in `total`, where the next page starts (None: done)."""

    total: int
    records: list[dict[str, Any]]
    locator: str | None


def begin(call: Call, soql: str, *, deleted: bool, page: int = PAGE) -> Result:
    """Run a query text; its first page. Raises ApiError for what SOQL or the org refuses."""
    query = parse(soql)
    statement = Translator(call.names, call.user.id, call.hidden).translate(query, deleted=deleted)
    if query.fields is None:
        return _count(call.connection, statement)
    found = _select(call, statement, limit=page + 1)
    if len(found) <= page:
        return Result(len(found), found, None)
    ids = tuple(
        row[0]
        for row in call.connection.execute(
            f"SELECT t.Id {statement.source}{statement.order}{statement.window}",
            statement.parameters,
        )
    )
    key = call.org.locators.keep(Snapshot(call.user.id, statement, ids))
    return Result(len(ids), found[:page], f"{key}-{page}")


def go_on(call: Call, locator: str, *, page: int = PAGE) -> Result:
    """The page that a locator points to. Raises ApiError INVALID_QUERY_LOCATOR."""
    key, _, start = locator.partition("-")
    snapshot = call.org.locators.find(key, call.user.id)
    if not start.isdecimal() or int(start) >= len(snapshot.ids):
        raise ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    chunk = snapshot.ids[int(start) : int(start) + page]
    marks = {f"k{number}": each for number, each in enumerate(chunk)}
    source = f"{snapshot.statement.source} AND t.Id IN ({', '.join(f':{key}' for key in marks)})"
    statement = replace(
        snapshot.statement, source=source, window="",
        parameters={**snapshot.statement.parameters, **marks},
    )  # fmt: skip
    end = int(start) + len(chunk)
    following = f"{key}-{end}" if end < len(snapshot.ids) else None
    return Result(len(snapshot.ids), _select(call, statement), following)


def read(call: Call, query: Query) -> list[dict[str, Any]]:
    """The rows of a query built in code, as the user sees them."""
    translator = Translator(call.names, call.user.id, call.hidden)
    return _select(call, translator.translate(query, deleted=False))


def _count(connection: sqlite3.Connection, statement: Statement) -> Result:
    inner = f"SELECT 1 {statement.source}{statement.window}"
    row = connection.execute(f"SELECT COUNT(*) FROM ({inner})", statement.parameters).fetchone()  # noqa: S608 - names of devorg's own tables
    return Result(int(row[0]), [], None)


def _select(call: Call, statement: Statement, limit: int | None = None) -> list[dict[str, Any]]:
    parents = [
        (path, each)
        for path, several in statement.paths.parents.items()
        for each in several
        if path
    ]
    selected = ["t.Id", *(f"{each.alias}.Id" for _, each in parents)]
    selected += [column.sql for column in statement.columns]
    text = f"SELECT {', '.join(selected)} {statement.source}{statement.order}{statement.window}"
    if limit is not None and not statement.window:
        text += f" LIMIT {limit}"
    rows = call.connection.execute(text, statement.parameters)
    return [_record(call, statement, parents, tuple(row)) for row in rows]


def _record(
    call: Call, statement: Statement, parents: list[Any], row: tuple[Any, ...]
) -> dict[str, Any]:
    record = _empty(call, statement.sobject.name, row[0])
    found: dict[tuple[str, ...], dict[str, Any] | None] = {(): record}
    for (path, parent), record_id in zip(parents, row[1:], strict=False):
        if record_id is not None:
            found[path] = _empty(call, parent.sobject.name, record_id)
        else:
            found.setdefault(path, None)
    for column, value in zip(statement.columns, row[1 + len(parents) :], strict=True):
        _place(found, column.path, shown(column.field, value))
    return record


def _place(
    found: dict[tuple[str, ...], dict[str, Any] | None], path: tuple[str, ...], value: Any
) -> None:
    """Put a value where it belongs; a parent appears where its first field does."""
    for depth in range(1, len(path)):
        holder, child = found[path[: depth - 1]], found[path[:depth]]
        if holder is None:
            return
        holder.setdefault(path[depth - 1], child)
    holder = found[path[:-1]]
    if holder is not None:
        holder[path[-1]] = value


def _empty(call: Call, name: str, record_id: str) -> dict[str, Any]:
    url = f"{call.root}/sobjects/{name}/{record_id}"
    return {"attributes": {"type": name, "url": url}}
