"""Child queries: one statement for the children of all parents of a page."""

from __future__ import annotations

import json
from typing import Any

from devorg.rest.call import Call
from devorg.soql.locators import Snapshot
from devorg.soql.shape import Record, Shape
from devorg.soql.translate import Child, Statement


class Nesting:
    """Puts the children of one page of rows into their parents' records."""

    def __init__(self, call: Call, page: int) -> None:
        self._call, self._page = call, page

    def fill(self, statement: Statement, records: list[Record], ids: list[str]) -> None:
        """The children of the rows with these ids, which `records` show in the same order."""
        for child in statement.children:
            found = self._rows(child, ids)
            for record, parent_id in zip(records, ids, strict=False):
                if parent_id in found:
                    record[child.relationship] = self._answer(child, *found[parent_id])

    def _rows(self, child: Child, ids: list[str]) -> dict[str, tuple[list[Record], list[str]]]:
        """Parent's id -> its children's records, and their ids."""
        shape = Shape(child.statement, self._call.root)
        parameters = {**child.statement.parameters, "parents": json.dumps(ids)}
        found: dict[str, tuple[list[Record], list[str]]] = {}
        for row in self._call.connection.execute(_sql(child, shape), parameters):
            parent_id, _, *shown = row
            records, child_ids = found.setdefault(parent_id, ([], []))
            records.append(shape.record(tuple(shown)))
            child_ids.append(shown[0])
        if child.statement.children:
            for records, child_ids in found.values():
                self.fill(child.statement, records, child_ids)
        return found

    def _answer(self, child: Child, records: list[Record], ids: list[str]) -> dict[str, Any]:
        """The children of one parent as a query's answer of their own, paged like one."""
        answer: dict[str, Any] = {"totalSize": len(records), "done": len(records) <= self._page}
        if not answer["done"]:
            snapshot = Snapshot(self._call.user.id, child.statement, "".join(ids))
            key = self._call.org.locators.keep(snapshot)
            answer["nextRecordsUrl"] = f"{self._call.root}/query/{key}-{self._page}"
        return {**answer, "records": records[: self._page]}


def _sql(child: Child, shape: Shape) -> str:
    """All children of `:parents`: parent's id, place among its siblings, and what is shown."""
    statement = child.statement
    among = "(SELECT value FROM json_each(:parents))"
    source = f"{statement.source} AND {child.key} IN {among}"
    if child.limit is None:
        return f"SELECT {child.key}, 0, {shape.selected} {source}{statement.order}"
    order = statement.order or " ORDER BY t.rowid"
    place = f"ROW_NUMBER() OVER (PARTITION BY {child.key}{order}) AS place"
    inner = f"SELECT {child.key}, {place}, {shape.selected} {source}"
    return f"SELECT * FROM ({inner}) WHERE place <= {child.limit} ORDER BY place"  # noqa: S608 - as above
