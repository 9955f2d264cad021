"""Which events meet a rule: the same judgement when they arrive and in a preview."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import literal, select

from app.db import JsonType, TenantSession
from app.engagement.models import Confidence, Event, Source
from app.outbox.follow_ups.models import Part
from app.outbox.follow_ups.rules import Rule

#: Where a visit keeps what was seen, clicked and opened: lists of {"target", "label"}.
_LISTS: Mapping[Part, str] = {
    Part.BLOCK: "blocks",
    Part.LINK: "clicks",
    Part.DOCUMENT: "documents",
}


class Deed(NamedTuple):
    """What a person did, as far as a rule asks."""

    event_id: UUID
    person_id: UUID
    kind: str
    occurred_at: datetime
    properties: Mapping[str, Any]


class Met(NamedTuple):
    """A rule that a person met: by the last of so many events."""

    rule: Rule
    deed: Deed
    times: int


def deeds_of(
    session: TenantSession, people: Collection[UUID], rules: Sequence[Rule], since: datetime
) -> dict[UUID, list[Deed]]:
    """What these people did after ``since`` that some rule looks at, oldest first: one statement.

    By index of person, kind and time. Scanners, bots and imported history are left out.
    """
    looks_inside = any(rule.part is not Part.ANY for rule in rules)
    inside = Event.properties if looks_inside else literal(None, JsonType)
    rows = session.execute(
        select(Event.id, Event.person_id, Event.kind, Event.occurred_at, inside)
        .where(
            Event.person_id.in_(people),
            Event.kind.in_(sorted({rule.kind for rule in rules})),
            Event.occurred_at > since,
            Event.folded.is_(False),
            Event.confidence == Confidence.HUMAN,
            Event.source != Source.IMPORT,
        )
        .order_by(Event.occurred_at, Event.seq)
    )
    found: dict[UUID, list[Deed]] = defaultdict(list)
    for event_id, person, kind, occurred_at, properties in rows:
        if person is not None:
            things = properties if isinstance(properties, Mapping) else {}
            found[person].append(Deed(event_id, person, kind, occurred_at, things))
    return found


def met_by(rule: Rule, deeds: Iterable[Deed], now: datetime) -> Met | None:
    """Whether one person's deeds (oldest first) meet the rule now."""
    since = now - timedelta(days=rule.within_days)
    counted = [deed for deed in deeds if since < deed.occurred_at and counts(rule, deed)]
    return Met(rule, counted[-1], len(counted)) if len(counted) >= rule.times else None


def counts(rule: Rule, deed: Deed) -> bool:
    """Whether an event is one of those that the rule counts: each visit once."""
    if deed.kind != rule.kind:
        return False
    if rule.part is Part.ANY:
        return True
    wanted = rule.target.casefold()
    things = deed.properties.get(_LISTS[rule.part]) or ()
    return any(wanted in _words_of(thing, rule.part) for thing in things)


def _words_of(thing: Any, part: Part) -> str:
    """Label of a block, link or document, and the address of a link."""
    if not isinstance(thing, Mapping):
        return str(thing).casefold()
    target = thing.get("target", "") if part is Part.LINK else ""
    return f"{thing.get('label', '')}\n{target}".casefold()
