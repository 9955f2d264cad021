"""Calls by day and feature as stacked bars: drawn here, so that the page needs no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.console.nav import N_
from app.salesforce.spending import Day
from app.web.i18n import _

WIDTH, HEIGHT = 560, 140
_GAP = 0.25
#: Features with a colour of their own; what is spent on others is one more bar.
MOST_SERIES = 5

_FEATURES: Mapping[str, str] = {
    "delivery": N_("Activities"),
    "activity_to_salesforce": N_("Contact roles"),  # as ``outbox.turns.roles`` counts them
    "owners": N_("Users of the org"),
    "widget": N_("Reps opening records"),
    "console": N_("Admins opening the console"),
    "profile": N_("What the org is like"),
    "preflight": N_("Rights check"),
    "connect": N_("Connecting"),
    "destination_records": N_("Destination records"),
    "scores": N_("Scores"),
    "follow_ups": N_("Follow-up tasks"),
    "backfill": N_("History"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a day's column, in the units of the view box."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars and what they mean; ``series`` are labels with their totals, the largest first."""

    bars: Sequence[Bar]
    series: Sequence[tuple[str, int]]
    highest: int
    days: Sequence[Day]
    total: int


def name_of(feature: str) -> str:
    """What a feature's calls are for, in words."""
    return _(_FEATURES[feature]) if feature in _FEATURES else feature.replace("_", " ").capitalize()


def draw(days: Sequence[Day]) -> Chart:
    """The chart of these days."""
    totals = Counter[str]()
    for day in days:
        totals.update(day.calls)
    named = [feature for feature, _count in totals.most_common(MOST_SERIES)]
    rest = totals.total() - sum(totals[feature] for feature in named)
    highest = max((day.total for day in days), default=0)
    series = [(name_of(feature), totals[feature]) for feature in named]
    return Chart(
        bars=[bar for n, day in enumerate(days) for bar in _column(n, day, named, days, highest)],
        series=[*series, (_("Everything else"), rest)] if rest else series,
        highest=highest,
        days=days,
        total=totals.total(),
    )


def _column(
    number: int, day: Day, named: Sequence[str], days: Sequence[Day], highest: int
) -> list[Bar]:
    """A day's bars from the bottom up."""
    width = WIDTH / len(days)
    counts = [day.calls.get(feature, 0) for feature in named]
    counts.append(day.total - sum(counts))
    bars, top = [], float(HEIGHT)
    for series, count in enumerate(counts):
        if count:
            height = count / highest * HEIGHT
            top -= height
            left = number * width + width * _GAP / 2
            bars.append(
                Bar(series, round(left, 1), round(top, 1), round(width * (1 - _GAP), 1),
                    round(height, 1))
            )  # fmt: skip
    return bars
