"""Rate limits, counted per minute in the database so that several processes count together."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import select

from app.db import Database
from app.errors import InlayError
from app.web.models import RateCount


class TooManyRequestsError(InlayError):
    """More requests in this minute than allowed; wait a minute and try again."""

    reason = "too_many_requests"


def hit(database: Database, bucket: str, per_minute: int) -> None:
    """Count one request of a bucket, e.g. ``api:<org>``.

    Raises:
        TooManyRequestsError: The bucket is over its limit in this minute.
    """
    row = {"bucket": bucket[:120], "minute": int(time.time() // 60), "times": 1}
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
    if times is not None and times > per_minute:
        raise TooManyRequestsError("Too many requests in this minute. Wait a minute and try again.")


def _once_more(_told: object) -> Any:
    return RateCount.times + 1
