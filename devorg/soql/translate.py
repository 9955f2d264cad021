"""From a syntax tree to SQL. Values travel as parameters, never inside the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from devorg import access
from devorg.errors import ApiError
from devorg.names import Names
from devorg.schema import Field, SObject
from devorg.soql import fieldsets, ordering, record_access
from devorg.soql.asking import Asker, Parameters
from devorg.soql.conditions import Conditions
from devorg.soql.functions import AGGREGATES, DATE_FUNCTIONS
from devorg.soql.nodes import Aliased, Function, Ordering, Path, Query, Selected, Typeof
from devorg.soql.operands import Operands
from devorg.soql.paths import Column, Paths
from devorg.soql.refusals import no_children, no_type, refusal, unknown
from devorg.soql.semijoins import SemiJoins, live

MAX_OFFSET = 2000
MAX_CHILD_LEVELS = 5
# What these say is so already: the API runs as the user, and marks nothing as viewed here.
_IDLE_CLAUSES = frozenset({"FOR VIEW", "FOR REFERENCE"})
_SCOPES = {"everything": None, "mine": 't."OwnerId" = :user'}


@dataclass(frozen=True, slots=True)
class Child:
    """A child query: the name of its relationship, the field by which rows belong to parents."""

    relationship: str
    key: str
    limit: int | None
    statement: Statement


@dataclass(frozen=True, slots=True)
class Statement:
    """A query as SQL: what to show in order, the rest from FROM on, and its parameters."""

    sobject: SObject
    shown: tuple[Column | Child, ...]
    paths: Paths
    source: str
    order: str
    window: str
    parameters: dict[str, Any]

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is shown of the row and its parents."""
        return tuple(each for each in self.shown if isinstance(each, Column))

    @property
    def children(self) -> tuple[Child, ...]:
        """The child queries."""
        return tuple(each for each in self.shown if isinstance(each, Child))


class Translator:
    """Translates one query for one user."""

    def __init__(
        self,
        names: Names,
        user_id: str,
        hidden: frozenset[tuple[str, str]],
        *,
        asker: Asker | None = None,
    ) -> None:
        self._asker = asker or Asker(names, user_id, hidden)
        self._parameters = Parameters(user_id)

    def translate(self, query: Query, *, deleted: bool) -> Statement:
        """The SQL of a query that is not grouped; `deleted` also reads bin and archive.

        Raises ApiError as a real org does: INVALID_TYPE, INVALID_FIELD and the like.
        """
        sobject = self.sobject(query)
        if query.fields is None and (query.group or query.having is not None):
            message = unknown("COUNT() with GROUP BY or HAVING: count a field")
            raise refusal(query.text, *query.sobject_at, "MALFORMED_QUERY", message)
        return self._rows(query, sobject, query.text, deleted=deleted, level=0)

    def sobject(self, query: Query) -> SObject:
        """The object a query is on. Raises ApiError INVALID_TYPE."""
        sobject = self._asker.sobject(query.sobject)
        if sobject is None:
            raise refusal(query.text, *query.sobject_at, "INVALID_TYPE", no_type(query.sobject))
        return sobject

    def source(
        self, query: Query, sobject: SObject, operands: Operands, text: str, *, deleted: bool
    ) -> list[str]:
        """The conditions of a query, after all it says of its rows was checked."""
        _check_clauses(query, text)
        if sobject.view == "UserRecordAccess":
            record_access.check(query, text)
        conditions = [access.condition(sobject, "t")]
        if not deleted:
            conditions += live(sobject)
        if query.scope is not None:
            conditions += _scope(query, sobject, text)
        if query.where is not None:
            joins = SemiJoins(operands, text, deleted=deleted)
            conditions.append(Conditions(operands, operands.filtered, joins.sql).sql(query.where))
        return conditions

    def operands(self, query: Query, sobject: SObject, text: str) -> Operands:
        """What makes SQL of the fields of one query."""
        asker = self._asker
        paths = Paths(asker.names, sobject, asker.hidden, query.aliases, asker.readable)
        return Operands(asker, self._parameters, paths, text)

    def from_(self, operands: Operands, conditions: list[str]) -> str:
        """FROM and WHERE, with the joins of all paths named so far."""
        paths = operands.paths
        joins = " ".join(paths.joins)
        name = paths.root.sobject.name
        return f'FROM "{name}" AS t {joins} WHERE {" AND ".join(conditions)}'

    @property
    def values(self) -> dict[str, Any]:
        """The parameters so far."""
        return self._parameters.values

    def _rows(
        self, query: Query, sobject: SObject, text: str, *, deleted: bool, level: int
    ) -> Statement:
        operands = self.operands(query, sobject, text)
        shown = [
            one
            for each in query.fields or ()
            for one in self._shown(each, query, operands, text, deleted=deleted, level=level)
        ]
        _no_doubles(shown)
        conditions = self.source(query, sobject, operands, text, deleted=deleted)
        order = _order(query.order, operands)
        if query.fields is None and query.order:
            name = query.order[0].path.text
            message = f"Ordered field must be grouped or aggregated: {name}"
            raise operands.refuse(query.order[0].path, "MALFORMED_QUERY", message)
        return Statement(
            sobject, tuple(shown), operands.paths, self.from_(operands, conditions), order,
            window(query), self.values,
        )  # fmt: skip

    def _shown(
        self,
        selected: Selected,
        query: Query,
        operands: Operands,
        text: str,
        *,
        deleted: bool,
        level: int,
    ) -> list[Column | Child]:
        match selected:
            case Path():
                return [operands.column(selected)]
            case Typeof():
                return list(fieldsets.cases(operands, selected))
            case Query():
                return [self._child(selected, operands, text, deleted=deleted, level=level + 1)]
            case Aliased(Function("FIELDS" | "TOLABEL") as function, None):
                return list(fieldsets.of_function(operands, function, query.limit))
            case Aliased(Path()):
                message = "only aggregate expressions use field aliasing"
                raise ApiError(400, "MALFORMED_QUERY", message)
            case Aliased(at):
                message = unknown(f"{at.text} here")
                if isinstance(at, Function) and at.name in DATE_FUNCTIONS:
                    message = "Date-aggregate functions can only be selected in grouped queries"
                raise operands.refuse(at, "MALFORMED_QUERY", message)

    def _child(
        self, query: Query, operands: Operands, text: str, *, deleted: bool, level: int
    ) -> Child:
        at = Path((query.sobject,), *query.sobject_at)
        if level > MAX_CHILD_LEVELS or query.offset:
            message = unknown("OFFSET in a child query, or more than 5 levels of them")
            raise operands.refuse(at, "MALFORMED_QUERY", message)
        if aggregated(query):
            message = "only root queries support aggregate expressions"
            raise operands.refuse(at, "MALFORMED_QUERY", message)
        name = operands.paths.own_name(query.sobject)
        found = _relationship(self._asker, operands.paths.root.sobject, name)
        if found is None:
            raise operands.refuse(at, "INVALID_TYPE", no_children(query.sobject))
        sobject, field = found
        statement = self._rows(query, sobject, text, deleted=deleted, level=level)
        name = str(self._asker.names.children(field))
        return Child(name, f't."{field.name}"', query.limit, statement)


