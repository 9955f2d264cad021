"""C1: the age of a request, in Salesforce's own odd clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas.errors import SignedRequestError
from canvas.freshness import SKEW_MS, WINDOW_MS, age_ms, check

NOW_MS = 1_794_830_400_000  # 2026-11-16T12:00:00Z
MOMENTS = st.integers(0, 4_102_444_800_000)  # to the year 2100


def as_signed_32(moment_ms: int) -> int:
    low = moment_ms % 2**32
    return low - 2**32 if low >= 2**31 else low


@given(signed=MOMENTS, age=st.integers(-(2**31) + 1, 2**31))
def test_age_is_right_across_every_wrap(signed: int, age: int) -> None:
    """C1: negative and wrapped values give the true age within 24.8 days either way."""
    assert age_ms(as_signed_32(signed), signed + age) == age


def test_unknown_age_passes() -> None:
    assert age_ms(None, NOW_MS) is None
    check(None, NOW_MS)


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (0, None),
        (WINDOW_MS, None),
        (WINDOW_MS + 1, "stale"),
        (3 * 3_600_000, "stale"),
        (-SKEW_MS, None),
        (-SKEW_MS - 1, "from_future"),
        (-600_000, "from_future"),
    ],
)
def test_window_and_skew_are_inclusive(age: int, reason: str | None) -> None:
    """C1: stale and future requests are refused, at the millisecond."""
    issued_at = as_signed_32(NOW_MS - age)
    if reason is None:
        check(issued_at, NOW_MS)
        return
    with pytest.raises(SignedRequestError) as refused:
        check(issued_at, NOW_MS)
    assert refused.value.reason == reason


def test_limits_are_the_callers() -> None:
    check(as_signed_32(NOW_MS - 3_600_000), NOW_MS, window_ms=3_600_000)
    with pytest.raises(SignedRequestError, match="from_future"):
        check(as_signed_32(NOW_MS + 1), NOW_MS, skew_ms=0)


def test_public_samples_of_known_date() -> None:
    """C1: two requests whose date is known from elsewhere; ages within seconds and minutes."""
    rendered_2017 = 1_500_644_434_000  # the page says 2017-07-21T13:40:34Z
    committed_2022 = 1_670_911_703_000  # the repository says 2022-12-13T06:08:23Z
    assert age_ms(1700850462, rendered_2017) == pytest.approx(-2_766, abs=1)
    assert 0 < (age_ms(168876259, committed_2022) or 0) < 600_000
