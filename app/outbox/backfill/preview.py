"""What a back-fill would do, before anybody asks for it: count, calls, storage, time (L5, X14)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, literal, or_, select

from app.crm.models import Opportunity, OpportunityRole
from app.db import Database, TenantSession
from app.engagement.models import Event
from app.orgs import settings
from app.orgs.settings import DIGEST, KindPolicy, OpportunityRule
from app.outbox.backfill.loads import FEATURE
from app.outbox.backfill.span import Span, is_linked, wanted
from app.salesforce import budget, bulk
from app.salesforce.composite import data_url
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.profile import profile

#: Up to so many activities go by composite calls, more through Bulk API 2.0: Salesforce's own
#: advice ("Salesforce Developer Limits and Allocations", Bulk API).
BULK_ABOVE = 2000
#: Storage of a Task or Event (Salesforce Help, "Data and File Storage Allocations").
KB_EACH = 2
#: Counted calls of a Bulk job: create, upload, close, two results, and about six questions.
_CALLS_PER_JOB = 11
_ROWS_PER_CALL = 1000
_CONTACTS_PER_CALL = 2000
#: What an org without much automation is seen to take; with much of it ten times as long.
_ROWS_PER_SECOND = 100
_SECONDS_PER_JOB = 30


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is to do, from what is known here.

    Attributes:
        kinds: By kind: of people with a record, and of people without one; events, or at most so
            many first ones of a link, or (as ``digest``) days of people.
        linked_people: People with a Contact or Lead.
        unlinked_people: People without; theirs wait until they have one.
        further: Activities that the rule "all" adds, one per further opportunity.
    """

    kinds: Mapping[str, tuple[int, int]]
    linked_people: int
    unlinked_people: int
    further: int

    @property
    def events(self) -> int:
        """Activities that would be planned, those of people without a record included."""
        return sum(sum(counts) for counts in self.kinds.values())

    @property
    def activities(self) -> int:
        """Activities that would be written at once."""
        return sum(linked for linked, _ in self.kinds.values()) + self.further


@dataclass(frozen=True, slots=True)
class Preview:
    """What it would take. ``storage_left_mb`` is None, ``unknown`` says why, if nobody told."""

    counts: Counts
    uses_bulk: bool
    sobject: str
    calls: int
    calls_left: int
    calls_limit: int
    storage_mb: float
    seconds: int
    storage_left_mb: int | None = None
    unknown: str = ""
    warnings: list[str] = field(default_factory=list)


def count(session: TenantSession, span: Span) -> Counts:
    """A few statements over the index of the timeline."""
    chosen = settings.read(session)
    by_policy = {
        policy: [kind for kind in span.kinds if chosen.policy_of(kind) is policy]
        for policy in KindPolicy
    }
    kinds: dict[str, tuple[int, int]] = {}
    if each := by_policy[KindPolicy.EACH]:
        kinds |= _count(session, replace(span, kinds=each), Event.kind, Event.id)
    if first := by_policy[KindPolicy.FIRST]:
        link = func.coalesce(func.nullif(Event.url, ""), Event.subject)
        kinds |= _count(session, replace(span, kinds=first), Event.kind, link)
    if told := by_policy[KindPolicy.DIGEST]:
        day = func.date(Event.occurred_at)  # in UTC: near enough
        kinds |= _count(session, replace(span, kinds=told), literal(DIGEST), day)
    linked = is_linked()
    people = session.execute(
        select(linked, func.count(Event.person_id.distinct())).where(wanted(span)).group_by(linked)
    ).all()
    by_linked = {bool(has_record): number for has_record, number in people}
    is_all = chosen.opportunity_rule is OpportunityRule.ALL
    return Counts(
        dict(sorted(kinds.items())),
        by_linked.get(True, 0),
        by_linked.get(False, 0),
        _further(session, span) if is_all else 0,
    )


def _count(session: TenantSession, span: Span, kind: Any, what: Any) -> dict[str, tuple[int, int]]:
    """Different things of the events' people, by kind: of those with a record, and without."""
    linked = is_linked().label("linked")
    different = (
        select(kind.label("kind"), linked, Event.person_id, what.label("what"))
        .where(wanted(span))
        .distinct()
        .subquery()
    )
    found: dict[str, tuple[int, int]] = {}
    for one, has_record, number in session.execute(
        select(different.c.kind, different.c.linked, func.count()).group_by(
            different.c.kind, different.c.linked
        )
    ):
        before = found.get(one, (0, 0))
        found[one] = (number, before[1]) if has_record else (before[0], number)
    return found


