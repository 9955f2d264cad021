"""A rule that breaks a whole kind is said once, not per row: the kind waits, a few are tried (E7).

An org's new required field or validation rule may refuse every activity of a kind. After so many
refusals in a row the kind's breaker opens: its rows are *held*, in order, and nothing of other
kinds waits for them. Now and then, or when a person asks, a few of them are tried, those tried
least first, so that a row which is bad itself never stands for all. The first that passes closes
the breaker and all follow.

Only the worker that holds the org's turn changes breakers; ``reset`` only moves the next try.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import ColumnElement, func, select, update

from app.clock import utcnow
from app.db import Prepared, TenantSession, database_now
from app.outbox.models import (
    BreakerState,
    DeliveryBreaker,
    DeliveryState,
    OrgDelivery,
    OutboxRow,
)
from app.outbox.turns.lease import in_states
from app.outbox.turns.settlement import Settlement, Tally

_log = structlog.get_logger()

#: So many rows refused in a row, without one delivery of the kind, open its breaker; if they are
#: of so many people, else the fault may be with one record; or so many rows of whomever.
REFUSALS_TO_OPEN = 5
PEOPLE_TO_OPEN = 3
REFUSALS_OF_ANYBODY = 50
#: So many rows are tried at once, each of another person: one counted call.
TRIED_AT_ONCE = 5
_FIRST_TRY = timedelta(minutes=1)
_LONGEST_BETWEEN_TRIES = timedelta(minutes=15)
_UNSENT = (DeliveryState.PENDING, DeliveryState.WAITING)
_IN_PLACE = {"synchronize_session": False}
_ANY = Prepared(select(DeliveryBreaker.id).limit(1))


class Breaker(NamedTuple):
    """An open breaker, as it is shown: activities of ``kind`` wait, how many, why, since when."""

    kind: str
    waiting: int
    reason: str
    code: str
    message: str
    since: datetime | None
    next_try_at: datetime | None


def before_batch(session: TenantSession) -> frozenset[str]:
    """Hold what has to wait, let out what is to be tried; kinds that have a breaker.

    One statement where the org has none.
    """
    if not session.read(_ANY):
        return frozenset()
    is_time = (DeliveryBreaker.next_probe_at <= database_now()).label("is_time")
    found = session.execute(select(DeliveryBreaker, is_time)).all()
    opened = [(breaker, due) for breaker, due in found if breaker.state is BreakerState.OPEN]
    if opened:
        # first the org's row, as whoever settles does: nobody waits for another in a circle
        session.scalar(select(OrgDelivery.id).with_for_update())
        _hold(session, [breaker for breaker, _ in opened])
    for breaker, due in opened:
        if due:
            _try_some(session, breaker)
    return frozenset(breaker.kind for breaker, _ in found)


def settle(session: TenantSession, done: Settlement) -> None:
    """Count what a round refused; open, keep open or close the breakers of its kinds.

    Rows refused under an open breaker become held instead of parked, in ``done`` itself.
    """
    concerned = {kind for kind, tally in done.tallies.items() if tally.refused}
    concerned |= done.breakers & done.tallies.keys()
    if not concerned:
        return
    kept = session.scalars(select(DeliveryBreaker).where(DeliveryBreaker.kind.in_(concerned)))
    breakers = {breaker.kind: breaker for breaker in kept}
    for kind in sorted(concerned):
        tally, breaker = done.tallies[kind], breakers.get(kind)
        if tally.delivered and breaker is not None:
            _close(session, breaker)
        elif tally.refused and not tally.delivered:
            _refuse(session, breaker or DeliveryBreaker(kind=kind, refusals=0, seqs=[]), tally)
    session.flush()


def reset(session: TenantSession, kind: str) -> bool:
    """Somebody mended the rule: try some at once; False when the kind has no open breaker."""
    changed = session.execute(
        update(DeliveryBreaker)
        .where(DeliveryBreaker.kind == kind, DeliveryBreaker.state == BreakerState.OPEN)
        .values(next_probe_at=database_now(), probes=0)
        .execution_options(**_IN_PLACE)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def opened(session: TenantSession) -> list[Breaker]:
    """The org's open breakers, oldest first: one statement."""
    waiting = (
        select(func.count())
        .where(
            OutboxRow.org_id == DeliveryBreaker.org_id,
            OutboxRow.kind == DeliveryBreaker.kind,
            in_states(OutboxRow.state, DeliveryState.HELD),
        )
        .correlate(DeliveryBreaker)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            DeliveryBreaker.kind, waiting, DeliveryBreaker.reason, DeliveryBreaker.code,
            DeliveryBreaker.message, DeliveryBreaker.opened_at, DeliveryBreaker.next_probe_at,
        )
        .where(DeliveryBreaker.state == BreakerState.OPEN)
        .order_by(DeliveryBreaker.opened_at, DeliveryBreaker.kind)
    ).all()  # fmt: skip
    return [Breaker._make(row) for row in rows]


