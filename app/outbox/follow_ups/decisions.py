"""What becomes of a rule that was met: a task, none (and why), or a later look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.crm.models import SObject
from app.engagement.kinds import label
from app.outbox.composing.payload import activity_key
from app.outbox.composing.targets import Who
from app.outbox.composing.words import reference_line
from app.outbox.follow_ups.asking import OpenDeal, Told
from app.outbox.follow_ups.cases import Case, Cases
from app.outbox.follow_ups.models import OwnerRule, Part
from app.outbox.follow_ups.rules import FIRST_RANK
from app.outbox.follow_ups.task import Plan, due_on, payload, subject_of
from app.outbox.models import ActivityObject

#: Somebody without a record is looked at again after so long.
UNLINKED_AGAIN = timedelta(hours=1)
#: A person who had no open opportunity may meet the rule anew after so long.
NO_DEAL_QUIET = timedelta(days=1)

_LOOKED = {
    Part.BLOCK: ("looked at “{}”", "looked at a block"),
    Part.LINK: ("clicked “{}”", "clicked a link"),
    Part.DOCUMENT: ("opened “{}”", "opened a document"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """A task is made: rank, key and payload of its row in the outbox."""

    rank: int
    key: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NoTask:
    """None is made. ``quiet`` shortens the time in which the rule rests for the person."""

    reason: str
    message: str
    quiet: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """It cannot be decided yet."""

    reason: str
    message: str
    after: timedelta


Decision = Task | NoTask | Later

_NO_RECORD = NoTask("no_record", "The person has no Contact or Lead in Salesforce.")
_UNLINKED = Later("unlinked", "The person has no Contact or Lead yet.", UNLINKED_AGAIN)
_GONE = NoTask("record_gone", "The Contact or Lead was deleted, merged, converted, or is hidden.")
_OFF = NoTask("rule_off", "The rule was switched off meanwhile.")
_NO_DEAL = NoTask(
    "no_open_opportunity", "The person has no role in an open opportunity.", NO_DEAL_QUIET
)
_NO_OWNER = NoTask(
    "no_owner",
    "The owner is no active user: name one in the rule, or give the record an active owner.",
)
_NO_STATUS = NoTask("no_open_status", "The org has no open task status.")


def decide(
    cases: Cases, told: Told, now: datetime, *, has_key_field: bool
) -> Iterator[tuple[Case, Decision]]:
    """Each case with its decision."""
    for case in cases.due:
        yield case, _decide(case, cases, told, now, has_key_field=has_key_field)


def _decide(
    case: Case, cases: Cases, told: Told, now: datetime, *, has_key_field: bool
) -> Decision:
    rule, who = case.rule, cases.who.get(case.person_id)
    if not rule.is_active:
        return _OFF
    if who is None:
        is_over = now - case.met_at > timedelta(days=rule.within_days)
        return _NO_RECORD if is_over else _UNLINKED
    if who.salesforce_id not in told.owners:
        return _GONE
    deal = _deal_of(case, who, told)
    if deal is None and rule.needs_opportunity:
        return _NO_DEAL
    owner = _owner_of(case, told, deal, told.owners[who.salesforce_id])
    if owner is None:
        return _NO_OWNER
    if told.open_status is None:
        return _NO_STATUS
    rank = FIRST_RANK + rule.number
    key = activity_key(ActivityObject.TASK, case.event_id, rank)
    zone = cases.zone_of(owner, case.creator)
    names = {"person": case.person or "this person", "page": case.page_title}
    plan = Plan(
        subject=subject_of(rule.subject, names),
        why=_why(case),
        status=told.open_status,
        priority=rule.priority,
        due=due_on(now.astimezone(zone).date(), rule.due_days, working=rule.working_days),
        owner=owner,
        who=who.salesforce_id,
        what=deal.salesforce_id if deal else None,
        occurred_at=case.occurred_at,
        zone=zone,
        page=case.page,
        reference="" if has_key_field else reference_line(key),
    )
    return Task(rank, key, payload(plan))


def _deal_of(case: Case, who: Who, told: Told) -> OpenDeal | None:
    """Of the open ones that had begun: the visited one, then a primary role, then the latest."""
    if who.sobject is SObject.LEAD:
        return None
    deals: Sequence[OpenDeal] = told.deals.get(who.salesforce_id, ())
    begun = [d for d in deals if d.opened_at is None or d.opened_at <= case.occurred_at]
    return max(begun, key=lambda deal: _preference(case, deal), default=None)


def _preference(case: Case, deal: OpenDeal) -> tuple[bool, bool, float, str]:
    opened = deal.opened_at.timestamp() if deal.opened_at else 0.0
    return deal.salesforce_id == case.deal, deal.is_primary, opened, deal.salesforce_id


def _owner_of(case: Case, told: Told, deal: OpenDeal | None, of_record: str | None) -> str | None:
    """Whom the rule wants, else the other owner; a named user or nobody."""
    of_deal = deal.owner if deal else None
    match case.rule.owner:
        case OwnerRule.OPPORTUNITY:
            return of_deal or of_record
        case OwnerRule.RECORD:
            return of_record or of_deal
        case OwnerRule.USER:
            return case.rule.owner_id if case.rule.owner_id in told.users else None


def _why(case: Case) -> str:
    rule = case.rule
    what = label(rule.kind).lower()
    if rule.part in _LOOKED:
        named, bare = _LOOKED[rule.part]
        what = named.format(rule.target) if rule.target else bare
    times = "once" if case.times == 1 else f"{case.times} times"
    person = case.person or "This person"
    return f"{person}: {what}, {times} within {_days(rule.within_days)}."


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
