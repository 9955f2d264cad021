"""The rules that were added to an org, and what they say of a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from devorg.automation.conditions import Condition
from devorg.errors import RowError
from devorg.names import Names
from devorg.rows import Record

ALWAYS = frozenset({"create", "update"})


@dataclass(frozen=True, slots=True)
class ValidationRule:
    """A row of which all conditions are true is refused, with the message, at the field."""

    conditions: tuple[Condition, ...]
    message: str
    field: str | None = None
    on: frozenset[str] = ALWAYS
    spared_users: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """Rows that agree in all fields, case aside, are duplicates: `block` refuses them, `alert`
    lets them in for who asks for it.
    """

    name: str
    matching_rule: str
    fields: tuple[str, ...]
    blocks: bool
    message: str
    on: frozenset[str] = ALWAYS


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """New and changed leads and cases of which the conditions are true get this owner."""

    conditions: tuple[Condition, ...]
    owner_id: str


class Automation:
    """The rules of one org, by object. Lists are replaced, never changed: calls read them as
    they began.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """No rules, as in a new org."""
        self.validation: defaultdict[str, tuple[ValidationRule, ...]] = defaultdict(tuple)
        self.duplicates: defaultdict[str, tuple[DuplicateRule, ...]] = defaultdict(tuple)
        self.assignment: defaultdict[str, tuple[AssignmentRule, ...]] = defaultdict(tuple)
        self.required: defaultdict[str, frozenset[str]] = defaultdict(frozenset)

    def validate(
        self, names: Names, sobject: str, user_id: str, record: Record, before: Record | None
    ) -> None:
        """Refuse a row for every validation rule that it breaks. Raises RowError."""
        operation = "create" if before is None else "update"
        broken = [
            rule
            for rule in self.validation[sobject]
            if operation in rule.on
            and user_id not in rule.spared_users
            and all(each.holds(record, before) for each in rule.conditions)
        ]
        if broken:
            first, *others = [_refusal(names, sobject, rule) for rule in broken]
            first.others = others
            raise first

    def owner(self, sobject: str, record: Record, before: Record | None) -> str | None:
        """Who gets a row by the assignment rule; None for whom it has."""
        for rule in self.assignment[sobject]:
            if all(each.holds(record, before) for each in rule.conditions):
                return rule.owner_id
        return None


def _refusal(names: Names, sobject: str, rule: ValidationRule) -> RowError:
    field = names.schema.objects[sobject].by_name.get(rule.field or "")
    fields: Sequence[str] = [names.api(field)] if field else []
    return RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields)
