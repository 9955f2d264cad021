"""Notices, in the intake's own transaction, that people met rules; what becomes of it comes later.

One statement when no rule looks at such events, at most four otherwise, whatever the size of the
batch. Nothing is asked of Salesforce here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, or_, select

from app.clock import utcnow
from app.db import TenantSession
from app.engagement.models import Confidence, Source
from app.engagement.ports import RecordedEvent
from app.orgs.features import Feature
from app.outbox.follow_ups import rules
from app.outbox.follow_ups.matching import Met, deeds_of, met_by
from app.outbox.follow_ups.models import FollowUp, FollowUpState
from app.outbox.follow_ups.rules import Rule

#: What it takes for a rule to be looked at: the tasks are delivered as activities are.
NEEDED = frozenset({Feature.FOLLOW_UPS, Feature.ACTIVITY_TO_SALESFORCE})


def notice(session: TenantSession, events: Sequence[RecordedEvent]) -> int:
    """Note the people of these events who meet a rule now; how many pairs of rule and person.

    Call it for orgs that have the features ``NEEDED``. A pair that was met within the rule's window
    before is left as it is: two batches at once come to one task.
    """
    doers = _doers(events)
    if not doers:
        return 0
    found = rules.of_kinds(session, {kind for kinds in doers.values() for kind in kinds})
    if not found:
        return 0
    now = utcnow()
    open_ = _not_quiet(session, found, doers, now)
    if not open_:
        return 0
    asked = [rule for rule in found if any(rule in each for each in open_.values())]
    since = now - timedelta(days=max(rule.within_days for rule in asked))
    deeds = deeds_of(session, list(open_), asked, since)
    met = [met_by(rule, deeds[person], now) for person in sorted(deeds) for rule in open_[person]]
    return _note(session, [each for each in met if each is not None], now)


def _not_quiet(
    session: TenantSession, found: Sequence[Rule], doers: Mapping[UUID, set[str]], now: datetime
) -> dict[UUID, list[Rule]]:
    """Rules that look at these people now: who has met one lately is not looked at again.

    So few events are read: somebody who has not met a rule has done less than it takes.
    """
    rows = session.execute(
        select(FollowUp.rule_id, FollowUp.person_id).where(
            FollowUp.rule_id.in_([rule.id for rule in found]),
            FollowUp.person_id.in_(doers),
            or_(FollowUp.quiet_until > now, FollowUp.state == FollowUpState.OPEN),
        )
    )
    quiet = {(rule, person) for rule, person in rows}
    looking = {
        person: [rule for rule in found if rule.kind in kinds and (rule.id, person) not in quiet]
        for person, kinds in doers.items()
    }
    return {person: those for person, those in looking.items() if those}


def _doers(events: Sequence[RecordedEvent]) -> dict[UUID, set[str]]:
    """Known people who did something themselves now, with the kinds of it."""
    found: dict[UUID, set[str]] = {}
    for event in events:
        is_deed = event.confidence is Confidence.HUMAN and event.source is not Source.IMPORT
        if event.person_id is not None and is_deed and not event.folded:
            found.setdefault(event.person_id, set()).add(event.kind)
    return found


def _note(session: TenantSession, met: Sequence[Met], now: datetime) -> int:
    if met:
        rows = [_row(each, now) for each in met]
        session.upsert_many(
            FollowUp,
            rows,
            key=["org_id", "rule_id", "person_id"],
            set_={name: _unless_quiet(name, now) for name in rows[0]},
        )
    return len(met)


def _unless_quiet(name: str, now: datetime) -> Callable[[Any], Any]:
    """The new value where the pair's window is over, else the old one."""
    is_over = and_(FollowUp.quiet_until <= now, FollowUp.state != FollowUpState.OPEN)
    return lambda told: case((is_over, told[name]), else_=getattr(FollowUp, name))


def _row(met: Met, now: datetime) -> dict[str, Any]:
    return {
        "rule_id": met.rule.id,
        "person_id": met.deed.person_id,
        "event_id": met.deed.event_id,
        "times": met.times,
        "state": FollowUpState.OPEN,
        "met_at": now,
        "quiet_until": now + timedelta(days=met.rule.within_days),
        "not_before": now,
        "attempts": 0,
        "reason": "",
        "message": "",
        "settled_at": None,
    }
