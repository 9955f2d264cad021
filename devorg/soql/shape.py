"""Rows of SQL as records of the REST API: attributes, nested parents, types."""

from __future__ import annotations

import json
from typing import Any

from devorg.soql.paths import Column, Parent
from devorg.soql.translate import Statement

Row = tuple[Any, ...]
Record = dict[str, Any]
Found = dict[tuple[str, ...], Record | None]


class Shape:
    """How the rows of one statement are selected, and shown."""

    def __init__(self, statement: Statement, root: str) -> None:
        self._statement, self._root = statement, root
        self._columns = statement.columns
        self._names = statement.paths.names
        self._parents: list[Parent] = [
            each for path, all_ in statement.paths.parents.items() if path for each in all_
        ]
        # Those selected as such; the others are joined for conditions only.
        self._typeof = {each.path[:-1] for each in self._columns if each.only}

    @property
    def selected(self) -> str:
        """The columns of the SELECT: the row's id, its parents' ids, and what is shown."""
        parents = [f"{each.alias}.Id" for each in self._parents]
        return ", ".join(["t.Id", *parents, *(each.sql for each in self._columns)])

    def record(self, row: Row) -> Record:
        """One row as the API shows it; child queries as null, to be filled in."""
        name = self._names.entity(self._statement.sobject)
        record = self._empty(name, name, row[0])
        found: Found = {(): record}
        aliases: set[str] = set()
        for parent, record_id in zip(self._parents, row[1:], strict=False):
            if record_id is not None:
                aliases.add(parent.alias)
                found[parent.path] = self._parent(parent, record_id)
            else:
                found.setdefault(parent.path, None)
        values = iter(row[1 + len(self._parents) :])
        for each in self._statement.shown:
            if not isinstance(each, Column):
                record[each.relationship] = None
                continue
            value = next(values)
            if each.only is None or each.only in aliases:
                _place(found, each.path, shown(each.field.type, value))
            else:
                record.setdefault(each.path[0], None)
        return record

    def _parent(self, parent: Parent, record_id: str) -> Record:
        name = self._names.entity(parent.sobject)
        # A parent of several possible objects is shown as what they have in common.
        kind = "Name" if parent.polymorphic and parent.path not in self._typeof else name
        return self._empty(kind, name, record_id)

    def _empty(self, kind: str, name: str, record_id: str) -> Record:
        url = f"{self._root}/sobjects/{name}/{record_id}"
        return {"attributes": {"type": kind, "url": url}}


def shown(type_: str, value: Any) -> Any:
    """A stored value as JSON has it."""
    if value is None:
        return None
    if type_ == "boolean":
        return bool(value)
    if type_ in {"address", "location"} and isinstance(value, str):
        return json.loads(value)
    return value


def _place(found: Found, path: tuple[str, ...], value: Any) -> None:
    """Put a value where it belongs; a parent appears where its first field does."""
    for depth in range(1, len(path)):
        holder, child = found[path[: depth - 1]], found[path[:depth]]
        if holder is None:
            return
        # Null may stand there from a TYPEOF whose case it was not.
        if holder.get(path[depth - 1]) is None:
            holder[path[depth - 1]] = child
    holder = found[path[:-1]]
    if holder is not None:
        holder[path[-1]] = value
