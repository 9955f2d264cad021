"""Days as a digest counts them: in the org's time zone, over at midnight and a short wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: What happened just before midnight is told of a little later: visits end, senders are slow.
WAIT = timedelta(minutes=30)


def closes_at(day: date, zone: ZoneInfo) -> datetime:
    """When the digest of a day is made; nothing is added to it from then on."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return midnight.astimezone(UTC) + WAIT


def day_of(occurred_at: datetime, zone: ZoneInfo, now: datetime) -> date:
    """The day in whose digest something is told of: its own, or today when that one is closed."""
    day = occurred_at.astimezone(zone).date()
    return day if closes_at(day, zone) > now else now.astimezone(zone).date()


def closing(days: Iterable[date], zone: ZoneInfo) -> Mapping[date, datetime]:
    """When each of these days closes."""
    return {day: closes_at(day, zone) for day in set(days)}
