"""Running a query for a call: its pages, its child rows, its groups."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

from devorg.errors import ApiError
from devorg.rest.call import Call
from devorg.soql import dates
from devorg.soql.asking import Asker
from devorg.soql.children import Nesting
from devorg.soql.grouping import MOST_GROUPS, Grouper
from devorg.soql.locators import Snapshot
from devorg.soql.shape import Record, Shape, shown
from devorg.soql.translate import Statement, Translator, aggregated
from devorg.soql.tree import Query, parse

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Result:
    """One page: all matching rows in `total`, where the next page starts (None: done)."""

    total: int
    records: list[Record]
    locator: str | None


def begin(call: Call, soql: str, *, deleted: bool, page: int = PAGE) -> Result:
    """Run a query text; its first page. Raises ApiError for what SOQL or the org refuses."""
    query = parse(soql)
    _prepare(call.connection)
    if aggregated(query) and query.fields is not None:
        return _groups(call, query, deleted=deleted)
    statement = translator(call).translate(query, deleted=deleted)
    if query.fields is None:
        return _count(call.connection, statement)
    records, ids = _select(call, statement, limit=page + 1)
    Nesting(call, page).fill(statement, records, ids[:page])
    if len(records) <= page:
        return Result(len(records), records, None)
    snapshot = Snapshot(call.user.id, statement, _ids(call.connection, statement))
    key = call.org.locators.keep(snapshot)
    return Result(len(snapshot), records[:page], f"{key}-{page}")


def go_on(call: Call, locator: str, *, page: int = PAGE) -> Result:
    """The page that a locator points to. Raises ApiError INVALID_QUERY_LOCATOR."""
    _prepare(call.connection)
    key, snapshot, start = call.org.locators.find(locator, call.user.id)
    chunk = snapshot.page(start, page)
    end = start + len(chunk)
    following = f"{key}-{end}" if end < len(snapshot) else None
    records, ids = _select(call, _of_ids(snapshot.statement, chunk), ids=chunk)
    Nesting(call, page).fill(snapshot.statement, records, ids)
    return Result(len(snapshot), records, following)


def read(call: Call, query: Query) -> list[Record]:
    """The rows of a query built in code, as the user sees them."""
    _prepare(call.connection)
    return _select(call, translator(call).translate(query, deleted=False))[0]


def translator(call: Call) -> Translator:
    """What translates queries for the user of a call."""
    user, org = call.user, call.org
    asker = Asker(
        call.names, user.id, call.hidden, user.time_zone, user.locale, org.clock.now(),
        lambda sobject: org.rights.may(user, sobject, "read"),
    )  # fmt: skip
    return Translator(call.names, user.id, call.hidden, asker=asker)


def _prepare(connection: sqlite3.Connection) -> None:
    """Teach a new connection what SQLite lacks; one with open cursors must not learn twice."""
    try:
        connection.execute("SELECT soql_lower(NULL)").close()
    except sqlite3.OperationalError:
        connection.create_function("soql_local", 2, dates.local, deterministic=True)
        connection.create_function("soql_lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    """SQLite's own knows ASCII only."""
    return None if text is None else text.lower()


def _groups(call: Call, query: Query, *, deleted: bool) -> Result:
    groups = Grouper(translator(call), query).translate(deleted=deleted)
    found: list[Record] = []
    for row in call.connection.execute(groups.text, groups.parameters):
        record: Record = {"attributes": {"type": "AggregateResult"}}
        for (name, type_), value in zip(groups.keys, row, strict=True):
            record[name] = shown(type_, value)
        found.append(record)
        if len(found) > MOST_GROUPS:
            message = (
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results"
                " to a single batch"
            )
            raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
    return Result(len(found), found, None)


def _count(connection: sqlite3.Connection, statement: Statement) -> Result:
    inner = f"SELECT 1 {statement.source}{statement.window}"
    row = connection.execute(f"SELECT COUNT(*) FROM ({inner})", statement.parameters).fetchone()  # noqa: S608 - names of devorg's own tables
    return Result(int(row[0]), [], None)


def _ids(connection: sqlite3.Connection, statement: Statement) -> str:
    text = f"SELECT t.Id {statement.source}{statement.order}{statement.window}"
    return "".join(row[0] for row in connection.execute(text, statement.parameters))


def _of_ids(statement: Statement, ids: list[str]) -> Statement:
    """The statement that finds those rows again; whoever asks knows their order."""
    marks = {f"k{number}": each for number, each in enumerate(ids)}
    source = f"{statement.source} AND t.Id IN ({', '.join(f':{key}' for key in marks)})"
    parameters = {**statement.parameters, **marks}
    return replace(statement, source=source, order="", window="", parameters=parameters)


def _select(
    call: Call, statement: Statement, *, limit: int | None = None, ids: list[str] | None = None
) -> tuple[list[Record], list[str]]:
    """Records and their ids, in the order of `ids` where given."""
    shape = Shape(statement, call.root)
    text = f"SELECT {shape.selected} {statement.source}{statement.order}{statement.window}"
    if limit is not None and not statement.window:
        text += f" LIMIT {limit}"
    rows = [tuple(row) for row in call.connection.execute(text, statement.parameters)]
    if ids is not None:
        by_id = {row[0]: row for row in rows}
        rows = [by_id[each] for each in ids if each in by_id]
    return [shape.record(row) for row in rows], [row[0] for row in rows]
