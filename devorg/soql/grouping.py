"""Queries that answer groups: GROUP BY, HAVING and the aggregate functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from devorg.errors import ApiError
from devorg.soql import functions, ordering
from devorg.soql.conditions import Conditions, no_semi_joins
from devorg.soql.nodes import Aliased, Expression, Function, Path, Query
from devorg.soql.operands import Operand, Operands, operand_of
from devorg.soql.refusals import refusal, unknown
from devorg.soql.translate import Translator, window

# A grouped answer is one page; it has no locator.
MOST_GROUPS = 2000


@dataclass(frozen=True, slots=True)
class Groups:
    """A grouped query as SQL; `keys` are the names of its columns, with their types."""

    text: str
    keys: tuple[tuple[str, str], ...]
    parameters: dict[str, Any]


class Grouper:
    """Translates one grouped query for one user."""

    def __init__(self, translator: Translator, query: Query) -> None:
        sobject = translator.sobject(query)
        self._translator, self._query, self._sobject = translator, query, sobject
        self._operands: Operands = translator.operands(query, sobject, query.text)
        self._grouped: dict[str, Operand] = {}

    def translate(self, *, deleted: bool) -> Groups:
        """The SQL of the query. Raises ApiError."""
        query = self._query
        self._check()
        for each in query.group:
            self._group(each)
        selected = self._selected()
        conditions = self._translator.source(
            query, self._sobject, self._operands, query.text, deleted=deleted
        )
        having = self._having()
        order = self._order()
        keys = ", ".join(each.sql for each in self._grouped.values())
        parts = [
            f"SELECT {', '.join(sql for _, _, sql in selected)}",
            self._translator.from_(self._operands, conditions),
            f"GROUP BY {keys}" if keys else "",
            having, order, window(query),
        ]  # fmt: skip
        columns = tuple((name, type_) for name, type_, _ in selected)
        return Groups(" ".join(filter(None, parts)), columns, self._translator.values)

    def _check(self) -> None:
        query = self._query
        if query.group:
            return
        for given, word in ((query.limit is not None, "LIMIT"), (bool(query.offset), "OFFSET")):
            if given:
                message = (
                    "Non-grouped query that uses overall aggregate functions cannot also use"
                    f" {word}"
                )
                raise ApiError(400, "MALFORMED_QUERY", message)
        if query.having is not None:
            message = unknown("HAVING without GROUP BY")
            raise refusal(query.text, *query.sobject_at, "MALFORMED_QUERY", message)

    def _group(self, at: Expression) -> None:
        key = self._key(at)
        if key in self._grouped:
            raise self._wrong(at, f"duplicate grouping expression: {at.text}")
        if isinstance(at, Function):
            self._grouped[key] = self._operands.computed(at)
            return
        column = self._operands.column(at)
        if not column.field.groupable:
            raise self._operands.cannot(at, "grouped")
        self._grouped[key] = operand_of(column, at)

    def _key(self, at: Expression) -> str:
        """By what two spellings of one field are known to be the same."""
        if isinstance(at, Path):
            return ".".join(self._operands.column(at).path).lower()
        inner = self._key(at.argument) if at.argument else ""
        return f"{at.name}({inner})"

    def _selected(self) -> list[tuple[str, str, str]]:
        """Name, type and SQL of each column."""
        found: list[tuple[str, str, str]] = []
        numbered = 0
        for each in self._query.fields or ():
            at = each.expression if isinstance(each, Aliased) else each
            if not isinstance(at, Path | Function):
                place = Path((self._query.sobject,), *self._query.sobject_at)
                raise self._wrong(place, unknown("child queries and TYPEOF beside aggregates"))
            operand = self._operand(at, "Field")
            name = each.alias if isinstance(each, Aliased) else None
            if name is None and isinstance(at, Function):
                name = f"expr{numbered}"
                numbered += 1
            elif name is None:
                name = self._operands.column(_path(at)).path[-1]
            if name.lower() in {key.lower() for key, _, _ in found}:
                raise ApiError(400, "MALFORMED_QUERY", f"duplicate alias: {name}")
            found.append((name, operand.type, operand.sql))
        return found

    def _operand(self, at: Expression, what: str) -> Operand:
        """What is grouped by, or an aggregate. Raises ApiError for anything else."""
        if isinstance(at, Function) and at.name in functions.AGGREGATES:
            return self._aggregate(at)
        operand = self._grouped.get(self._key(at))
        if operand is None:
            raise self._wrong(at, f"{what} must be grouped or aggregated: {at.text}")
        return operand

    def _aggregate(self, at: Function) -> Operand:
        path = at.argument
        if not isinstance(path, Path):
            raise self._wrong(at, unknown(at.text))
        column = self._operands.column(path)
        if not functions.aggregates(at.name, column.field):
            message = f"field {path.names[-1]} does not support aggregate operator {at.name}"
            raise self._wrong(at, message)
        if self._key(path) in self._grouped:
            raise self._wrong(at, f"Grouped field should not be aggregated: {path.text}")
        sql = functions.aggregate(at.name, column.sql)
        if at.name == "SUM" and column.field.type != "int":
            # A sum has no more decimals than its parts; binary fractions would show some.
            sql = f"ROUND({sql}, {column.field.scale})"
        if at.name in {"MIN", "MAX"} and column.field.values:
            raise self._wrong(at, unknown(f"{at.name}() of a picklist"))
        return Operand(sql, functions.result_type(at.name, column.field), at)

    def _having(self) -> str:
        if self._query.having is None:
            return ""
        operand = lambda at: self._operand(at, "Having field")  # noqa: E731 - one word, one place
        conditions = Conditions(self._operands, operand, no_semi_joins(self._operands))
        return f"HAVING {conditions.sql(self._query.having)}"

    def _order(self) -> str:
        keys = []
        for each in self._query.order:
            operand = self._operand(each.path, "Ordered field")
            keys.append(ordering.keys(operand, each, self._operands.parameters))
        return f"ORDER BY {', '.join(keys)}" if keys else ""

    def _wrong(self, at: Expression, message: str) -> ApiError:
        return self._operands.refuse(at, "MALFORMED_QUERY", message)


def _path(at: Expression) -> Path:
    assert isinstance(at, Path)  # noqa: S101 - a function has its number
    return at
