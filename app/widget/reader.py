"""How the reader reads times: in their zone and locale, short where it is near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

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
        if local.year == today.year:
            return format_skeleton("MMMd", local, locale=self.locale)
        return format_date(local, "medium", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """``Today, 1:05 PM``."""
        clock = format_time(moment.astimezone(self.zone), "short", locale=self.locale)
        return _("%(day)s, %(time)s") % {"day": self.day(moment), "time": clock}

    def full(self, moment: datetime) -> str:
        """``Nov 16, 2026, 1:05:09 PM``, for those who want to know exactly."""
        return times.friendly(moment, str(self.zone), self.locale)


def reader_of(zone: str, locale: str, now: datetime) -> Reader:
    """A reader by the names of zone and locale; unknown ones fall back to UTC and English."""
    return Reader(times.zone_of(zone), i18n.known_locale(locale), now)
