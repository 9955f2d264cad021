"""Where many people stand, each for themselves: score, its band, and when that falls by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from app.db import TenantSession
from app.engagement.models import DailyRollup, EngagementState
from app.engagement.score import WINDOW_DAYS, band_of, days_until_fall, score_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one person. ``band`` is the least score of its word; ``falls_on`` None in the lowest."""

    score: int
    band: int
    falls_on: date | None
    last_engaged_at: datetime | None


def standings(
    session: TenantSession, person_ids: Collection[UUID], today: date
) -> dict[UUID, Standing]:
    """Of each of these people, from the daily rollup: two statements."""
    if not person_ids:
        return {}
    first = today - timedelta(days=WINDOW_DAYS - 1)
    points: dict[UUID, list[tuple[date, float]]] = defaultdict(list)
    for person, day, total in session.execute(
        select(DailyRollup.person_id, DailyRollup.day, func.sum(DailyRollup.points))
        .where(DailyRollup.person_id.in_(person_ids), DailyRollup.day >= first)
        .group_by(DailyRollup.person_id, DailyRollup.day)
    ):
        points[person].append((day, total))
    engaged = dict(
        session.execute(
            select(EngagementState.person_id, EngagementState.last_engaged_at).where(
                EngagementState.person_id.in_(person_ids)
            )
        ).all()
    )
    return {
        person: _standing(points.get(person, []), today, engaged.get(person))
        for person in person_ids
    }


def _standing(
    points: list[tuple[date, float]], today: date, last_engaged_at: datetime | None
) -> Standing:
    score = score_of(points, today)
    days = days_until_fall(points, today)
    falls_on = today + timedelta(days=days) if days is not None else None
    return Standing(score, band_of(score), falls_on, last_engaged_at)
