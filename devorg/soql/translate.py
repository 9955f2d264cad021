"""From a syntax tree to SQL. Values travel as parameters, never inside the text.

SOQL knows no third truth value: null differs from every value, and NOT is the plain opposite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from devorg import access, ids
from devorg.errors import ApiError
from devorg.names import Names
from devorg.schema import Field, SObject
from devorg.schema.fields import TEXT_TYPES
from devorg.soql.paths import Column, Paths, UnknownPath
from devorg.soql.tree import Among, Both, Compare, Condition, Not, Path, Query, Value, refusal

MAX_OFFSET = 2000
_NUMBERS = frozenset({"int", "double", "currency", "percent"})
_UNORDERED = frozenset({"boolean"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A query as SQL: `columns` to select, the rest from FROM on, and its parameters."""

    sobject: SObject
    columns: tuple[Column, ...]
    paths: Paths
    source: str
    order: str
    window: str
    parameters: dict[str, Any]


class Translator:
    """Translates one query for one user."""

    def __init__(self, names: Names, user_id: str, hidden: frozenset[tuple[str, str]]) -> None:
        self._names = names
        self._hidden = hidden
        self._parameters: dict[str, Any] = {"user": user_id}
        self._text = ""
        self._paths: Paths

    def translate(self, query: Query, *, deleted: bool) -> Statement:
        """The SQL of a query; `deleted` also reads the recycle bin and the archive.

        Raises ApiError as a real org does: INVALID_TYPE, INVALID_FIELD and the like.
        """
        sobject = self._names.sobject(query.sobject)
        self._text = query.text
        if sobject is None:
            raise refusal(query.text, *query.sobject_at, "INVALID_TYPE", _no_type(query.sobject))
        self._paths = Paths(self._names, sobject, self._hidden)
        columns = tuple(self._column(path) for path in query.fields or ())
        conditions = [access.condition(sobject, "t")]
        if not deleted:
            conditions.append("t.IsDeleted = 0")
            if sobject.sharing == "activity":
                conditions.append("t.IsArchived IS NOT 1")
        if query.where is not None:
            conditions.append(self._condition(query.where))
        order = self._order(query)
        if query.offset > MAX_OFFSET:
            message = f"Maximum SOQL offset allowed is {MAX_OFFSET}"
            raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message)
        joins = " ".join(self._paths.joins)
        source = f'FROM "{sobject.name}" AS t {joins} WHERE {" AND ".join(conditions)}'
        window = "" if query.limit is None and not query.offset else (
            f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"
        )  # fmt: skip
        return Statement(sobject, columns, self._paths, source, order, window, self._parameters)

    def _order(self, query: Query) -> str:
        keys = []
        for each in query.order:
            column = self._filterable(each.path, "sorted")
            direction = "DESC" if each.descending else "ASC"
            keys.append(f"{column.sql} {direction} NULLS {'LAST' if each.nulls_last else 'FIRST'}")
        return f" ORDER BY {', '.join(keys)}" if keys else " ORDER BY t.rowid"

    def _refuse(self, path: Path, code: str, message: str) -> ApiError:
        return refusal(self._text, path.line, path.column, code, message)

    def _column(self, path: Path) -> Column:
        try:
            return self._paths.column(path.names)
        except UnknownPath as unknown:
            message = _no_relationship(unknown) if unknown.relationship else _no_column(unknown)
            raise self._refuse(path, "INVALID_FIELD", message) from unknown

    def _filterable(self, path: Path, verb: str = "filtered") -> Column:
        column = self._column(path)
        if not column.field.filterable:
            message = f"field '{path.names[-1]}' can not be {verb} in a query call"
            raise self._refuse(path, "INVALID_FIELD", message)
        return column

    def _condition(self, condition: Condition) -> str:
        match condition:
            case Not(inner):
                return f"NOT COALESCE({self._condition(inner)}, 0)"
            case Both(word, parts):
                return f"({f' {word} '.join(self._condition(part) for part in parts)})"
            case Among():
                return self._among(condition)
            case Compare():
                return self._compare(condition)

    def _parameter(self, value: Any) -> str:
        name = f"p{len(self._parameters)}"
        self._parameters[name] = value
        return f":{name}"

    def _compare(self, condition: Compare) -> str:
        path, operator = condition.path, condition.operator
        column = self._filterable(path)
        value = self._stored(path, column.field, condition.value)
        if operator == "LIKE":
            if column.field.type not in TEXT_TYPES - {"id", "reference"}:
                raise self._operator(path, "LIKE")
            pattern = self._parameter(condition.value.value)
            return f"({column.sql} LIKE {pattern} ESCAPE '\\')"
        if operator in {"=", "!="}:
            if value is None:
                return f"({column.sql} IS {'NOT ' if operator == '!=' else ''}NULL)"
            word = "=" if operator == "=" else "IS NOT"
            return f"({column.sql} {word} {self._parameter(value)})"
        if value is None or column.field.type in _UNORDERED:
            raise self._operator(path, operator)
        return f"({column.sql} {operator} {self._parameter(value)})"

    def _among(self, condition: Among) -> str:
        column = self._filterable(condition.path)
        values = [self._stored(condition.path, column.field, each) for each in condition.values]
        marks = ", ".join(self._parameter(each) for each in values if each is not None)
        found = f"{column.sql} IN ({marks})"
        if None in values:
            found = f"({found} OR {column.sql} IS NULL)"
        return f"(NOT COALESCE({found}, 0))" if condition.negated else f"({found})"

    def _operator(self, path: Path, operator: str) -> ApiError:
        message = f"invalid operator '{operator}' for field '{path.names[-1]}'"
        return self._refuse(path, "INVALID_QUERY_FILTER_OPERATOR", message)

    def _stored(self, path: Path, field: Field, value: Value) -> Any:
        """The literal as the store has it; None for null. Raises ApiError for a wrong type."""
        if value.kind == "null":
            return None
        wanted = _literal_of(field)
        if value.kind != wanted:
            quotes = " and should not be enclosed in quotes" if value.kind == "string" else ""
            message = (
                f"value of filter criterion for field '{path.names[-1]}'"
                f" must be of type {wanted}{quotes}"
            )
            raise self._refuse(path, "INVALID_FIELD", message)
        if field.type in {"id", "reference"} and value.value:
            record_id = ids.to_18(str(value.value))
            if record_id is None:
                message = f"invalid ID field: {value.value}"
                raise self._refuse(path, "INVALID_QUERY_FILTER_OPERATOR", message)
            return record_id
        return None if value.value == "" else value.value


def _literal_of(field: Field) -> str:
    if field.type in TEXT_TYPES:
        return "string"
    return "number" if field.type in _NUMBERS else field.type


def _no_type(name: str) -> str:
    return (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object,"
        " be sure to append the '__c' after the entity name. Please reference your WSDL or the"
        " describe call for the appropriate names."
    )


def _no_column(unknown: UnknownPath) -> str:
    return (
        f"No such column '{unknown.name}' on entity '{unknown.entity}'. If you are attempting to"
        " use a custom field, be sure to append the '__c' after the custom field name. Please"
        " reference your WSDL or the describe call for the appropriate names."
    )


def _no_relationship(unknown: UnknownPath) -> str:
    return (
        f"Didn't understand relationship '{unknown.name}' in field path. If you are attempting to"
        " use a custom relationship, be sure to append the '__r' after the custom relationship"
        " name. Please reference your WSDL or the describe call for the appropriate names."
    )