def preview(gateway: Gateway, database: Database, org_id: UUID, span: Span) -> Preview:
    """What the back-fill would do; one counted call asks the org what it has left, and its profile
    is read where that is a day old.

    Must not be called with a transaction open.
    """
    with database.reading(org_id) as session:
        counts = count(session, span)
        chosen = settings.read(session)
        standing = budget.standing(session)
    left, has_key, unknown = _ask(gateway, org_id)
    uses_bulk = has_key and counts.activities > BULK_ABOVE
    asks_roles = chosen.opportunity_rule is not OpportunityRule.NONE
    found = Preview(
        counts=counts,
        uses_bulk=uses_bulk,
        sobject=chosen.activity_object,
        calls=_calls(counts, uses_bulk=uses_bulk, asks_roles=asks_roles),
        calls_left=standing.left,
        calls_limit=standing.limit,
        storage_mb=round(counts.activities * KB_EACH / 1024, 1),
        seconds=_seconds(counts.activities, uses_bulk=uses_bulk),
        storage_left_mb=left,
        unknown=unknown,
    )
    found.warnings.extend(_warnings(found, has_key=has_key))
    return found


def _further(session: TenantSession, span: Span) -> int:
    """Open opportunities of the events' people that had begun, beyond the first of each event."""
    pairs, events = session.execute(
        select(func.count(), func.count(Event.id.distinct()))
        .select_from(Event)
        .join(OpportunityRole, and_(OpportunityRole.person_id == Event.person_id))
        .join(Opportunity, Opportunity.id == OpportunityRole.opportunity_id)
        .where(
            wanted(span),
            is_linked(),
            Opportunity.is_closed.is_(False),
            or_(Opportunity.opened_at.is_(None), Opportunity.opened_at <= Event.occurred_at),
        )
    ).one()
    return int(pairs - events)


def _ask(gateway: Gateway, org_id: UUID) -> tuple[int | None, bool, str]:
    """Megabytes that are left, whether there is a key field, and what could not be learnt."""
    try:
        has_key = profile(gateway, org_id).has_key_field
        answer = gateway.for_org(org_id).call("GET", data_url("limits"), feature=FEATURE)
        limits = answer.body if isinstance(answer.body, dict) else {}
        left = limits.get("DataStorageMB", {}).get("Remaining")
    except SalesforceError as error:
        return None, True, error.message
    return (int(left), has_key, "") if isinstance(left, int) else (None, has_key, "")


def _calls(counts: Counts, *, uses_bulk: bool, asks_roles: bool) -> int:
    roles = math.ceil(counts.linked_people / _CONTACTS_PER_CALL) if asks_roles else 0
    if uses_bulk:
        return roles + 1 + math.ceil(counts.activities / bulk.MOST_ROWS) * _CALLS_PER_JOB
    return roles + math.ceil(counts.activities / _ROWS_PER_CALL)


def _seconds(activities: int, *, uses_bulk: bool) -> int:
    jobs = math.ceil(activities / bulk.MOST_ROWS) if uses_bulk else 0
    return math.ceil(activities / _ROWS_PER_SECOND) + jobs * _SECONDS_PER_JOB


def _warnings(found: Preview, *, has_key: bool) -> list[str]:
    warnings = []
    if found.counts.linked_people:
        warnings.append(
            f"Last Activity of up to {found.counts.linked_people:,} contacts and leads, and of "
            "their accounts and opportunities, may move to the day of the latest of these "
            "activities; the org's automation runs for each of them."
        )
    if found.storage_left_mb is not None and found.storage_mb > found.storage_left_mb:
        warnings.append("The org has not enough data storage left; activities would stop going.")
    if found.calls > found.calls_left:
        warnings.append(
            "It takes more calls than the budget has left: it waits at 80 % and takes days."
        )
    if not has_key:
        warnings.append(
            "The org lacks the package's key field: it goes by composite calls only, and nothing "
            "is promised about each activity being written exactly once."
        )
    return warnings
