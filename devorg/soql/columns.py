"""What a query would select, as `query?columns=true` tells it to clients that print tables.

The shape is that of public clients' types; the CLI's `data query` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from devorg.rest.call import Call
from devorg.schema import Field
from devorg.soql import run
from devorg.soql.grouping import Grouper
from devorg.soql.paths import Column
from devorg.soql.translate import Child, Statement, aggregated
from devorg.soql.tree import parse

_APEX = {
    "id": "Id", "reference": "Id", "boolean": "Boolean", "int": "Integer", "date": "Date",
    "datetime": "Datetime", "time": "Time", "double": "Double", "currency": "Double",
    "percent": "Double",
}  # fmt: skip
_NUMBERS = frozenset({"int", "double", "currency", "percent"})
_NO_TEXT = frozenset({"boolean", "date", "datetime", "time"})

Described = dict[str, Any]


def describe(call: Call, soql: str) -> Described:
    """The columns of a query, which is not run. Raises ApiError as running it does."""
    query = parse(soql)
    if query.fields is not None and aggregated(query):
        sobject = run.translator(call).sobject(query)
        groups = Grouper(run.translator(call), query).translate(deleted=False)
        told = [_described(name, type_, aggregate=True) for name, type_ in groups.keys]
        return _answer(sobject.prefix, call.names.entity(sobject), told, grouped=bool(query.group))
    statement = run.translator(call).translate(query, deleted=False)
    entity = call.names.entity(statement.sobject)
    return _answer(statement.sobject.prefix, entity, _of_statement(statement), grouped=False)


def _answer(prefix: str, entity: str, told: list[Described], *, grouped: bool) -> Described:
    return {
        "columnMetadata": told,
        "entityName": entity,
        "groupBy": grouped,
        "idSelected": any(each["columnName"] == "Id" for each in told),
        "keyPrefix": prefix,
    }


def _of_statement(statement: Statement) -> list[Described]:
    told: list[Described] = []
    for each in statement.shown:
        if isinstance(each, Child):
            inner = _of_statement(each.statement)
            told.append(_described(each.relationship, "", aggregate=True, joined=inner))
        else:
            _add(told, each, each.path)
    return told


def _add(told: list[Described], column: Column, path: tuple[str, ...]) -> None:
    """A field of the row, or below the parents that lead to it."""
    if len(path) == 1:
        told.append(_described(path[0], column.field.type, field=column.field))
        return
    parent = _find(told, path[0])
    if parent is None:
        parent = _described(path[0], "")
        told.append(parent)
    _add(parent["joinColumns"], column, path[1:])


def _find(told: Iterable[Described], name: str) -> Described | None:
    return next((each for each in told if each["columnName"] == name), None)


def _described(
    name: str,
    type_: str,
    *,
    field: Field | None = None,
    aggregate: bool = False,
    joined: list[Described] | None = None,
) -> Described:
    return {
        "aggregate": aggregate,
        "apexType": _APEX.get(type_, "String") if type_ else None,
        "booleanType": type_ == "boolean",
        "columnName": name,
        "custom": bool(field and field.custom),
        "displayName": name,
        "foreignKeyName": None,
        "insertable": bool(field and field.createable),
        "joinColumns": joined or [],
        "numberType": type_ in _NUMBERS,
        "textType": bool(type_) and type_ not in _NUMBERS | _NO_TEXT,
        "updatable": bool(field and field.updateable),
    }