def _hold(session: TenantSession, breakers: list[DeliveryBreaker]) -> None:
    tried = [seq for breaker in breakers for seq in breaker.seqs]
    session.execute(
        update(OutboxRow)
        .where(
            in_states(OutboxRow.state, *_UNSENT),
            # not by the log's index of kinds: what is unsent is few, what is delivered many
            OutboxRow.kind.concat("").in_([breaker.kind for breaker in breakers]),
            OutboxRow.seq.not_in(tried),
        )
        .values(state=DeliveryState.HELD)
        .execution_options(**_IN_PLACE)
    )


def _try_some(session: TenantSession, breaker: DeliveryBreaker) -> None:
    firsts = (  # of each person, so that order is kept
        select(func.min(OutboxRow.seq))
        .where(in_states(OutboxRow.state, DeliveryState.HELD), OutboxRow.kind == breaker.kind)
        .group_by(OutboxRow.person_id)
    )
    seqs = session.scalars(
        select(OutboxRow.seq)
        .where(OutboxRow.seq.in_(firsts))
        .order_by(OutboxRow.attempts, OutboxRow.seq)
        .limit(TRIED_AT_ONCE)
    ).all()
    if not seqs:
        return
    breaker.seqs = list(seqs)
    breaker.probes += 1
    rest = min(_LONGEST_BETWEEN_TRIES, _FIRST_TRY * (1 << min(breaker.probes, 10)))
    breaker.next_probe_at = utcnow() + rest
    session.flush()
    _release(session, OutboxRow.seq.in_(breaker.seqs))


def _refuse(session: TenantSession, breaker: DeliveryBreaker, tally: Tally) -> None:
    """Count them; a breaker is kept from its first refusal on."""
    refused = [row["seq"] for row in tally.refused]
    if breaker.state is not BreakerState.OPEN:
        refused = _that_count(session, breaker, refused)
        if not refused:
            return
    session.add(breaker)
    assert tally.verdict is not None  # noqa: S101  # set with the first refused row
    breaker.reason = tally.verdict.reason
    breaker.code = tally.refusal.code[:80]
    breaker.message = f"{tally.verdict.words} {tally.refusal.text}".strip()[:2000]
    if breaker.state is not BreakerState.OPEN:
        breaker.seqs = [*breaker.seqs, *refused]
    breaker.refusals += len(refused)
    if breaker.state is not BreakerState.OPEN and not _is_the_kind(session, breaker):
        return
    for row in tally.refused:
        row["state"] = DeliveryState.HELD
        row["attempts"] += 1
    if breaker.state is not BreakerState.OPEN:
        _open(session, breaker)
    breaker.seqs = []


def _that_count(session: TenantSession, breaker: DeliveryBreaker, refused: list[int]) -> list[int]:
    """Without those that were counted before, and those that a rep let try again."""
    of_rep = select(OutboxRow.seq).where(OutboxRow.seq.in_(refused), OutboxRow.of_rep.is_(True))
    uncounted = {*breaker.seqs, *session.scalars(of_rep)}
    return [seq for seq in refused if seq not in uncounted]


def _is_the_kind(session: TenantSession, breaker: DeliveryBreaker) -> bool:
    """Whether it looks like a rule about the kind, not about one person's record."""
    if breaker.refusals < REFUSALS_TO_OPEN:
        return False
    if breaker.refusals >= REFUSALS_OF_ANYBODY:
        return True
    people = select(func.count(OutboxRow.person_id.distinct())).where(
        OutboxRow.seq.in_(breaker.seqs)
    )
    return (session.scalar(people) or 0) >= PEOPLE_TO_OPEN


def _open(session: TenantSession, breaker: DeliveryBreaker) -> None:
    """From here on the kind waits, those too that were parked one by one while it was counted."""
    breaker.state = BreakerState.OPEN
    breaker.opened_at = utcnow()
    breaker.next_probe_at = utcnow() + _FIRST_TRY
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.seq.in_(breaker.seqs), OutboxRow.state == DeliveryState.PARKED)
        .values(state=DeliveryState.HELD)
        .execution_options(**_IN_PLACE)
    )
    _log.warning(
        "outbox.breaker_opened",
        org=str(session.org_id),
        kind=breaker.kind,
        reason=breaker.reason,
        code=breaker.code,
    )


def _close(session: TenantSession, breaker: DeliveryBreaker) -> None:
    if breaker.state is BreakerState.OPEN:
        _release(session, OutboxRow.kind == breaker.kind, attempts=0)
        _log.info("outbox.breaker_closed", org=str(session.org_id), kind=breaker.kind)
    session.delete(breaker)


def _release(session: TenantSession, which: ColumnElement[bool], **values: int) -> None:
    session.execute(
        update(OutboxRow)
        .where(in_states(OutboxRow.state, DeliveryState.HELD), which)
        .values(state=DeliveryState.PENDING, not_before=database_now(), of_rep=False, **values)
        .execution_options(**_IN_PLACE)
    )
