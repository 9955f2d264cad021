"""Times as people read them: in their zone and locale."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_datetime, format_timedelta


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """The IANA zone, or UTC when the name is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones
        return UTC


def friendly(moment: datetime, zone: str, locale: str) -> str:
    """``Nov 16, 2026, 1:05 PM`` in the reader's zone."""
    return format_datetime(moment.astimezone(zone_of(zone)), "medium", locale=locale)


def friendly_day(moment: datetime, zone: str, locale: str) -> str:
    """``Nov 16, 2026`` in the reader's zone."""
    return format_date(moment.astimezone(zone_of(zone)).date(), "medium", locale=locale)


def relative(moment: datetime, now: datetime, locale: str) -> str:
    """``3 hours ago``."""
    return format_timedelta(moment - now, add_direction=True, locale=locale)
