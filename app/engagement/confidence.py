"""Who is thought to have acted: a person, a mail scanner, a bot; always with the reason (X5).

Only strong evidence speaks against a person, since a visit keeps the weightiest that was ever said
of it: a repeated or late beacon so changes nothing. Nothing is thrown away, it can be judged anew.

A browser that is driven by a program is no person as long as it only looks. Companies that isolate
their browsers show exactly such ones, with a person behind: seconds of looking and real input by
pointer or keyboard outweigh it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import crawleruseragents

from app.engagement.models import Confidence


class Reason(StrEnum):
    """Why it was judged so; kept beside the confidence."""

    BEHAVIOUR = "behaviour"
    REPORTED = "reported"
    NO_USER_AGENT = "no_user_agent"
    CRAWLER = "user_agent"
    AUTOMATED = "automated_browser"
    ISOLATED = "isolated_browser"
    TOO_FAST = "too_fast"
    ALL_LINKS_AT_ONCE = "all_links_at_once"
    CROWD = "too_many_visits"


#: What a rep reads as the reason (translatable messages).
REASON_LABELS = {
    Reason.BEHAVIOUR: "Looked at the page like a person does",
    Reason.REPORTED: "Reported by your engagement system",
    Reason.NO_USER_AGENT: "The visitor did not say what browser it is",
    Reason.CRAWLER: "The visitor says that it is a robot",
    Reason.AUTOMATED: "The browser is driven by a program",
    Reason.ISOLATED: "A browser driven by a program, but used the way a person does",
    Reason.TOO_FAST: "Clicked faster than a person can read",
    Reason.ALL_LINKS_AT_ONCE: "Clicked every link at once, as mail scanners do",
    Reason.CROWD: "More visits within an hour than one person makes",
}


class Judgement(NamedTuple):
    """Who is thought to have acted, and the ``Reason`` for it."""

    confidence: Confidence
    reason: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a page saw of its visitor since it was loaded; None is "not known".

    Attributes:
        seconds_to_first_click: From the page's load to the first click.
        links_on_page: How many links the page has.
        links_clicked: How many different ones were clicked.
        click_span_seconds: From the first to the last of these clicks.
        is_automated: What ``navigator.webdriver`` said.
        visible_seconds: How long the page was looked at.
        has_input: Pointer or keyboard were used, by the browser's own word (``isTrusted``).
    """

    seconds_to_first_click: float | None = None
    links_on_page: int = 0
    links_clicked: int = 0
    click_span_seconds: float | None = None
    is_automated: bool = False
    visible_seconds: float = 0.0
    has_input: bool = False


# Reading the shortest page and aiming takes a person longer than this.
_FASTEST_CLICK_SECONDS = 0.4
# Nobody opens three or more links within this; scanners fetch them all together.
_LINKS_AT_ONCE, _AT_ONCE_SECONDS = 3, 1.5
# Scanners that render a page leave it sooner, and touch nothing.
_READING_SECONDS = 2.0
_HEADLESS = "HeadlessChrome"


def judge(user_agent: str, behaviour: Behaviour | None = None) -> Judgement:
    """Who is thought to have acted, from what the browser says and what the page saw."""
    if not user_agent.strip():
        return Judgement(Confidence.BOT, Reason.NO_USER_AGENT)
    if _is_crawler(user_agent[:512].replace(_HEADLESS, "Chrome")):
        return Judgement(Confidence.BOT, Reason.CRAWLER)
    seen = behaviour or Behaviour()
    if _clicked_all_at_once(seen):
        return Judgement(Confidence.LIKELY_SCANNER, Reason.ALL_LINKS_AT_ONCE)
    first = seen.seconds_to_first_click
    if first is not None and first < _FASTEST_CLICK_SECONDS:
        return Judgement(Confidence.LIKELY_SCANNER, Reason.TOO_FAST)
    if seen.is_automated or _HEADLESS in user_agent:
        return _judge_driven(seen)
    return Judgement(Confidence.HUMAN, Reason.BEHAVIOUR)


def _judge_driven(seen: Behaviour) -> Judgement:
    if seen.has_input and seen.visible_seconds >= _READING_SECONDS:
        return Judgement(Confidence.HUMAN, Reason.ISOLATED)
    return Judgement(Confidence.LIKELY_SCANNER, Reason.AUTOMATED)


def judge_reported(user_agent: str | None) -> Judgement:
    """For events of other systems: they vouch for them, unless the user agent is a robot's."""
    if user_agent and _is_crawler(user_agent[:512]):
        return Judgement(Confidence.BOT, Reason.CRAWLER)
    return Judgement(Confidence.HUMAN, Reason.REPORTED)


def weightier(one: Judgement, other: Judgement) -> Judgement:
    """The one that counts for a visit, in whatever order they came; the first of two alike."""
    return max(one, other, key=lambda judgement: _WEIGHT.get(judgement.reason, 0))


def reason_label(reason: str) -> str:
    """What a rep reads as the reason."""
    return REASON_LABELS[Reason(reason)] if reason in REASON_LABELS else ""


_WEIGHT: dict[str, int] = {
    Reason.BEHAVIOUR: 0,
    Reason.REPORTED: 0,
    Reason.AUTOMATED: 1,
    Reason.ISOLATED: 2,
    Reason.TOO_FAST: 3,
    Reason.ALL_LINKS_AT_ONCE: 4,
    Reason.CROWD: 5,
    Reason.NO_USER_AGENT: 6,
    Reason.CRAWLER: 7,
}


def _clicked_all_at_once(seen: Behaviour) -> bool:
    return (
        seen.links_clicked >= _LINKS_AT_ONCE
        and seen.links_clicked >= seen.links_on_page
        and seen.click_span_seconds is not None
        and seen.click_span_seconds < _AT_ONCE_SECONDS
    )


@lru_cache(maxsize=4096)
def _is_crawler(user_agent: str) -> bool:
    return bool(crawleruseragents.is_crawler(user_agent))
