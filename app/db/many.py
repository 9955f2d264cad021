"""Many rows by one statement that is compiled once: no work per row but for its values.

SQLAlchemy's own way makes a dictionary of each row and looks up each of its values, which costs
more than the database does. Here SQLite takes the rows as tuples, one after the other; PostgreSQL
takes all of them as one text of JSON, in one round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import repeat
from operator import is_
from typing import Any, cast

import msgspec
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    CursorResult,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from app.db.base import Base

Row = Mapping[str, Any]
#: Columns and what they become: an SQL expression, or a function of the row that was refused. It
#: is compiled once as long as it is the same object.
Changes = tuple[tuple[str, Any], ...]
_Processor = Callable[[Any], Any] | None

_ROWS, _OWN, _SHARED, _WHERE = "rows", "own_", "shared_", "where_"
_OPTIONS = {"preserve_rowcount": True}


@dataclass(frozen=True, slots=True)
class Form:
    """What a statement depends on beside its values.

    Attributes:
        model: Its table.
        own: Columns of which each row has its own value.
        shared: Columns of which all have the same.
        where: Columns that must have a given value for a row to be changed.
    """

    model: type[Base]
    own: tuple[str, ...]
    shared: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The text; its parameters in order; those that never change; what prepares a column's."""

    text: str
    names: Sequence[str]
    fixed: Mapping[str, Any]
    processors: Mapping[str, _Processor]


def can_take(model: type[Base], dialect: str) -> bool:
    """Whether rows of the model can go this way: JSON holds no bytes."""
    return dialect == "sqlite" or not any(
        isinstance(column.type, LargeBinary) for column in _table(model).columns
    )


def insert(
    connection: Connection,
    model: type[Base],
    rows: Sequence[Row],
    shared: Row,
    key: Sequence[str] | None,
    changes: Changes = (),
) -> CursorResult[Any]:
    """INSERT of all rows; with a key … ON CONFLICT (key) DO UPDATE, or NOTHING without changes.

    Defaults of the model are applied. On PostgreSQL no two rows may have one key where something
    is updated.
    """
    own = tuple(name for name in rows[0] if name not in shared)
    made = _defaults(model, (*own, *shared))
    form = Form(model, (*own, *made), tuple(shared))
    named = None if key is None else tuple(key)
    compiled = _inserting(connection.dialect, form, named, changes)
    columns = {name: [row[name] for row in rows] for name in own}
    columns |= {name: [default() for _ in rows] for name, default in made.items()}
    return _run(connection, compiled, columns, _marked(_SHARED, shared), len(rows))


def change(
    connection: Connection,
    model: type[Base],
    rows: Sequence[Row],
    key: str,
    where: Row,
    set_: Row,
) -> CursorResult[Any]:
    """UPDATE of rows found by their key and further columns; ``set_`` is what all get alike."""
    fixed = tuple((n, value) for n, value in set_.items() if isinstance(value, ColumnElement))
    shared = {n: value for n, value in set_.items() if not isinstance(value, ColumnElement)}
    form = Form(model, tuple(rows[0]), tuple(shared), tuple(where))
    compiled = _updating(connection.dialect, form, key, fixed)
    columns = {name: [row[name] for row in rows] for name in form.own}
    alike = _marked(_SHARED, shared) | _marked(_WHERE, where)
    return _run(connection, compiled, columns, alike, len(rows))


def _marked(mark: str, values: Row) -> dict[str, Any]:
    return {f"{mark}{name}": value for name, value in values.items()}


def _run(
    connection: Connection,
    compiled: _Compiled,
    columns: Mapping[str, Sequence[Any]],
    alike: Row,
    count: int,
) -> CursorResult[Any]:
    own = {f"{_OWN}{n}": _prepared(each, compiled.processors[n]) for n, each in columns.items()}
    known = dict(compiled.fixed)
    for name, value in alike.items():
        process = compiled.processors[name.partition("_")[2]]
        known[name] = process(value) if process else value
    parameters: Any
    if connection.dialect.name == "postgresql":
        known[_ROWS] = msgspec.json.encode(list(zip(*own.values(), strict=True))).decode()
        parameters = {name: known[name] for name in compiled.names}
    else:
        ordered = [own[n] if n in own else repeat(known[n], count) for n in compiled.names]
        parameters = list(zip(*ordered, strict=True))
    return connection.exec_driver_sql(compiled.text, parameters, execution_options=_OPTIONS)


