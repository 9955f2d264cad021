"""Rate limits count in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.db import Database
from app.web.limits import TooManyRequestsError, TooManyTodayError, hit, hit_of_day
from app.web.models import RateCount


@pytest.mark.usefixtures("one_minute")
def test_the_limit_holds_per_bucket_and_minute(database: Database) -> None:
    for _ in range(3):
        hit(database, "api:one", 3)
    with pytest.raises(TooManyRequestsError):
        hit(database, "api:one", 3)
    hit(database, "api:two", 3)


def test_the_limit_of_a_day_holds_whatever_the_minute(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X5: by the day in UTC; the row names its last minute, until which clean-up leaves it."""
    day = 86_400 * 20_000
    for moment in (day, day + 3_600):
        monkeypatch.setattr("app.web.limits.time.time", lambda moment=moment: float(moment))
        hit_of_day(database, "gate-day:one", 2)
    with pytest.raises(TooManyTodayError):
        hit_of_day(database, "gate-day:one", 2)
    hit_of_day(database, "gate-day:two", 2)
    with database.system_reading() as session:
        assert set(session.scalars(select(RateCount.minute))) == {20_001 * 24 * 60 - 1}
    monkeypatch.setattr("app.web.limits.time.time", lambda: float(day + 86_400))
    hit_of_day(database, "gate-day:one", 2)
