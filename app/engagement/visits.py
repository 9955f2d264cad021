"""Visits to a Destination: beacons of one page load, folded into one visit (one event).

The visit's head is an event of kind ``destination_visit``. It is in the timeline from the first
visible heartbeat on and follows the visit while it lasts; steps are events too, ``folded`` into it.
Facts only ever grow (visible time is the page's own total, lists hold each thing once, the
weightiest judgement holds), so that a beacon that is repeated, late or lost does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.db import TenantSession
from app.engagement import crowding, rollups
from app.engagement.confidence import Judgement, weightier
from app.engagement.kinds import Kind, Step
from app.engagement.models import Confidence, Event, Source, Visit
from app.engagement.ports import Recorded, told_of
from app.engagement.score import points_of
from app.ids import new_id

#: Steps and things of one visit that are kept; a page that sends more is not a reader's.
MAX_STEPS_PER_BEAT = 50
MAX_THINGS = 100
#: How much longer than the clock says a page may have been visible (clocks and networks jitter).
_SLACK_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the visit takes place: a link to a Destination, with what the timeline shows of it.

    ``gate``: the address that was typed before it opened, which nobody verified, and the notice
    that was agreed to; empty where nothing was asked. ``viewer``: a code of who is not known, where
    it is counted how many look; else "".
    """

    link_id: UUID
    destination_id: UUID
    title: str
    url: str
    gate: Mapping[str, str] = field(default_factory=dict)
    viewer: str = ""


@dataclass(frozen=True, slots=True)
class NewStep:
    """One thing done on the page.

    Attributes:
        id: The page's own id of it, 1 to 64 characters; the same id is the same step.
        kind: What was done.
        occurred_at: When, aware.
        target: Id of the block or document, or address of the link.
        label: What the visitor saw of it, e.g. the text of the link.
        details: What the visitor wrote, for a form that was sent.
    """

    id: str
    kind: Step
    occurred_at: datetime
    target: str = ""
    label: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beat:
    """What a beacon came to.

    Attributes:
        visit: The visit of this page load.
        began: It began with this beacon: a view.
        identified: It was anonymous before, and has a person now.
        doubted: It was thought a person's before, and is not any more.
        trusted: It was doubted before, and is thought a person's now.
    """

    visit: Visit
    began: bool
    identified: bool = False
    doubted: bool = False
    trusted: bool = False


def beat(
    session: TenantSession,
    place: Place,
    *,
    visitor: str,
    person_id: UUID | None,
    now: datetime,
    steps: Sequence[NewStep] = (),
    visible_seconds_so_far: float = 0.0,
    judgement: Judgement,
) -> Beat:
    """Take a beacon of a page that was seen; never call it for a mere GET.

    Args:
        session: Of the org, writing.
        place: The link that was opened.
        visitor: Random id of the page load, 1 to 64 characters.
        person_id: Who it is, if the link is theirs and they did not refuse (X13). A visit that
            began anonymous takes the person; one that has a person keeps it.
        now: The server's time.
        steps: What was done since the last beacon, at most ``MAX_STEPS_PER_BEAT`` are taken.
        visible_seconds_so_far: How long this page load was visible in all, by its own clock.
        judgement: Who is thought to have acted.
    """
    visit, head, began = _visit_for(session, place, visitor, person_id, now, judgement)
    before = rollups.change_of(head, events=-1)
    fresh = _fold(session, visit, steps[:MAX_STEPS_PER_BEAT], judgement)
    _grow(visit, fresh, now, visible_seconds_so_far)
    was_human = visit.confidence is Confidence.HUMAN
    identified = person_id is not None and visit.person_id is None and not visit.refused
    if identified:
        judgement = _judge_named(session, place, person_id, now, judgement)
    _judge(visit, judgement)
    if identified and person_id is not None:
        _identify(session, visit, head, person_id)
    _follow(head, visit)
    if began or session.is_modified(head):
        after = rollups.change_of(head)
        rollups.add(session, [after] if began else [before, after])
    session.flush()
    is_human = visit.confidence is Confidence.HUMAN
    return Beat(
        visit,
        began,
        identified,
        doubted=was_human and not is_human,
        trusted=is_human and not was_human,
    )


