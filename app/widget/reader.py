"""How the reader reads times: in their zone and locale, short where it is near."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from babel.dates import format_date, format_skeleton, format_time

from app.web import i18n, times
from app.web.i18n import N_

_MOMENT, _TODAY, _YESTERDAY = N_("%(day)s, %(time)s"), N_("Today"), N_("Yesterday")


@dataclass(frozen=True, slots=True)
class Reader:
    """Zone and locale of the user, the moment at which the card is made, and its day there.

    ``say`` is gettext in the language of the request, for whoever has a page full of texts.
    """

    zone: tzinfo
    locale: str
    now: datetime
    today: date
    say: Callable[[str], str]

    def day(self, moment: datetime) -> str:
        """``Today``, ``Yesterday``, ``Nov 16``, or ``Nov 16, 2025``."""
        return self._day(moment.astimezone(self.zone))

    def moment(self, moment: datetime) -> str:
        """``Today, 1:05 PM``."""
        return self.both(moment)[0]

    def both(self, moment: datetime) -> tuple[str, str]:
        """As above, and in full however near it is: ``Nov 16, 2026, 1:05 PM``."""
        local = moment.astimezone(self.zone)
        clock, full = _time(local.hour, local.minute, self.locale), local.date()
        text, day = self.say(_MOMENT), _date(full, False, self.locale)
        return (
            text % {"day": self._day(local), "time": clock},
            text % {"day": day, "time": clock},
        )

    def full(self, moment: datetime) -> str:
        """The latter alone."""
        return self.both(moment)[1]

    def _day(self, local: datetime) -> str:
        day = local.date()
        if day == self.today:
            return self.say(_TODAY)
        if day == self.today - timedelta(days=1):
            return self.say(_YESTERDAY)
        return _date(day, day.year == self.today.year, self.locale)


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
    found = times.zone_of(zone)
    today = now.astimezone(found).date()
    return Reader(found, i18n.known_locale(locale), now, today, i18n.sayer())
