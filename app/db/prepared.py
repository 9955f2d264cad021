"""Reads that are asked again and again, compiled once: an open of the widget consists of them.

The session's own way looks at a statement anew each time, which costs several times what the
database takes for a few rows. What it adds for tenancy is part of the compiled text: every table
of an org is read with ``org_id = …``, and the session gives that value itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, Uuid, bindparam
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.types import TypeEngine

from app.db import driver
from app.db.base import Tenant, TenantRoot

_Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
_Processor = Callable[[Any], Any] | None
_Columns = Sequence[tuple[int, Callable[[Any], Any]]]

_ORG = "org_of_session"
_org: Any = bindparam(_ORG, type_=Uuid())
_SCOPE = (
    with_loader_criteria(Tenant, lambda cls: cls.org_id == _org, include_aliases=True),
    with_loader_criteria(TenantRoot, lambda cls: cls.id == _org, include_aliases=True),
)


class _Question:
    """A SELECT of columns, not of whole rows; keep it in a module.

    Its values are named (``bindparam``); expanding ones take lists.
    """

    _scope: tuple[Any, ...] = ()

    def __init__(self, statement: _Statement) -> None:
        self.statement = statement.options(*self._scope)
        self.types = [column.type for column in statement.selected_columns]


class Prepared(_Question):
    """For ``TenantSession.read``: of the session's org alone."""

    _scope = _SCOPE


class PreparedForAll(_Question):
    """For ``SystemSession.read``: of all orgs."""


@dataclass(slots=True)
class _Compiled:
    """The text, and for each parameter its value's name, place in a list (or -1), preparation.

    ``fixed`` never change. ``columns`` make values of what the driver gives, at their places; known
    after the first answer, since some depend on its types.
    """

    text: str
    order: Sequence[str]
    slots: Mapping[str, tuple[str, int, _Processor]]
    fixed: Mapping[str, Any]
    columns: _Columns | None = field(default=None)


def read(
    connection: Connection, prepared: _Question, org_id: UUID | None, values: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    """The rows; those of the org, if there is one."""
    sizes = tuple((name, len(value)) for name, value in values.items() if isinstance(value, list))
    given = _compiled(connection.dialect, prepared, sizes)
    known = {**values, _ORG: org_id}
    bound = dict(given.fixed)
    for bind, (name, place, process) in given.slots.items():
        value = known[name] if place < 0 else known[name][place]
        bound[bind] = value if process is None else process(value)
    is_positional = connection.dialect.positional
    rows, told = driver.ask(
        connection, given.text, [bound[bind] for bind in given.order] if is_positional else bound
    )
    if given.columns is None:
        given.columns = _columns(connection.dialect, prepared.types, told)
    if not given.columns or not rows:
        return rows
    columns = list(zip(*rows, strict=True))
    for place, make in given.columns:
        columns[place] = _made(columns[place], make)
    return list(zip(*columns, strict=True))


def _made(values: tuple[Any, ...], make: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The values of a column, made at once; of most that may be empty, all are."""
    if values[0] is None and values.count(None) == len(values):
        return values
    return tuple(map(make, values))


def _columns(
    dialect: Dialect, types: Sequence[TypeEngine[Any]], description: Sequence[Any]
) -> _Columns:
    told = [each[1] for each in description]
    makers = [
        kind.dialect_impl(dialect).result_processor(dialect, of_driver)
        for kind, of_driver in zip(types, told, strict=True)
    ]
    return [(place, make) for place, make in enumerate(makers) if make is not None]


@lru_cache(maxsize=512)
def _compiled(
    dialect: Dialect, prepared: _Question, sizes: tuple[tuple[str, int], ...]
) -> _Compiled:
    """For lists of these sizes."""
    found = cast(Any, prepared.statement.compile(dialect=dialect))
    lists: dict[str, Any] = {name: [None] * count for name, count in sizes}
    asked = {name for name, value in found.params.items() if value is None}
    state = found.construct_expanded_state({**found.params, **dict.fromkeys(asked), **lists})
    place_of = {
        bind: (name, place)
        for name, binds in state.parameter_expansion.items()
        for place, bind in enumerate(binds)
    }
    order = state.positiontup or list(state.parameters)
    slots, fixed = {}, {}
    for bind in dict.fromkeys(order):
        name, place = place_of.get(bind, (bind, -1))
        process = found.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        if name in asked:
            slots[bind] = (name, place, process)
        else:
            value = state.parameters[bind]
            fixed[bind] = value if process is None else process(value)
    return _Compiled(state.statement, order, slots, fixed)
