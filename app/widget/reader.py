"""How the reader reads times: in their zone and locale, short where it is near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from babel.dates import format_date, format_skeleton, format_time

from app.web import i18n, times
from app.web.i18n import _


@dataclass(frozen=True, slots=True)
class Reader:
    """Zone and locale of the user, and the moment at which the card is made."""

    zone: tzinfo
    locale: str
    now: datetime

    def day(self, moment: datetime) -> str:
        """``Today``, ``Yesterday``, ``Nov 16``, or ``Nov 16, 2025``."""
        local, today = moment.astimezone(self.zone).date(), self.now.astimezone(self.zone).date()
        if local == today:
            return _("Today")
        if local == today - timedelta(days=1):
            return _("Yesterday")
        return _date(local, local.year == today.year, self.locale)

    def moment(self, moment: datetime) -> str:
        """``Today, 1:05 PM``."""
        return _("%(day)s, %(time)s") % {"day": self.day(moment), "time": self._clock(moment)}

    def full(self, moment: datetime) -> str:
        """``Nov 16, 2026, 1:05 PM``, however near it is."""
        day = _date(moment.astimezone(self.zone).date(), False, self.locale)
        return _("%(day)s, %(time)s") % {"day": day, "time": self._clock(moment)}

    def _clock(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return _time(local.hour, local.minute, self.locale)


# Babel takes its time over each text, and the same few come again and again.


@lru_cache(maxsize=4096)
def _date(day: date, is_this_year: bool, locale: str) -> str:
    if is_this_year:
        return format_skeleton("MMMd", day, locale=locale)
    return format_date(day, "medium", locale=locale)


@lru_cache(maxsize=4096)
def _time(hour: int, minute: int, locale: str) -> str:
    return format_time(time(hour, minute), "short", locale=locale)


def reader_of(zone: str, locale: str, now: datetime) -> Reader:
    """A reader by the names of zone and locale; unknown ones fall back to UTC and English."""
    return Reader(times.zone_of(zone), i18n.known_locale(locale), now)
