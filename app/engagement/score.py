"""How engaged somebody is: points of events, fading by half every two weeks, on a scale to 100."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.engagement.kinds import Kind, facts_of
from app.engagement.models import Confidence

#: Days after which an event weighs half.
HALF_LIFE_DAYS = 14.0
#: Days that are looked at; older events weigh a hundredth.
WINDOW_DAYS = 90
#: Points that make a score of 63; a reply, a visit with a click, and a meeting are about as many.
_SCALE = 50.0

#: From which score on which word holds, highest first.
_WORDS = ((70, "Hot"), (40, "Warm"), (15, "Warming up"), (0, "Cold"))

# What steps add to the weight of a visit, and how many of them count.
_CLICK_POINTS, _DOCUMENT_POINTS, _FORM_POINTS, _STEPS_THAT_COUNT = 3.0, 4.0, 15.0, 3


def points_of(kind: str, confidence: Confidence, properties: Mapping[str, Any]) -> float:
    """What one event adds to the score on its day; scanners and bots add nothing."""
    if confidence is not Confidence.HUMAN:
        return 0.0
    points = facts_of(kind).points
    return points + _visit_points(properties) if kind == Kind.DESTINATION_VISIT else points


def score_of(points_by_day: Iterable[tuple[date, float]], today: date) -> int:
    """0 to 100: decayed points, saturating, so that no flood of small things reaches the top."""
    return round(100 * (1 - math.exp(-max(0.0, _decayed(points_by_day, today)) / _SCALE)))


def word_for(score: int) -> str:
    """The word that a rep would use: Cold, Warming up, Warm, Hot (translatable messages)."""
    return next(word for least, word in _WORDS if score >= least)


def band_of(score: int) -> int:
    """The least score of the word that holds: 0, 15, 40, 70."""
    return next(least for least, _ in _WORDS if score >= least)


def days_until_fall(points_by_day: Iterable[tuple[date, float]], today: date) -> int | None:
    """In how many days the word changes if nothing more happens; None when it is the lowest.

    A day too early at most: whoever asks then again is told the next one.
    """
    points = list(points_by_day)
    least = band_of(score_of(points, today))
    if least == 0:
        return None
    holds_with = -_SCALE * math.log(1 - (least - 0.5) / 100)  # a score is rounded
    decayed = _decayed(points, today)
    return max(1, math.ceil(HALF_LIFE_DAYS * math.log2(decayed / holds_with)))


def _visit_points(properties: Mapping[str, Any]) -> float:
    clicks = min(len(properties.get("clicks", ())), _STEPS_THAT_COUNT)
    documents = min(len(properties.get("documents", ())), _STEPS_THAT_COUNT)
    form = _FORM_POINTS if properties.get("form_sent") else 0.0
    return clicks * _CLICK_POINTS + documents * _DOCUMENT_POINTS + form


def _decayed(points_by_day: Iterable[tuple[date, float]], today: date) -> float:
    return sum(
        points * math.pow(0.5, max(0, (today - day).days) / HALF_LIFE_DAYS)
        for day, points in points_by_day
    )