def end(session: TenantSession, visit: Visit, *, now: datetime, recorded: Recorded) -> None:
    """The page said goodbye: hand the visit on, once; the outbox lets it settle."""
    end_all(session, [visit.id], ended_at=now, recorded=recorded)


def end_all(
    session: TenantSession,
    visit_ids: Sequence[UUID],
    *,
    recorded: Recorded,
    ended_at: datetime | None = None,
) -> int:
    """End those of these visits that are still open, in one batch; how many these were.

    Without ``ended_at`` each ended when it was last heard of. Locked rows are left to their holder.
    """
    rows = session.execute(
        _visit_and_head()
        .where(Visit.id.in_(visit_ids), Visit.ended_at.is_(None))
        .order_by(Visit.id)
        .with_for_update(of=Visit, skip_locked=ended_at is None)
    ).all()
    for visit, head in rows:
        visit.ended_at = ended_at or visit.last_seen_at
        _follow(head, visit)
    session.flush()
    rollups.touch(session, {visit.person_id: None for visit, _ in rows if visit.person_id})
    if rows:
        recorded(session, [told_of(head) for _, head in rows])
    return len(rows)


def _visit_and_head() -> Select[Visit, Event]:
    return (
        select(Visit, Event)
        .join(Event, (Event.visit_id == Visit.id) & Event.folded.is_(False))
        .execution_options(populate_existing=True)
    )


def _visit_for(
    session: TenantSession,
    place: Place,
    visitor: str,
    person_id: UUID | None,
    now: datetime,
    judgement: Judgement,
) -> tuple[Visit, Event, bool]:
    """The visit of this page load with its head, locked; begun if there is none."""
    statement = (
        _visit_and_head()
        .where(Visit.link_id == place.link_id, Visit.visitor == visitor)
        .with_for_update(of=Visit)
    )
    found = session.execute(statement).one_or_none()
    if found is not None:
        return found[0], found[1], False
    begun = _judge_named(session, place, person_id, now, judgement)
    visit_id = _begin(session, place, visitor, person_id, now, begun)
    visit, head = session.execute(statement).one()
    return visit, head, visit.id == visit_id


def _begin(
    session: TenantSession,
    place: Place,
    visitor: str,
    person_id: UUID | None,
    now: datetime,
    judgement: Judgement,
) -> UUID:
    """Write visit and head; another beacon of the same page load may be quicker, then its hold."""
    visit = _visit_row(place, visitor, person_id, now, judgement)
    session.upsert_many(Visit, [visit], key=["org_id", "link_id", "visitor"])
    is_ours = session.scalar(select(Visit.id).where(Visit.id == visit["id"])) is not None
    if is_ours:
        session.upsert_many(Event, [_head_row(visit, place, now)], key=["org_id", "key"])
    return UUID(str(visit["id"]))


def _fold(
    session: TenantSession, visit: Visit, steps: Sequence[NewStep], judgement: Judgement
) -> list[NewStep]:
    """Keep the steps as events of the visit; those that were not yet known."""
    rows = {_step_key(visit, step): _step_row(visit, step, judgement) for step in steps}
    if not rows or _is_full(visit):
        return []
    session.upsert_many(Event, [rows[key] for key in sorted(rows)], key=["org_id", "key"])
    stored = session.execute(select(Event.key, Event.id).where(Event.key.in_(rows)))
    ours = {key for key, event_id in stored if event_id == rows[key]["id"]}
    return [step for step in steps if _step_key(visit, step) in ours]


def _is_full(visit: Visit) -> bool:
    return len(visit.blocks) + len(visit.clicks) + len(visit.documents) >= MAX_THINGS


def _grow(visit: Visit, steps: Sequence[NewStep], now: datetime, seconds: float) -> None:
    """Add what is new to the visit; lists are replaced, so that the change is seen."""
    visit.last_seen_at = max(visit.last_seen_at, now)
    possible = (now - visit.started_at).total_seconds() + _SLACK_SECONDS
    visit.seconds = max(visit.seconds, min(max(0.0, seconds), possible))
    visit.blocks = _with(visit.blocks, steps, Step.BLOCK_SEEN)
    visit.clicks = _with(visit.clicks, steps, Step.LINK_CLICKED)
    visit.documents = _with(visit.documents, steps, Step.DOCUMENT_OPENED)
    for step in steps:
        if step.kind is Step.FORM_SENT:
            visit.form_sent, visit.form = True, dict(step.details)


