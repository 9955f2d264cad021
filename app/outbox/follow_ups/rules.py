"""The rules of an org: made, listed, switched, removed (X10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from app.clock import utcnow
from app.db import TenantSession
from app.engagement.kinds import Kind, asked_for
from app.errors import ConfigError
from app.orgs import audit
from app.orgs.audit import Tag
from app.outbox.follow_ups.models import FollowUpRule, OwnerRule, Part
from canvas.ids import USER_PREFIX, to_18

#: What an outbox row of a rule is ranked by: 1000 and its number.
FIRST_RANK = 1000
MOST_RULES = 100
_MOST_TIMES, _MOST_DAYS, _MOST_DUE_DAYS = 50, 90, 365


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as somebody wants it, checked.

    Attributes:
        subject: Of the task; ``{person}`` and ``{page}`` are filled in.
        kind: Of the events that count.
        part: What within a visit counts; each visit counts once, however often it was seen.
        target: Words that the label of the block, link or document has to hold; empty for any.
        times: So many of them…
        within_days: …within so many days. The rule then rests for as long.
        needs_opportunity: Only people with a role in an open opportunity.
        owner: Who gets the task.
        owner_id: The user, for ``OwnerRule.USER``.
        due_days: Days from the day on which the rule was met.
        working_days: Saturdays and Sundays do not count.
        priority: A value of Task.Priority of the org.

    Raises:
        ConfigError: Something of it makes no sense; the message says what to write instead.
    """

    subject: str
    kind: str = Kind.DESTINATION_VISIT.value
    part: Part = Part.ANY
    target: str = ""
    times: int = 1
    within_days: int = 7
    needs_opportunity: bool = True
    owner: OwnerRule = OwnerRule.OPPORTUNITY
    owner_id: str | None = None
    due_days: int = 1
    working_days: bool = True
    priority: str = "Normal"

    def __post_init__(self) -> None:
        _between("times", self.times, 1, _MOST_TIMES)
        _between("within-days", self.within_days, 1, _MOST_DAYS)
        _between("due-days", self.due_days, 0, _MOST_DUE_DAYS)
        _check_words("subject", self.subject, 255)
        _check_words("priority", self.priority, 40)
        self._check_what()
        self._check_owner()

    def _check_what(self) -> None:
        if not asked_for(self.kind):
            raise ConfigError(f"{self.kind} is no kind; one is named like destination_visit.")
        if self.part is not Part.ANY and self.kind != Kind.DESTINATION_VISIT:
            raise ConfigError(
                "Blocks, links and documents belong to visits: kind is destination_visit then."
            )
        if self.part is Part.ANY and self.target:
            raise ConfigError("A target is one of a block, link or document: say of which.")
        if len(self.target) > 255:
            raise ConfigError("The target has at most 255 characters.")

    def _check_owner(self) -> None:
        if self.owner is not OwnerRule.USER:
            if self.owner_id is not None:
                raise ConfigError("A user is named only where the owner is a named user.")
            return
        try:
            found = to_18(self.owner_id or "")
        except ValueError as error:
            raise ConfigError(f"{self.owner_id} is no user's id: {error}.") from error
        if not found.startswith(USER_PREFIX):
            raise ConfigError(f"{self.owner_id} is no user's id: such an id begins with 005.")
        object.__setattr__(self, "owner_id", found)


class Rule(NamedTuple):
    """A rule that is looked at when events arrive."""

    id: UUID
    number: int
    kind: str
    part: Part
    target: str
    times: int
    within_days: int
    needs_opportunity: bool


def add(session: TenantSession, wanted: NewRule, by: str) -> int:
    """Make a rule; its number in the org.

    Raises:
        ConfigError: The org has as many rules as are sensible.
    """
    if len(list_rules(session)) >= MOST_RULES:
        raise ConfigError(f"The org has {MOST_RULES} rules: remove one first.")
    number = (session.scalar(select(func.max(FollowUpRule.number))) or 0) + 1
    fields = {name: getattr(wanted, name) for name in NewRule.__dataclass_fields__}
    session.add(FollowUpRule(number=number, created_by=by, **fields))
    _note(session, by, number, "added")
    return number


def list_rules(session: TenantSession) -> Sequence[FollowUpRule]:
    """The org's rules by number, those switched off included."""
    statement = select(FollowUpRule).where(FollowUpRule.removed_at.is_(None))
    return session.scalars(statement.order_by(FollowUpRule.number)).all()


def get(session: TenantSession, number: int) -> FollowUpRule:
    """The rule of a number.

    Raises:
        ConfigError: There is none.
    """
    found = session.scalar(
        select(FollowUpRule).where(FollowUpRule.number == number, FollowUpRule.removed_at.is_(None))
    )
    if found is None:
        raise ConfigError(f"There is no rule {number}; `orgs follow-ups` shows those that are.")
    return found


def switch(session: TenantSession, number: int, on: bool, by: str) -> None:
    """Let a rule work, or rest. Raises ConfigError when there is none."""
    get(session, number).is_active = on
    _note(session, by, number, "on" if on else "off")


def remove(session: TenantSession, number: int, by: str) -> None:
    """Take a rule away; its tasks stay, its number is not given again. Raises ConfigError."""
    rule = get(session, number)
    rule.is_active, rule.removed_at = False, utcnow()
    _note(session, by, number, "removed")


def of_kinds(session: TenantSession, kinds: set[str]) -> list[Rule]:
    """Rules at work that look at events of these kinds: one statement."""
    columns = [getattr(FollowUpRule, name) for name in Rule._fields]
    statement = select(*columns).where(
        FollowUpRule.is_active.is_(True), FollowUpRule.kind.in_(sorted(kinds))
    )
    return [Rule._make(row) for row in session.execute(statement.order_by(FollowUpRule.number))]


def as_rule(rule: FollowUpRule) -> Rule:
    """What is looked at when events arrive, of a rule that was loaded."""
    return Rule(*(getattr(rule, name) for name in Rule._fields))


def in_words(rule: FollowUpRule) -> str:
    """The rule as somebody would say it."""
    what = rule.kind.replace("_", " ")
    if rule.part is not Part.ANY:
        what = f"{rule.part.value} “{rule.target}”" if rule.target else f"any {rule.part.value}"
    who = "a person of an open opportunity" if rule.needs_opportunity else "a person"
    owner = {
        OwnerRule.OPPORTUNITY: "the opportunity's owner",
        OwnerRule.RECORD: "the record's owner",
        OwnerRule.USER: f"user {rule.owner_id}",
    }[rule.owner]
    days = "working days" if rule.working_days else "days"
    return (
        f"{who}, {what}, {rule.times}× within {rule.within_days} days: task “{rule.subject}” "
        f"for {owner}, due in {rule.due_days} {days}, priority {rule.priority}"
    )


def _between(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ConfigError(f"{name} is a number from {least} to {most}.")


def _check_words(name: str, text: str, longest: int) -> None:
    if not text.strip() or len(text) > longest or not text.isprintable():
        raise ConfigError(f"The {name} is one line of 1 to {longest} characters.")


def _note(session: TenantSession, by: str, number: int, what: str) -> None:
    audit.record(session, Tag.FOLLOW_UP_RULE, by, number=number, change=what)
