"""Semi-joins and anti-joins, `Id IN (SELECT AccountId FROM Contact)`, with their rules."""

from __future__ import annotations

from devorg import access
from devorg.errors import ApiError
from devorg.schema import Field, SObject
from devorg.soql.conditions import Conditions
from devorg.soql.nodes import Expression, Path, Within
from devorg.soql.operands import Operand, Operands
from devorg.soql.paths import Paths
from devorg.soql.refusals import no_type

MOST = 2
# Salesforce's reference: objects that the query inside cannot be on.
_NOT_INSIDE = frozenset(
    {"ActivityHistory", "Attachment", "Event", "EventAttendee", "Note", "OpenActivity", "Task"}
)
_KEYS = frozenset({"id", "reference"})


class SemiJoins:
    """Translates the semi-joins of one query; counts them."""

    def __init__(self, operands: Operands, text: str, *, deleted: bool) -> None:
        self._operands, self._text, self._deleted = operands, text, deleted
        self._count = 0

    def sql(self, condition: Within, top: bool) -> str:
        """The condition as SQL. Raises ApiError where a rule of semi-joins is broken."""
        left, selected = self._checked(condition, top)
        inner = self._operands.paths.names.sobject(condition.query.sobject)
        assert inner is not None  # noqa: S101 - checked above
        paths = Paths(
            self._operands.asker.names, inner, self._operands.asker.hidden,
            condition.query.aliases, self._operands.asker.readable,
        )  # fmt: skip
        operands = Operands(self._operands.asker, self._operands.parameters, paths, self._text)
        column = operands.column(selected)
        if len(column.path) > 1:
            raise self._broken(
                selected,
                f"The inner select field '{selected.text}' cannot have more than one level of"
                " relationships",
            )
        self._must_match(condition, selected, left, column.field)
        where = [access.condition(inner, "t"), f"{column.sql} IS NOT NULL"]
        if not self._deleted:
            where += live(inner)
        if condition.query.where is not None:
            conditions = Conditions(operands, operands.filtered, self._nested)
            where.append(conditions.sql(condition.query.where))
        source = f'FROM "{inner.name}" AS t {" ".join(paths.joins)} WHERE {" AND ".join(where)}'
        found = f"({left.sql} IN (SELECT {column.sql} {source}))"
        return f"({found} IS NOT TRUE)" if condition.negated else found

    def _checked(self, condition: Within, top: bool) -> tuple[Operand, Path]:
        """The left side and the selected field, after all rules that need no field types."""
        at = condition.path
        if not top:
            raise self._broken(
                at,
                "Semi join sub-selects are only allowed at the top level WHERE expressions and"
                " not in nested WHERE expressions.",
            )
        self._count += 1
        if self._count > MOST:
            raise self._broken(at, f"Maximum {MOST} semi join sub-selects are allowed")
        left = self._operands.filtered(at)
        direct = isinstance(at, Path) and len(self._operands.column(at).path) == 1
        if not direct or left.type not in _KEYS:
            name = at.text
            raise self._broken(
                at,
                "The left operand field in the where expression for outer query should be an id"
                f" field, cannot use: '{name}'",
            )
        selected = (condition.query.fields or ())[0]
        assert isinstance(selected, Path)  # noqa: S101 - so the grammar has it
        self._check_object(condition)
        return left, selected

    def _check_object(self, condition: Within) -> None:
        query = condition.query
        inner = self._operands.asker.sobject(query.sobject)
        at = Path((query.sobject,), *query.sobject_at)
        if inner is None:
            raise self._operands.refuse(at, "INVALID_TYPE", no_type(query.sobject))
        if inner.name in _NOT_INSIDE:
            message = f"Entity '{inner.name}' is not supported for semi join inner selects"
            raise self._broken(at, message)
        if inner.name == self._operands.paths.root.sobject.name:
            message = "The inner and outer selects should not be on the same object type"
            raise self._broken(condition.path, message)

    def _must_match(self, condition: Within, selected: Path, left: Operand, field: Field) -> None:
        if field.type not in _KEYS:
            message = (
                f"Semi join sub-selects can only query id fields, cannot use: '{selected.text}'"
            )
            raise self._broken(selected, message)
        outer = self._operands.column(_path(condition.path)).field
        root = self._operands.paths.root.sobject
        inner = self._operands.asker.names.sobject(condition.query.sobject)
        if inner is None or not _targets(outer, root) & _targets(field, inner):
            raise self._broken(
                condition.path,
                f"The selected field '{selected.text}' in the subquery and the left operand field"
                f" in the where expression in the outer query '{left.name}' should point to the"
                " same object type",
            )

    def _nested(self, condition: Within, _: bool) -> str:
        raise self._broken(condition.path, "Nesting of semi join sub-selects is not supported")

    def _broken(self, at: Expression, message: str) -> ApiError:
        return self._operands.refuse(at, "MALFORMED_QUERY", message)


def live(sobject: SObject) -> list[str]:
    """SQL conditions that leave out the recycle bin and the archive."""
    found = ["t.IsDeleted = 0"] if "IsDeleted" in sobject.by_name else []
    if "IsArchived" in sobject.by_name:
        found.append("t.IsArchived IS NOT 1")
    return found


def _path(at: Expression) -> Path:
    assert isinstance(at, Path)  # noqa: S101 - checked before
    return at


def _targets(field: Field, sobject: SObject) -> set[str]:
    """The objects whose ids a field holds."""
    return {sobject.name} if field.type == "id" else set(field.references)
