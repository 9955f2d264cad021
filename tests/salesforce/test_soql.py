"""Values in SOQL are escaped, and what SOQL cannot say is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.salesforce.soql import soql


def test_quotes_of_a_value_stay_inside_it() -> None:
    assert soql("x = {}", "a' OR Name != '") == r"x = 'a\' OR Name != \''"


def test_a_list_and_a_time_have_their_own_forms() -> None:
    filled = soql("Id IN {} AND t > {}", ["a", "b"], datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC))
    assert filled == "Id IN ('a','b') AND t > 2026-01-02T03:04:05+00:00"


@pytest.mark.parametrize("value", [[], set(), datetime(2026, 1, 2)])  # noqa: DTZ001
def test_an_empty_list_or_a_time_without_zone_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        soql("x IN {}", value)
