"""The left sides of conditions: fields and functions as SQL, and the literals they compare to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from devorg import ids
from devorg.errors import ApiError
from devorg.schema import Field
from devorg.schema.fields import TEXT_TYPES
from devorg.soql import dates, functions
from devorg.soql.asking import Asker, Parameters
from devorg.soql.nodes import Expression, Function, Path, Value
from devorg.soql.paths import Column, Paths, TooManyParents, UnknownPath
from devorg.soql.refusals import no_column, no_relationship, refusal, unknown

# What a real org calls the literal that a field of a type wants.
_WORDS = {"datetime": "dateTime", "currency": "double", "percent": "double"}
_LITERALS = {"date": {"date", "date literal"}, "datetime": {"datetime", "date literal"}}


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in SQL, with the type that decides what it may be compared to."""

    sql: str
    type: str
    at: Expression
    # The values of a picklist, in their order.
    values: tuple[str, ...] = ()
    # True for ids and for keys whose case counts.
    exact: bool = False
    # False for what has a value in every row.
    nullable: bool = True

    @property
    def name(self) -> str:
        """What a real org calls it in a refusal: the field without its path."""
        return self.at.names[-1] if isinstance(self.at, Path) else self.at.text

    @property
    def is_text(self) -> bool:
        """True for what is compared to strings."""
        return self.type in TEXT_TYPES or self.type == "multipicklist"


def operand_of(column: Column, at: Expression) -> Operand:
    """A plain field."""
    field = column.field
    exact = field.case_sensitive or field.type in {"id", "reference"}
    nullable = field.nillable or len(column.path) > 1
    return Operand(column.sql, field.type, at, field.values, exact, nullable)


@dataclass(frozen=True, slots=True)
class Days:
    """A date literal as the store has it: from the first moment to before the last."""

    start: str
    end: str


