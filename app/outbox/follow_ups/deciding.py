"""Makes the tasks of rules that were met: one counted call an org, then rows in the outbox.

Exactly one task results however often this runs or dies: its row has a place of its own in the
outbox (event and rank), is frozen there, and goes out under its key like every activity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from app.clock import utcnow
from app.db import TenantSession
from app.orgs import features
from app.outbox.follow_ups import cases as cases_
from app.outbox.follow_ups.asking import FEATURE, Question, Told, ask
from app.outbox.follow_ups.cases import Case, Cases
from app.outbox.follow_ups.decisions import Decision, Later, NoTask, Task, decide
from app.outbox.follow_ups.models import FollowUp, FollowUpState
from app.outbox.follow_ups.noticing import NEEDED
from app.outbox.follow_ups.task import KIND
from app.outbox.models import ActivityObject, DeliveryState, OutboxRow
from app.outbox.planned import ensure_delivery
from app.salesforce import budget
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.profile import profile

_log = structlog.get_logger()

#: While the budget is short, cases are gathered for so long before a call is made for them.
_GATHER = timedelta(minutes=15)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
_NOTHING = Told({}, {}, frozenset(), None)


def make_tasks(gateway: Gateway, org_id: UUID) -> Mapping[str, int]:
    """Decide the org's due cases; how many came to what. Must not be called in a transaction.

    What Salesforce refuses is no error of this: the cases wait, for longer each time, and say why.
    """
    with gateway.database.reading(org_id) as session:
        if not features.writing(session) >= NEEDED:
            return {}
        due = cases_.read(session)
        spent = budget.standing(session, feature=FEATURE)
    if not due.due:
        return {}
    if spent.exhausted:
        after = (spent.resumes_at or utcnow()) - utcnow()
        words = "The budget of API calls is spent."
        return _settle(gateway, org_id, _all(due, Later("budget_spent", words, after)))
    oldest = min(case.met_at for case in due.due)
    if spent.slow_down and utcnow() - oldest < _GATHER:
        return {}
    with gateway.database.writing(org_id) as writing:
        cases_.claim(writing, due)
    return _settle(gateway, org_id, _decided(gateway, org_id, due))


def _decided(gateway: Gateway, org_id: UUID, due: Cases) -> Sequence[tuple[Case, Decision]]:
    question = due.question()
    try:
        told, has_key_field = _NOTHING, True
        if question != Question():
            told = ask(gateway.for_org(org_id), question)
            has_key_field = profile(gateway, org_id).has_key_field
    except SalesforceError as error:
        _log.warning("follow_ups.not_decided", org=str(org_id), reason=error.reason)
        return [
            (case, Later(error.reason, error.message, _pause(case.attempts))) for case in due.due
        ]
    return list(decide(due, told, utcnow(), has_key_field=has_key_field))


def _all(due: Cases, decision: Decision) -> Sequence[tuple[Case, Decision]]:
    return [(case, decision) for case in due.due]


def _pause(attempts: int) -> timedelta:
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * float(1 << min(attempts, 10)))


def _settle(
    gateway: Gateway, org_id: UUID, decided: Iterable[tuple[Case, Decision]]
) -> Mapping[str, int]:
    """Write the decisions where the cases are still open: in one transaction with their rows."""
    decisions = {(case.rule.id, case.person_id, case.event_id): each for case, each in decided}
    with gateway.database.writing(org_id) as session:
        now = utcnow()
        found = session.scalars(
            select(FollowUp)
            .where(
                cases_.is_open(),
                FollowUp.rule_id.in_({rule for rule, _, _ in decisions}),
                FollowUp.person_id.in_({person for _, person, _ in decisions}),
            )
            .with_for_update()
        ).all()
        still_open = [
            (follow_up, decisions[key])
            for follow_up in found
            if (key := (follow_up.rule_id, follow_up.person_id, follow_up.event_id)) in decisions
        ]
        for follow_up, decision in still_open:
            _note(follow_up, decision, now)
        _insert(session, still_open, now)
        return Counter(follow_up.state.value for follow_up, _ in still_open)


def _note(follow_up: FollowUp, decision: Decision, now: datetime) -> None:
    match decision:
        case Task():
            follow_up.state, follow_up.settled_at = FollowUpState.MADE, now
            follow_up.reason = follow_up.message = ""
        case NoTask(reason, message, quiet):
            follow_up.state, follow_up.settled_at = FollowUpState.REFUSED, now
            follow_up.reason, follow_up.message = reason, message
            if quiet is not None:
                follow_up.quiet_until = min(follow_up.quiet_until, now + quiet)
        case Later(reason, message, after):
            follow_up.attempts += 1
            follow_up.not_before = now + after
            follow_up.reason, follow_up.message = reason[:64], message


def _insert(
    session: TenantSession, decided: Sequence[tuple[FollowUp, Decision]], now: datetime
) -> None:
    rows = [_row(follow_up, task, now) for follow_up, task in decided if isinstance(task, Task)]
    if rows:
        ensure_delivery(session)
        session.upsert_many(OutboxRow, rows, key=["org_id", "event_id", "rank"])


def _row(follow_up: FollowUp, task: Task, now: datetime) -> dict[str, Any]:
    return {
        "event_id": follow_up.event_id,
        "person_id": follow_up.person_id,
        "rank": task.rank,
        "kind": KIND,
        "state": DeliveryState.PENDING,
        "not_before": now,
        "sobject": ActivityObject.TASK,
        "activity_key": task.key,
        "payload": task.payload,
        "is_unsure": False,
        "attempts": 0,
        "error_reason": "",
        "error_code": "",
        "error_message": "",
        "settled_by": "",
        "created_at": now,
    }
