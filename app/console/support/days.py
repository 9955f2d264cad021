"""Days as forms give them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from app.clock import utcnow


def end_of(text: str) -> datetime | None:
    """The end of a day (UTC), or None for none; ValueError for what is no day to come."""
    if not text.strip():
        return None
    end = datetime.combine(date.fromisoformat(text.strip()), time.max, UTC)
    if end <= utcnow():
        raise ValueError
    return end
