"""What calls were made in an org, by day and feature: for charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.db import TenantSession
from app.salesforce.models import ApiCallCount


@dataclass(frozen=True, slots=True)
class Day:
    """Calls of one day (UTC) by feature."""

    day: date
    calls: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.calls.values())


def by_day(session: TenantSession, today: date, days: int = 14) -> Sequence[Day]:
    """The last days, oldest first, those without a call too: one statement."""
    first = today - timedelta(days=days - 1)
    rows = session.execute(
        select(ApiCallCount.day, ApiCallCount.feature, ApiCallCount.calls).where(
            ApiCallCount.day >= first
        )
    ).all()
    found: dict[date, dict[str, int]] = {first + timedelta(days=n): {} for n in range(days)}
    for day, feature, calls in rows:
        if day in found:
            found[day][feature] = calls
    return [Day(day, calls) for day, calls in found.items()]