def _with(known: list[Any], steps: Sequence[NewStep], kind: Step) -> list[Any]:
    targets = {thing["target"] for thing in known}
    added = {
        step.target: {"target": step.target, "label": step.label}
        for step in steps
        if step.kind is kind and step.target not in targets
    }
    return [*known, *added.values()]


def _judge_named(
    session: TenantSession,
    place: Place,
    person_id: UUID | None,
    now: datetime,
    judgement: Judgement,
) -> Judgement:
    """Of a visit that gets its person now; those of nobody known harm nobody."""
    if person_id is None or not crowding.is_crowded(
        session, link_id=place.link_id, destination_id=place.destination_id, now=now
    ):
        return judgement
    return weightier(judgement, crowding.CROWD)


def _judge(visit: Visit, judgement: Judgement) -> None:
    known = Judgement(visit.confidence, visit.confidence_reason)
    visit.confidence, visit.confidence_reason = weightier(known, judgement)


def _identify(session: TenantSession, visit: Visit, head: Event, person_id: UUID) -> None:
    """A visit that was anonymous has a person now; if it had ended, it is handed on once more."""
    visit.person_id = head.person_id = person_id
    visit.ended_at = None
    for step in session.scalars(
        select(Event).where(Event.visit_id == visit.id, Event.folded.is_(True))
    ):
        step.person_id = person_id


def _follow(head: Event, visit: Visit) -> None:
    """Bring the head up to what the visit is now."""
    head.confidence, head.confidence_reason = visit.confidence, visit.confidence_reason
    head.properties = {
        "seconds": round(visit.seconds, 1),
        "blocks": visit.blocks,
        "clicks": visit.clicks,
        "documents": visit.documents,
        "form_sent": visit.form_sent,
        "ended": visit.ended_at is not None,
        **({"form": visit.form} if visit.form else {}),
        **({"gate": visit.gate} if visit.gate else {}),
    }
    head.points = points_of(head.kind, head.confidence, head.properties)


def _step_key(visit: Visit, step: NewStep) -> str:
    return f"page:{visit.id.hex}:{step.id[:64]}"


def _visit_row(
    place: Place, visitor: str, person_id: UUID | None, now: datetime, judgement: Judgement
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "destination_id": place.destination_id,
        "link_id": place.link_id,
        "person_id": person_id,
        "visitor": visitor,
        "title": place.title[:255],
        "url": place.url,
        "started_at": now,
        "last_seen_at": now,
        "ended_at": None,
        "seconds": 0.0,
        "blocks": [],
        "clicks": [],
        "documents": [],
        "form_sent": False,
        "form": {},
        "gate": dict(place.gate),
        "viewer": place.viewer or None,
        "refused": False,
        "confidence": judgement.confidence,
        "confidence_reason": judgement.reason,
    }


def _head_row(visit: dict[str, Any], place: Place, now: datetime) -> dict[str, Any]:
    return {
        **_event_row(visit["person_id"], visit["id"], now),
        "folded": False,
        "kind": Kind.DESTINATION_VISIT.value,
        "subject": place.title[:255],
        "url": place.url,
        "properties": {},
        "confidence": visit["confidence"],
        "confidence_reason": visit["confidence_reason"],
        "key": f"page:visit:{visit['id']}",
        "received_at": now,
    }


def _step_row(visit: Visit, step: NewStep, judgement: Judgement) -> dict[str, Any]:
    return {
        **_event_row(visit.person_id, visit.id, step.occurred_at),
        "folded": True,
        "kind": step.kind.value,
        "subject": step.label[:255],
        "url": step.target if step.kind is Step.LINK_CLICKED else "",
        "properties": {"target": step.target, **step.details},
        "confidence": judgement.confidence,
        "confidence_reason": judgement.reason,
        "key": _step_key(visit, step),
        "received_at": visit.last_seen_at,
    }


def _event_row(person_id: UUID | None, visit_id: UUID, moment: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "person_id": person_id,
        "visit_id": visit_id,
        "occurred_at": moment,
        "points": 0.0,
        "source": Source.PAGE,
    }
