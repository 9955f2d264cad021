"""From checked items to the rooms that keep them, and back to what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.api.reading import Checked
from app.api.schemas import EventIn, MembershipIn, MembershipsIn
from app.db import TenantSession
from app.engagement import intake, memberships
from app.engagement.confidence import judge_reported
from app.engagement.intake import NewEvent
from app.engagement.memberships import NewMembership, PersonMemberships
from app.engagement.models import MembershipKind, Source
from app.engagement.ports import Recorded
from app.outbox.owners.lookup import identity
from app.web import metrics


def record(
    session: TenantSession,
    events: Mapping[int, EventIn],
    recorded: Recorded,
    *,
    imported: bool,
) -> dict[int, str]:
    """Write good events; ``created`` or ``duplicate`` by their place in the batch."""
    source = Source.IMPORT if imported else Source.API
    found = [_new_event(event, source) for event in events.values()]
    results = intake.record(session, found, recorded)
    return {index: result.status.value for index, result in zip(events, results, strict=True)}


def event_results(
    items: Sequence[Any], checked: Checked[EventIn], statuses: Mapping[int, str]
) -> list[dict[str, Any]]:
    """What became of each event, in the order of the batch."""
    return [
        {"index": index, "id": _id_of(item), **_outcome(index, statuses, checked.problems)}
        for index, item in enumerate(items)
    ]


def count_events(results: Iterable[Mapping[str, Any]]) -> None:
    """Book the outcomes to the metric."""
    for outcome, number in Counter(result["status"] for result in results).items():
        metrics.EVENTS.labels("api", outcome).inc(number)


def replace_memberships(session: TenantSession, items: Iterable[MembershipsIn]) -> None:
    """Put the memberships in the place of those that are kept."""
    memberships.replace(session, [_memberships_of(item) for item in items])


def membership_results(
    items: Sequence[Any], checked: Checked[MembershipsIn]
) -> list[dict[str, Any]]:
    """What became of each person's memberships, in the order of the batch."""
    statuses = dict.fromkeys(checked.good, "replaced")
    return [
        {"index": index, **_outcome(index, statuses, checked.problems)}
        for index in range(len(items))
    ]


def _outcome(
    index: int, statuses: Mapping[int, str], problems: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    if index in problems:
        return {"status": "rejected", "problem": problems[index]}
    return {"status": statuses[index]}


def _id_of(item: Any) -> str | None:
    """The sender's id, also of an item that was refused."""
    found = item.get("id") if isinstance(item, dict) else None
    return found[:200] if isinstance(found, str) else None


def _new_event(event: EventIn, source: Source) -> NewEvent:
    user_agent = event.properties.get("user_agent")
    judgement = judge_reported(user_agent if isinstance(user_agent, str) else None)
    return NewEvent(
        id=event.id,
        kind=event.kind,
        occurred_at=event.occurred_at,
        person=event.person,
        subject=event.subject,
        url=event.url or "",
        properties=event.properties,
        user=identity(event.user),
        confidence=judgement.confidence,
        confidence_reason=judgement.reason,
        source=source,
    )


def _memberships_of(item: MembershipsIn) -> PersonMemberships:
    given = {
        MembershipKind.LIST: item.lists,
        MembershipKind.WORKFLOW: item.workflows,
        MembershipKind.CAMPAIGN: item.campaigns,
        MembershipKind.PENDING_EMAIL: item.pending_emails,
    }
    return PersonMemberships(
        item.person,
        {
            kind: [_membership_of(one) for one in found]
            for kind, found in given.items()
            if found is not None
        },
    )


def _membership_of(given: MembershipIn) -> NewMembership:
    return NewMembership(given.name, given.status, given.url or "", given.since)
