"""What engagement adds up to: score, sparkline, totals; read from the daily rollup.

Sums are made by the database, by day and by kind, so that at most ninety and some rows come back
whatever the history holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    BindParameter,
    Date,
    Select,
    String,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)

from app.db import Prepared, TenantReads, TenantSession
from app.engagement.kinds import FACTS
from app.engagement.models import Confidence, DailyRollup, EngagementState, Event
from app.engagement.score import WINDOW_DAYS, score_of, word_for

#: Days of the sparkline, and of the totals beside it.
SPARKLINE_DAYS = 30

_NOT_ENGAGEMENT = sorted(kind for kind, facts in FACTS.items() if not facts.engages)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the engagement of one or several people adds up to.

    Attributes:
        score: 0 to 100.
        label: The word for it (translatable message).
        sparkline: Events per day of the last 30 days (UTC), oldest first; only what people did:
            no scanners, no bots, nothing that was only sent to them.
        total_30d: The sum of the sparkline.
        kinds: Events of the last 90 days by kind, whoever acted; for the filter of the timeline.
        last_engaged_at: When somebody last did something, or None.
    """

    score: int = 0
    label: str = field(default_factory=lambda: word_for(0))
    sparkline: list[int] = field(default_factory=lambda: [0] * SPARKLINE_DAYS)
    total_30d: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    last_engaged_at: datetime | None = None


class _Sum(NamedTuple):
    """One line of the sums: of a day (engagement of humans), of a kind (everybody's), or of all.

    ``last`` is when somebody last did something; it stands in the line of all.
    """

    day: date | None
    kind: str | None
    events: int
    points: float
    last: datetime | None


def summary(
    session: TenantReads,
    person_ids: Collection[UUID],
    *,
    today: date,
    since: datetime | None = None,
) -> Summary:
    """What the engagement of these people adds up to, one statement.

    Args:
        session: Of the org.
        person_ids: Whose engagement; several people's is added up.
        today: The last day of the windows, UTC.
        since: Only events from this moment on (E3: an opportunity's creation).
    """
    if not person_ids:
        return Summary()
    values = _values(person_ids, today, since)
    statement = _sums(from_moment="since" in values)
    lines = [_Sum(*row) for row in session.read(statement, **values)]
    by_day = {line.day: line for line in lines if line.day is not None}
    score = score_of(((day, line.points) for day, line in by_day.items()), today)
    days = [today - timedelta(days=back) for back in range(SPARKLINE_DAYS - 1, -1, -1)]
    sparkline = [int(by_day[day].events) if day in by_day else 0 for day in days]
    last = next((line.last for line in lines if line.last is not None), None)
    return Summary(
        score=score,
        label=word_for(score),
        sparkline=sparkline,
        total_30d=sum(sparkline),
        kinds={line.kind: int(line.events) for line in lines if line.kind and line.events > 0},
        last_engaged_at=last if last is None or since is None or last >= since else None,
    )


def versions(session: TenantSession, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """The version of each person's state; it grows with every change that a widget shows."""
    statement = select(EngagementState.person_id, EngagementState.version).where(
        EngagementState.person_id.in_(person_ids)
    )
    return {row.person_id: row.version for row in session.execute(statement)}


def _values(person_ids: Collection[UUID], today: date, since: datetime | None) -> dict[str, Any]:
    """What the sums are asked with; ``since`` counts only where it falls within the window."""
    first = today - timedelta(days=WINDOW_DAYS - 1)
    values = {"people": list(person_ids), "first": first}
    if since is None or since.astimezone(UTC).date() < first:
        return values
    moment = since.astimezone(UTC)
    midnight = datetime.combine(moment.date() + timedelta(days=1), time.min, UTC)
    return values | {
        "first": midnight.date(),
        "since": moment,
        "since_day": moment.date(),
        "midnight": midnight,
    }


# Built once each: putting such a statement together costs more than its answer.
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)


@cache
def _sums(*, from_moment: bool) -> Prepared:
    """By day, by kind, of all; with ``from_moment`` the rest of the first day counts too."""
    counted = _counted(from_moment=from_moment)
    is_engagement = (counted.c.confidence == Confidence.HUMAN) & counted.c.kind.not_in(
        _NOT_ENGAGEMENT
    )
    engaged = func.sum(case((is_engagement, counted.c.events), else_=0))
    by_day = select(
        counted.c.day,
        null(),
        engaged.label("events"),
        func.sum(counted.c.points).label("points"),
        null(),
    ).group_by(counted.c.day)
    by_kind = select(
        null(), counted.c.kind, func.sum(counted.c.events), literal(0.0), null()
    ).group_by(counted.c.kind)
    # first, since the types of the first part are those of the whole
    of_all = select(
        type_coerce(null(), Date).label("day"),
        type_coerce(null(), String).label("kind"),
        literal(0).label("events"),
        literal(0.0).label("points"),
        func.max(EngagementState.last_engaged_at).label("last"),
    ).where(EngagementState.person_id.in_(_PEOPLE))
    return Prepared(union_all(of_all, by_day, by_kind))


def _counted(*, from_moment: bool) -> CTE:
    """Events and points by day, kind and confidence, within the window."""
    whole_days = select(
        DailyRollup.day,
        DailyRollup.kind,
        DailyRollup.confidence,
        DailyRollup.events,
        DailyRollup.points,
    ).where(DailyRollup.person_id.in_(_PEOPLE), DailyRollup.day >= bindparam("first"))
    if not from_moment:
        return whole_days.cte("counted")
    return union_all(whole_days, _rest_of_day()).cte("counted")


def _rest_of_day() -> Select[date, str, Confidence, int, float]:
    """The day on which ``since`` falls is not in the rollup's steps: its rest is counted."""
    return (
        select(
            bindparam("since_day", type_=Date).label("day"),
            Event.kind,
            Event.confidence,
            func.count().label("events"),
            func.sum(Event.points).label("points"),
        )
        .where(
            Event.person_id.in_(_PEOPLE),
            Event.folded.is_(False),
            Event.occurred_at >= bindparam("since"),
            Event.occurred_at < bindparam("midnight"),
        )
        .group_by(Event.kind, Event.confidence)
    )