def _prepared(values: Sequence[Any], process: _Processor) -> Sequence[Any]:
    if process is None:
        return values
    first = values[0]
    if all(map(is_, values, repeat(first))):  # a state, a time, an org: most columns are so
        return [process(first)] * len(values)
    return [process(value) for value in values]


@lru_cache(maxsize=512)
def _inserting(
    dialect: Dialect, form: Form, key: tuple[str, ...] | None, changes: Changes
) -> _Compiled:
    statement: Any
    table, names = _table(form.model), (*form.own, *form.shared)
    shared = {name: _bind(_SHARED, table.c[name]) for name in form.shared}
    if dialect.name == "postgresql":
        told = _told(table, form.own)
        rows = select(*told.values(), *shared.values())
        statement = postgresql.insert(table).from_select(names, rows, include_defaults=False)
    else:
        own = {name: _bind(_OWN, table.c[name]) for name in form.own}
        statement = sqlite.insert(table).values({**own, **shared})
    if key is not None and changes:
        values = {n: each(statement.excluded) if callable(each) else each for n, each in changes}
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=values)
    elif key is not None:
        statement = statement.on_conflict_do_nothing(index_elements=list(key) or None)
    return _compiled(dialect, form, statement.inline())


@lru_cache(maxsize=512)
def _updating(dialect: Dialect, form: Form, key: str, fixed: Changes) -> _Compiled:
    table = _table(form.model)
    own: Any
    if dialect.name == "postgresql":
        told = _told(table, form.own)
        own = select(*(each.label(name) for name, each in told.items())).subquery("told").c
    else:
        own = {name: _bind(_OWN, table.c[name]) for name in form.own}
    criteria = [table.c[name] == _bind(_WHERE, table.c[name]) for name in form.where]
    values = {name: own[name] for name in form.own if name != key}
    values |= {name: _bind(_SHARED, table.c[name]) for name in form.shared}
    values |= dict(fixed)
    return _compiled(
        dialect, form, update(table).where(table.c[key] == own[key], *criteria).values(values)
    )


def _told(table: Table, names: Sequence[str]) -> dict[str, ColumnElement[Any]]:
    """Columns of the rows that come as JSON: a list of lists."""
    rows = as_type(bindparam(_ROWS, type_=Text()), JSON())
    each = func.json_array_elements(rows).column_valued("told_row")
    found: dict[str, ColumnElement[Any]] = {}
    for place, name in enumerate(names):
        kind = table.c[name].type
        value = each.op("->" if isinstance(kind, JSON) else "->>")(literal_column(str(place)))
        # a text that is too long is to be an error: a cast to its length would cut it
        found[name] = as_type(value, Text() if isinstance(kind, String) else kind)
    return found


def _bind(mark: str, column: Column[Any]) -> Any:
    return bindparam(f"{mark}{column.name}", type_=column.type)


def _compiled(dialect: Dialect, form: Form, statement: UpdateBase) -> _Compiled:
    found = cast(Any, statement.compile(dialect=dialect))
    names = found.positiontup if found.positional else list(found.params)
    table = _table(form.model)
    columns = (*form.own, *form.shared, *form.where)
    fixed = {}
    for name in names:
        if name != _ROWS and not name.startswith((_OWN, _SHARED, _WHERE)):
            process = _processor(dialect, found.binds[name].type)
            value = found.params[name]
            fixed[name] = process(value) if process else value
    processors = {name: _processor_of(dialect, table.c[name], form) for name in columns}
    return _Compiled(found.string, names, fixed, processors)


def _processor_of(dialect: Dialect, column: Column[Any], form: Form) -> _Processor:
    """Prepares a column's values; on PostgreSQL, JSON goes as it is into the JSON of the rows."""
    if dialect.name == "postgresql" and column.name in form.own and isinstance(column.type, JSON):
        return None
    return _processor(dialect, column.type)


def _processor(dialect: Dialect, kind: TypeEngine[Any]) -> _Processor:
    return kind.dialect_impl(dialect).bind_processor(dialect)


@lru_cache(maxsize=512)
def _defaults(model: type[Base], named: tuple[str, ...]) -> Mapping[str, Callable[[], Any]]:
    """What the model gives to columns that nobody named."""
    found: dict[str, Callable[[], Any]] = {}
    for column in _table(model).columns:
        default: Any = column.default
        if column.name in named or default is None:
            continue
        if default.is_callable:
            found[column.name] = partial(default.arg, None)
        elif default.is_scalar:
            found[column.name] = partial(_itself, default.arg)
    return found


def _itself(value: Any) -> Any:
    return value


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)
