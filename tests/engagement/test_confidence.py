"""X5: who is thought to have acted, and why."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engagement.confidence import (
    REASON_LABELS,
    Behaviour,
    Judgement,
    Reason,
    judge,
    judge_reported,
    reason_label,
    weightier,
)
from app.engagement.models import Confidence

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.mark.parametrize("user_agent", [FIREFOX, PHONE])
def test_a_browser_that_looks_around_is_a_person(user_agent: str) -> None:
    """X5."""
    reader = Behaviour(seconds_to_first_click=4.2, links_on_page=3, links_clicked=1)

    assert judge(user_agent, reader) == (Confidence.HUMAN, Reason.BEHAVIOUR)
    assert judge(user_agent).confidence is Confidence.HUMAN


@pytest.mark.parametrize(
    ("user_agent", "reason"),
    [
        ("", Reason.NO_USER_AGENT),
        ("   ", Reason.NO_USER_AGENT),
        (GOOGLEBOT, Reason.CRAWLER),
        ("curl/8.5.0", Reason.CRAWLER),
        ("python-requests/2.34", Reason.CRAWLER),
    ],
)
def test_who_says_to_be_a_robot_is_one(user_agent: str, reason: Reason) -> None:
    """X5."""
    assert judge(user_agent) == (Confidence.BOT, reason)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour(is_automated=True), Reason.AUTOMATED),
        (Behaviour(seconds_to_first_click=0.05), Reason.TOO_FAST),
        (
            Behaviour(2.0, links_on_page=4, links_clicked=4, click_span_seconds=0.3),
            Reason.ALL_LINKS_AT_ONCE,
        ),
    ],
)
def test_what_no_person_does_is_a_scanner(behaviour: Behaviour, reason: Reason) -> None:
    """X5."""
    assert judge(FIREFOX, behaviour) == (Confidence.LIKELY_SCANNER, reason)


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(2.0, links_on_page=4, links_clicked=4, click_span_seconds=30),
        Behaviour(2.0, links_on_page=2, links_clicked=2, click_span_seconds=1),
        Behaviour(2.0, links_on_page=9, links_clicked=3, click_span_seconds=1),
    ],
)
def test_an_eager_reader_is_still_a_person(behaviour: Behaviour) -> None:
    """X5: only strong evidence speaks against a person."""
    assert judge(FIREFOX, behaviour).confidence is Confidence.HUMAN


def test_other_systems_vouch_for_their_events_unless_a_robot_did_it() -> None:
    """X5."""
    assert judge_reported(None) == (Confidence.HUMAN, Reason.REPORTED)
    assert judge_reported(FIREFOX).confidence is Confidence.HUMAN
    assert judge_reported(GOOGLEBOT) == (Confidence.BOT, Reason.CRAWLER)


HEADLESS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/156.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize("user_agent", [FIREFOX, HEADLESS])
@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Behaviour(visible_seconds=30), Reason.AUTOMATED),  # it only looks
        (Behaviour(visible_seconds=1.2, has_input=True), Reason.AUTOMATED),  # gone too soon
        (Behaviour(visible_seconds=4, has_input=True), Reason.ISOLATED),
        (Behaviour(0.1, visible_seconds=4, has_input=True), Reason.TOO_FAST),
    ],
)
def test_a_driven_browser_is_a_person_only_when_used_like_one(
    user_agent: str, behaviour: Behaviour, expected: Reason
) -> None:
    """X5: isolated browsers are driven by a program, with a person behind."""
    judged = judge(user_agent, replace(behaviour, is_automated=user_agent == FIREFOX))

    assert judged.reason == expected
    assert (judged.confidence is Confidence.HUMAN) == (expected is Reason.ISOLATED)


def test_a_crawler_stays_one_whatever_it_does() -> None:
    """X5."""
    busy = Behaviour(3.0, visible_seconds=30, has_input=True, is_automated=True)
    assert judge(GOOGLEBOT, busy).confidence is Confidence.BOT


@given(st.permutations([*Reason]))
def test_the_weightiest_judgement_holds_in_any_order(order: list[Reason]) -> None:
    """X5: a repeated or late beacon changes nothing."""
    judgements = [Judgement(Confidence.HUMAN, reason) for reason in order]

    assert reduce(weightier, judgements).reason == Reason.CRAWLER
    without = [j for j in judgements if j.reason in (Reason.AUTOMATED, Reason.ISOLATED)]
    assert reduce(weightier, without).reason == Reason.ISOLATED


def test_every_reason_has_words_for_a_rep() -> None:
    assert set(REASON_LABELS) == set(Reason)
    assert reason_label("too_fast").startswith("Clicked faster")
    assert reason_label("from another release") == ""
