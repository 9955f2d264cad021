"""Date literals: the days that `LAST_WEEK` or `NEXT_N_QUARTERS:2` stand for.

Ranges as in Salesforce's reference of date literals, for the user's day, week and time zone; the
fiscal year is the calendar's.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from devorg import moments

_FIXED = re.compile(
    r"YESTERDAY|TODAY|TOMORROW|(?:LAST|NEXT)_90_DAYS"
    r"|(LAST|THIS|NEXT)_(WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)"
)
_COUNTED = re.compile(
    r"(LAST|NEXT)_N_(DAY|WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)S:(\d{1,6})"
    r"|N_(DAY|WEEK|MONTH|QUARTER|YEAR|FISCAL_QUARTER|FISCAL_YEAR)S_AGO:(\d{1,6})"
)
_NEAR: Final = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_MONTHS: Final = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
# Where the week begins on Sunday, among the locales that users here have; on Monday elsewhere.
_SUNDAY: Final = frozenset({"en_US", "en_CA", "pt_BR", "ja_JP", "he_IL", "ko_KR", "en_IN"})

# First day, and the day after the last.
Days = tuple[date, date]


def is_literal(text: str) -> bool:
    """True for the name of a date literal, in capitals, with its number."""
    return bool(_FIXED.fullmatch(text) or _COUNTED.fullmatch(text))


def days(literal: str, today: date, locale: str) -> Days:
    """The days of a literal. Raises OverflowError or ValueError beyond the calendar."""
    if literal in _NEAR:
        return _days(today, _NEAR[literal], 1)
    if literal == "LAST_90_DAYS":
        return _days(today, -90, 91)
    if literal == "NEXT_90_DAYS":
        return _days(today, 1, 90)
    fixed = _FIXED.fullmatch(literal)
    if fixed:
        shift = {"LAST": -1, "THIS": 0, "NEXT": 1}[fixed[1]]
        return _units(fixed[2], today, locale, shift, 1)
    counted = _COUNTED.fullmatch(literal)
    if counted is None:
        raise ValueError(literal)
    if counted[4]:
        return _units(counted[4], today, locale, -int(counted[5]), 1)
    count = int(counted[3])
    if counted[1] == "NEXT":
        return _units(counted[2], today, locale, 1, count)
    if counted[2] == "DAY":
        return _days(today, -count, count + 1)  # today belongs to the last days
    return _units(counted[2], today, locale, -count, count)


def _days(today: date, start: int, count: int) -> Days:
    first = today + timedelta(days=start)
    return first, first + timedelta(days=count)


def _units(unit: str, today: date, locale: str, start: int, count: int) -> Days:
    """`count` weeks, months and so on, the first of them `start` away from the current."""
    if unit == "DAY":
        return _days(today, start, count)
    if unit == "WEEK":
        weekday = (today.weekday() + 1) % 7 if locale in _SUNDAY else today.weekday()
        return _days(today - timedelta(days=weekday), 7 * start, 7 * count)
    length = _MONTHS[unit.removeprefix("FISCAL_")]
    index = (today.year * 12 + today.month - 1) // length + start
    return _month(index * length), _month((index + count) * length)


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def midnight(day: date, zone: ZoneInfo) -> str:
    """The moment, as stored, at which a day begins in a time zone."""
    return moments.write(datetime.combine(day, time(), zone))


def today(now: datetime, zone: ZoneInfo) -> date:
    """The day that it is in a time zone."""
    return now.astimezone(zone).date()


def local(text: str | None, zone: str) -> str | None:
    """A stored moment as the same text in a time zone; SQL calls it."""
    moment = moments.read(text) if text else None
    if moment is None:
        return None
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S.000%z")


def zone_of(name: str) -> ZoneInfo:
    """The time zone of a user."""
    return ZoneInfo(name)
