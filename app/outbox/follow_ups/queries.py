"""Reads of follow-ups: what the rules came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from app.db import TenantSession
from app.outbox.follow_ups.models import FollowUp, FollowUpState

_SAID = {
    FollowUpState.OPEN: "to be decided",
    FollowUpState.MADE: "with a task",
    FollowUpState.REFUSED: "without a task",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """For how many people a rule came to this, the last time that they met it."""

    state: FollowUpState
    message: str
    people: int

    def in_words(self) -> str:
        """A line for an admin."""
        why = f": {self.message}" if self.message else ""
        return f"{self.people} {_SAID[self.state]}{why}"


def outcomes(session: TenantSession) -> Mapping[UUID, Sequence[Outcome]]:
    """By rule: one statement."""
    rows = session.execute(
        select(FollowUp.rule_id, FollowUp.state, FollowUp.message, func.count())
        .group_by(FollowUp.rule_id, FollowUp.state, FollowUp.message)
        .order_by(FollowUp.rule_id, FollowUp.state, FollowUp.message)
    )
    found: dict[UUID, list[Outcome]] = defaultdict(list)
    for rule, state, message, people in rows:
        found[rule].append(Outcome(state, message, people))
    return found