def aggregated(query: Query) -> bool:
    """True for a query that answers groups: with GROUP BY, or with aggregates beside COUNT()."""
    if query.group or query.having is not None:
        return True
    return query.fields is None or any(
        isinstance(each, Aliased)
        and isinstance(each.expression, Function)
        and each.expression.name in AGGREGATES
        for each in query.fields
    )


def window(query: Query) -> str:
    """LIMIT and OFFSET. Raises ApiError."""
    if query.offset > MAX_OFFSET:
        message = f"Maximum SOQL offset allowed is {MAX_OFFSET}"
        raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message)
    if query.limit is None and not query.offset:
        return ""
    return f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"


def _order(order: tuple[Ordering, ...], operands: Operands) -> str:
    keys = [ordering.keys(operands.sorted(each.path), each, operands.parameters) for each in order]
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def _relationship(asker: Asker, parent: SObject, name: str) -> tuple[SObject, Field] | None:
    """The object and the field behind the name of a child relationship, if the user may read."""
    for child in asker.names.schema.objects.values():
        for field in child.fields:
            if parent.name not in field.references or not field.children:
                continue
            same = str(asker.names.children(field)).lower() == name.lower()
            if same and asker.readable(child) and (child.name, field.name) not in asker.hidden:
                return child, field
    return None


def _check_clauses(query: Query, text: str) -> None:
    for words, line, column in query.clauses:
        if words == "ALL ROWS":
            message = "ALL ROWS not allowed in this context"
        elif words in _IDLE_CLAUSES:
            continue
        else:
            message = unknown(words)
        raise refusal(text, line, column, "MALFORMED_QUERY", message)


def _scope(query: Query, sobject: SObject, text: str) -> list[str]:
    scope = str(query.scope).lower()
    known = scope in _SCOPES and (scope != "mine" or "OwnerId" in sobject.by_name)
    if not known:
        message = unknown(f"USING SCOPE {query.scope} on {sobject.name}")
        raise refusal(text, *query.sobject_at, "MALFORMED_QUERY", message)
    condition = _SCOPES[scope]
    return [condition] if condition else []


def _no_doubles(shown: list[Column | Child]) -> None:
    seen: set[tuple[object, ...]] = set()
    for each in shown:
        path = each.path if isinstance(each, Column) else (each.relationship,)
        key = (path, each.only if isinstance(each, Column) else None)
        if key in seen:
            message = f"duplicate field selected: {'.'.join(path)}"
            raise ApiError(400, "MALFORMED_QUERY", message)
        seen.add(key)