class Operands:
    """Makes the operands of one query, each checked for what it is used for."""

    def __init__(self, asker: Asker, parameters: Parameters, paths: Paths, text: str) -> None:
        self.asker, self.parameters, self.paths = asker, parameters, paths
        self._text = text

    def refuse(self, at: Expression | Value, code: str, message: str) -> ApiError:
        """The refusal that points to a place of the text."""
        return refusal(self._text, at.line or 1, at.column or 1, code, message)

    def column(self, path: Path) -> Column:
        """A field. Raises ApiError INVALID_FIELD."""
        try:
            return self.paths.column(path.names)
        except (UnknownPath, TooManyParents) as error:
            raise self.path_error(path, error) from error

    def path_error(self, path: Path, error: UnknownPath | TooManyParents) -> ApiError:
        """The refusal of a path that leads nowhere, or too far."""
        if isinstance(error, TooManyParents):
            message = unknown("paths over more than 5 parents, or more than 55 parents in all")
            return self.refuse(path, "MALFORMED_QUERY", message)
        words = no_column(error.name, error.entity)
        if error.relationship:
            words = no_relationship(error.name)
        return self.refuse(path, "INVALID_FIELD", words)

    def filtered(self, at: Expression) -> Operand:
        """What a condition compares."""
        if isinstance(at, Function):
            return self.computed(at)
        column = self.column(at)
        if not column.field.filterable:
            raise self.cannot(at, "filtered")
        return operand_of(column, at)

    def sorted(self, at: Expression) -> Operand:
        """What ORDER BY orders by."""
        if isinstance(at, Function):
            message = unknown(f"ORDER BY {at.name}() in a query without GROUP BY")
            raise self.refuse(at, "MALFORMED_QUERY", message)
        column = self.column(at)
        if not column.field.sortable:
            raise self.cannot(at, "sorted")
        return operand_of(column, at)

    def cannot(self, at: Path, verb: str) -> ApiError:
        """The refusal of a field that is not filterable, sortable, groupable."""
        # Real orgs leave out the article here, and only here.
        article = "" if verb == "filtered" else "a "
        message = f"field '{at.names[-1]}' can not be {verb} in {article}query call"
        return self.refuse(at, "INVALID_FIELD", message)

    def computed(self, at: Function) -> Operand:
        """A date function, or a label."""
        inner = at.argument
        if at.name == "TOLABEL" and isinstance(inner, Path):
            return self.filtered(inner)
        if at.name not in functions.DATE_FUNCTIONS or at.path is None:
            message = unknown(f"{at.name}() here")
            raise self.refuse(at, "MALFORMED_QUERY", message)
        sql, field = self._moment(at)
        if at.name in functions.TIMED and field.type != "datetime":
            message = f"{at.name}() takes a dateTime field, and '{at.path.names[-1]}' is none"
            raise self.refuse(at, "MALFORMED_QUERY", message)
        return Operand(functions.date_part(at.name, sql), functions.result_type(at.name, field), at)

    def _moment(self, at: Function) -> tuple[str, Field]:
        """The date or moment inside a date function, in the user's time zone where asked for."""
        inner = at.argument
        local = isinstance(inner, Function) and inner.name == "CONVERTTIMEZONE"
        path = inner.argument if isinstance(inner, Function) and local else inner
        if not isinstance(path, Path):
            message = unknown(f"{at.text}: a date function takes a field or convertTimezone(field)")
            raise self.refuse(at, "MALFORMED_QUERY", message)
        column = self.column(path)
        if column.field.type not in ({"datetime"} if local else {"date", "datetime"}):
            message = f"{at.text}: '{path.names[-1]}' is no field of a date and time"
            raise self.refuse(at, "MALFORMED_QUERY", message)
        if not local:
            return column.sql, column.field
        zone = self.parameters.add(self.asker.zone)
        return f"soql_local({column.sql}, {zone})", column.field

    def stored(self, operand: Operand, value: Value) -> Any:
        """The literal as the store has it; None for null, Days for a date literal.

        Raises ApiError for a literal of a wrong type.
        """
        if value.kind == "null":
            return None
        if value.kind not in self._wanted(operand):
            raise self._mistyped(operand, value)
        if value.kind == "date literal":
            return self._days(operand, value)
        if operand.type in {"id", "reference"} and value.value:
            record_id = ids.to_18(str(value.value))
            if record_id is None:
                message = f"invalid ID field: {value.value}"
                raise self.refuse(operand.at, "INVALID_QUERY_FILTER_OPERATOR", message)
            return record_id
        return None if value.value == "" else value.value

    def _wanted(self, operand: Operand) -> set[str]:
        if operand.is_text:
            return {"string"}
        if operand.type in functions.NUMBERS:
            return {"number"}
        return _LITERALS.get(operand.type, {operand.type})

    def _mistyped(self, operand: Operand, value: Value) -> ApiError:
        if value.kind == "currency":
            message = unknown("currency literals: this org has one currency")
            return self.refuse(value, "MALFORMED_QUERY", message)
        word = "string" if operand.is_text else _WORDS.get(operand.type, operand.type)
        quotes = " and should not be enclosed in quotes" if value.kind == "string" else ""
        if word == "string":
            quotes = " and should be enclosed in quotes"
        message = (
            f"value of filter criterion for field '{operand.name}' must be of type {word}{quotes}"
        )
        return self.refuse(operand.at, "INVALID_FIELD", message)

    def _days(self, operand: Operand, value: Value) -> Days:
        try:
            first, end = dates.days(str(value.value), self.asker.today, self.asker.locale)
            if operand.type == "date":
                return Days(first.isoformat(), end.isoformat())
            zone = ZoneInfo(self.asker.zone)
            return Days(dates.midnight(first, zone), dates.midnight(end, zone))
        except (ValueError, OverflowError) as error:
            message = f"Invalid date: {value.value}"
            raise self.refuse(value, "MALFORMED_QUERY", message) from error
