"""Rate limits, counted in the database so that several processes count together.

A row counts for the minute that it names, or until then: that of a day names the day's last.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.errors import InlayError
from app.web.models import RateCount

_MINUTES_OF_DAY = 24 * 60


class TooManyRequestsError(InlayError):
    """More requests in this minute than allowed; wait a minute and try again."""

    reason = "too_many_requests"


class TooManyTodayError(InlayError):
    """More than is allowed within this day (UTC); it is allowed again tomorrow."""

    reason = "too_many_today"


def hit(database: Database, bucket: str, per_minute: int) -> None:
    """Count one request of a bucket, e.g. ``api:<org>``.

    Raises:
        TooManyRequestsError: The bucket is over its limit in this minute.
    """
    if _count(database, bucket, int(time.time() // 60)) > per_minute:
        raise TooManyRequestsError("Too many requests in this minute. Wait a minute and try again.")


def hit_of_day(database: Database, bucket: str, per_day: int) -> None:
    """Count one of a bucket of its own, by the day (UTC).

    Raises:
        TooManyTodayError: The bucket is over its limit on this day.
    """
    day = int(time.time() // 60) // _MINUTES_OF_DAY
    if _count(database, bucket, (day + 1) * _MINUTES_OF_DAY - 1) > per_day:
        raise TooManyTodayError("Too many today. Try again tomorrow.")


def _count(database: Database, bucket: str, minute: int) -> int:
    row = {"bucket": bucket[:120], "minute": minute, "times": 1}
    with database.system_writing() as session:
        session.upsert_many(
            RateCount,
            [row],
            key=["bucket", "minute"],
            set_={"times": _once_more},
        )
        times = session.scalar(
            select(RateCount.times).where(
                RateCount.bucket == row["bucket"], RateCount.minute == row["minute"]
            )
        )
    return times or 0


def _once_more(_told: object) -> Any:
    return RateCount.times + 1
