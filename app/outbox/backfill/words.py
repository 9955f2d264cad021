"""A preview and the progress of a back-fill in words, for a command and for a ticket."""

from __future__ import annotations

from app.orgs.settings import DIGEST
from app.outbox.backfill.models import BackfillState
from app.outbox.backfill.preview import Preview
from app.outbox.backfill.service import Progress
from app.outbox.backfill.span import Span
from app.outbox.composing.words import duration
from app.outbox.models import DeliveryState
from app.outbox.turns.outcomes import PAUSES

_RESTS = {
    "kind_held": "Salesforce refuses a whole kind of it; an admin has to mend a rule.",
    "budget_low": "80 % of the budget of API calls is spent; the rest is for what happens now.",
}
_STATES = {
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.PENDING: "to be sent",
    DeliveryState.LEASED: "under way",
    DeliveryState.WAITING: "to be tried again",
    DeliveryState.HELD: "held by a rule of the org",
    DeliveryState.PAUSED: "paused by a person",
    DeliveryState.PARKED: "parked",
    DeliveryState.UNLINKED: "without a record",
    DeliveryState.DROPPED: "dropped",
}


def of_preview(span: Span, found: Preview) -> str:
    """All of it, a line each."""
    counts = found.counts
    since = f"{span.since:%Y-%m-%d %H:%M}" if span.since else "the first on"
    lines = [f"Without an activity yet, from {since} until {span.until:%Y-%m-%d %H:%M} UTC:"]
    for kind, (linked, unlinked) in counts.kinds.items():
        name = "days (digest)" if kind == DIGEST else kind
        lines.append(f"  {name:<20} {linked:>9,} of people with a record, {unlinked:,} without")
    way = "Bulk API 2.0" if found.uses_bulk else "composite calls"
    further = f", {counts.further:,} of them for further opportunities" if counts.further else ""
    lines += [
        (
            f"People: {counts.linked_people:,} with a Contact or Lead; {counts.unlinked_people:,} "
            "without: theirs wait until they have one."
        ),
        f"Activities: {counts.activities:,} ({found.sobject}){further}, through {way}.",
        (
            f"API calls: about {found.calls:,}; {found.calls_left:,} of {found.calls_limit:,} are "
            "left in Inlay's budget of 24 hours."
        ),
        f"Storage: about {found.storage_mb:,} MB; {_left(found)}",
        f"Time: about {duration(found.seconds)}; an org with much automation takes longer.",
        *(f"Mind: {warning}" for warning in found.warnings),
    ]
    return "\n".join(lines)


def of_progress(progress: Progress) -> str:
    """One back-fill: what was asked for, by whom, and how far it is."""
    one = progress.backfill
    since = f"{one.since:%Y-%m-%d}" if one.since else "the beginning"
    lines = [
        f"{one.asked_at:%Y-%m-%d %H:%M}  {_state(progress)}",
        (
            f"  {', '.join(one.kinds)}, {since} until {one.until:%Y-%m-%d %H:%M}; {one.expected:,} "
            f"events; asked for by {one.asked_by}"
        ),
    ]
    counts = [
        f"{progress.rows[state]:,} {words}"
        for state, words in _STATES.items()
        if progress.rows.get(state)
    ]
    lines.append(f"  {', '.join(counts) or 'nothing planned yet'}")
    if progress.jobs:
        lines.append(f"  Bulk jobs: {progress.jobs_done} of {progress.jobs} ended")
    if one.note:
        lines.append(f"  {one.note}")
    return "\n".join(lines)


def _state(progress: Progress) -> str:
    one = progress.backfill
    if one.state is BackfillState.RUNNING:
        share = min(100, 100 * progress.settled // max(1, one.expected))
        return f"running, {share} %{_why(one.pause_reason)}"
    if one.state is BackfillState.DONE:
        return f"done {one.ended_at:%Y-%m-%d %H:%M}"
    return f"{one.state.value} (by {one.stopped_by})"


def _why(reason: str) -> str:
    return f"; it rests: {_RESTS.get(reason) or PAUSES.get(reason) or reason}" if reason else ""


def _left(found: Preview) -> str:
    if found.storage_left_mb is not None:
        return f"the org has {found.storage_left_mb:,} MB left."
    return f"what the org has left is not known. {found.unknown}".strip()
