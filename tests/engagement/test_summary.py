"""What engagement adds up to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.db import Database
from app.engagement import intake, queries
from app.engagement.models import Confidence
from app.engagement.queries import Summary
from app.engagement.score import score_of, word_for
from app.orgs.models import Org
from canvas.ids import to_18
from tests.engagement.conftest import Listener
from tests.engagement.test_intake import new
from tests.support.application import make_org

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def record(database: Database, org: Org, *told: tuple[str, timedelta, dict[str, Any]]) -> None:
    items = [
        new(f"{n}-{kind}", kind=kind, occurred_at=NOON - ago, **more)
        for n, (kind, ago, more) in enumerate(told)
    ]
    with database.writing(org.id) as session:
        intake.record(session, items, Listener())


def summed(database: Database, org: Org, person: UUID, since: datetime | None = None) -> Summary:
    with database.reading(org.id) as session:
        return queries.summary(session, [person], today=TODAY, since=since)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def test_who_did_nothing_is_cold(database: Database, org: Org, ada: UUID) -> None:
    assert summed(database, org, ada) == Summary()
    assert (Summary().label, Summary().sparkline) == ("Cold", [0] * 30)


def test_days_stand_where_they_belong(database: Database, org: Org, ada: UUID) -> None:
    record(
        database, org,
        ("call", days(0), {}), ("call", days(1), {}), ("meeting", days(1), {}),
        ("call", days(29), {}), ("call", days(30), {}), ("call", days(89), {}),
        ("call", days(90), {}),
    )  # fmt: skip

    found = summed(database, org, ada)

    assert (found.sparkline[-1], found.sparkline[-2], found.sparkline[0]) == (1, 2, 1)
    assert found.total_30d == sum(found.sparkline) == 4
    assert found.kinds == {"call": 5, "meeting": 1}
    assert found.last_engaged_at == NOON


def test_scanners_are_counted_by_kind_but_not_as_engagement(
    database: Database, org: Org, ada: UUID
) -> None:
    """X5."""
    robot = {"confidence": Confidence.LIKELY_SCANNER}
    record(database, org, ("email_clicked", days(0), robot), ("email_sent", days(0), {}))

    found = summed(database, org, ada)

    assert (found.score, found.total_30d, found.last_engaged_at) == (0, 0, None)
    assert found.kinds == {"email_clicked": 1, "email_sent": 1}


@pytest.mark.parametrize(
    ("since", "calls"),
    [
        (days(0), 1),
        (timedelta(hours=1), 2),
        (timedelta(hours=13), 3),
        (days(2), 4),
        (days(400), 5),
    ],
)
def test_an_opportunity_counts_from_its_moment_not_its_day(
    database: Database, org: Org, ada: UUID, since: timedelta, calls: int
) -> None:
    """E3: only events since the opportunity was created."""
    record(
        database, org,
        ("call", days(0), {}), ("call", timedelta(hours=1), {}),
        ("call", timedelta(hours=13), {}), ("call", days(2), {}), ("call", days(3), {}),
    )  # fmt: skip

    found = summed(database, org, ada, since=NOON - since)

    assert (found.kinds, found.total_30d) == ({"call": calls}, calls)
    assert found.last_engaged_at == NOON


def test_what_happened_before_the_opportunity_is_not_its_last_engagement(
    database: Database, org: Org, ada: UUID
) -> None:
    """E3."""
    record(database, org, ("call", days(3), {}))

    found = summed(database, org, ada, since=NOON - days(2))

    assert (found.score, found.last_engaged_at, found.kinds) == (0, None, {})


def test_another_org_sums_up_nothing_of_it(database: Database, org: Org, ada: UUID) -> None:
    record(database, org, ("call", days(0), {}))
    other = make_org(database, to_18("00D000000000002"), "Other")

    assert summed(database, org, ada).last_engaged_at == NOON
    assert summed(database, other, ada) == Summary()


def test_each_change_is_a_new_version(database: Database, org: Org, ada: UUID) -> None:
    record(database, org, ("call", days(3), {}))
    with database.reading(org.id) as session:
        before = queries.versions(session, [ada])
    record(database, org, ("meeting", days(3), {}))
    with database.reading(org.id) as session:
        assert queries.versions(session, [ada])[ada] == before[ada] + 1


def test_points_halve_in_two_weeks_and_never_reach_over_100() -> None:
    fresh = score_of([(TODAY, 20.0)], TODAY)
    old = score_of([(TODAY - days(14), 40.0)], TODAY)

    assert fresh == old == 33
    assert score_of([(TODAY, 1e9)], TODAY) == 100
    assert score_of([], TODAY) == 0
    assert score_of([(TODAY + days(1), 20.0)], TODAY) == fresh


@pytest.mark.parametrize(
    ("score", "word"), [(0, "Cold"), (15, "Warming up"), (40, "Warm"), (70, "Hot"), (100, "Hot")]
)
def test_a_score_has_a_word(score: int, word: str) -> None:
    assert word_for(score) == word
