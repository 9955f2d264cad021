"""How deliveries to an org stand, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.outbox.models import DeliveryState
from app.outbox.queries import Condition
from app.outbox.turns.breakers import Breaker
from app.salesforce.budget import Standing


def lines(found: Condition) -> Iterator[str]:
    """What waits and why, what is to be mended, what calls were spent."""
    waiting = {state: count for state, count in found.waiting.items() if count}
    listed = ", ".join(f"{count} {state.value}" for state, count in waiting.items())
    yield f"Activities: {listed or 'none waits'}."
    if found.pause_reason:
        until = f" until {when(found.paused_until)}" if found.paused_until else ""
        words = found.pause_words or found.pause_reason
        yield f"Deliveries rest{until} ({found.pause_reason}): {words}"
    for breaker in found.breakers:
        yield breaker_line(breaker)
    if waiting.get(DeliveryState.PARKED):
        yield "What was parked, and why: orgs parked."
    yield from _calls(found.standing)


def breaker_line(breaker: Breaker) -> str:
    """One breaker: what waits, since when, why, and when some are tried again."""
    words = " ".join(breaker.message.split())
    return (
        f"{breaker.kind}: {breaker.waiting} wait since {when(breaker.since)}, some are tried again "
        f"at {when(breaker.next_try_at)}. {breaker.code or breaker.reason}: {words}"
    )


def when(moment: datetime | None) -> str:
    """A time, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"


def _calls(standing: Standing) -> Iterator[str]:
    listed = ", ".join(f"{name} {count}" for name, count in standing.by_feature.items())
    yield (
        f"API calls of 24 hours: {standing.spent} of the {standing.limit} that Inlay may make on "
        f"its own ({listed or 'none'})."
    )
    if standing.org is not None:
        yield f"The whole org: {standing.org.used} of {standing.org.allowed}."
