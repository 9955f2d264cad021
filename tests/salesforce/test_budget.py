"""X14: what Inlay may spend in an org, what it has spent, and what it does about it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.clock import utcnow
from app.db import Database
from app.errors import ConfigError
from app.ids import new_id
from app.orgs import settings
from app.orgs.models import Org
from app.salesforce import budget
from app.salesforce.accounting import Accounting, ApiUsage
from app.salesforce.budget import UNKNOWN, Standing, standing
from app.salesforce.models import ApiCallHour
from tests.support.application import ORG_ID


def spend(database: Database, org: Org, hours_ago: float, calls: int, feature: str) -> datetime:
    """Calls of an hour of the past; when that hour began."""
    moment = utcnow() - timedelta(hours=hours_ago)
    hour = moment.replace(minute=0, second=0, microsecond=0)
    row = {"id": new_id(), "hour": hour, "feature": feature, "calls": calls}
    with database.writing(org.id) as session:
        session.insert_many(ApiCallHour, [row])
    return hour


def allow(database: Database, org: Org, calls: object) -> None:
    """Set the org's budget."""
    with database.system_writing() as session:
        settings.write(session, session.get_one(Org, org.id), api_budget=calls)


def read(database: Database, org: Org) -> Standing:
    """How the org stands."""
    with database.reading(org.id) as session:
        return standing(session)


def test_an_org_nobody_knows_has_a_modest_budget(database: Database, org: Org) -> None:
    found = read(database, org)

    assert (found.limit, found.spent, found.left) == (UNKNOWN, 0, UNKNOWN)
    assert found.org is None
    assert not found.slow_down


def test_the_budget_is_a_share_of_what_salesforce_says_the_org_has(
    database: Database, org: Org
) -> None:
    """And survives the process that heard it."""
    books = Accounting(database)
    books.book(ORG_ID, "delivery", "api-usage=700/100000")
    books.book(ORG_ID, "widget", "api-usage=701/100000")
    books.flush()

    found = read(database, org)

    assert found.limit == 20_000
    assert found.org == ApiUsage(701, 100_000)
    assert found.by_feature == {"delivery": 1, "widget": 1}
    assert found.spent == 1, "a rep's own calls are not held against the budget"


@pytest.mark.parametrize(
    ("calls", "slow_down", "exhausted"),
    [(79, False, False), (80, True, False), (99, True, False), (100, True, True)],
)
def test_at_80_percent_it_slows_down_and_at_100_it_waits(
    database: Database, org: Org, calls: int, *, slow_down: bool, exhausted: bool
) -> None:
    allow(database, org, "100")
    spend(database, org, 3, calls - 10, "delivery")
    spend(database, org, 2, 10, "scores")

    found = read(database, org)

    assert (found.slow_down, found.exhausted) == (slow_down, exhausted)
    assert found.interval(timedelta(minutes=5)) == timedelta(minutes=20 if slow_down else 5)


def test_it_resumes_when_the_oldest_calls_leave_the_24_hours(database: Database, org: Org) -> None:
    allow(database, org, 100)
    spend(database, org, 30, 500, "delivery")
    first = spend(database, org, 20, 10, "delivery")
    second = spend(database, org, 10, 50, "delivery")
    spend(database, org, 1, 55, "delivery")

    found = read(database, org)

    assert found.spent == 115
    assert found.resumes_at == second + timedelta(hours=25), f"{first} frees too few"


def test_what_is_not_written_yet_counts(database: Database, org: Org) -> None:
    books = Accounting(database, flush_seconds=60)
    for _ in range(3):
        books.book(ORG_ID, "delivery")
    allow(database, org, 3)

    with database.reading(org.id) as session:
        found = standing(session, books.unwritten(ORG_ID))

    assert found.exhausted
    assert found.resumes_at is not None
    assert found.resumes_at > utcnow() + timedelta(hours=24)


def test_an_org_that_others_have_nearly_emptied_is_spared(database: Database, org: Org) -> None:
    books = Accounting(database)
    books.book(ORG_ID, "delivery", "api-usage=95000/100000")
    books.flush()

    found = read(database, org)

    assert found.slow_down
    assert not found.exhausted


@pytest.mark.parametrize("value", ["-1", "many"])
def test_a_budget_is_a_number_of_calls(database: Database, org: Org, value: str) -> None:
    with pytest.raises(ConfigError):
        allow(database, org, value)


def test_days_and_hours_agree(database: Database, org: Org) -> None:
    books = Accounting(database)
    for _ in range(4):
        books.book(ORG_ID, "scores")
    books.flush()
    books.book(ORG_ID, "scores")
    books.flush()

    assert read(database, org).by_feature == {"scores": 5}
    assert budget.SLOW_AT < 1


def test_a_feature_may_have_a_limit_of_its_own(database: Database, org: Org) -> None:
    """It binds that feature alone; all of them together have theirs."""
    allow(database, org, 1000)
    with database.system_writing() as session:
        settings.set_budget(session, session.get_one(Org, org.id), "scores", 50)
    first = spend(database, org, 5, 50, "scores")

    with database.reading(org.id) as session:
        scores, delivery = (standing(session, feature=name) for name in ("scores", "delivery"))

    assert (scores.exhausted, scores.left) == (True, 0)
    assert scores.resumes_at == first + timedelta(hours=25)
    assert (delivery.exhausted, delivery.slow_down, delivery.left) == (False, False, 950)
    assert delivery.resumes_at is None
    with database.system_writing() as session:
        settings.set_budget(session, session.get_one(Org, org.id), "scores", 0)
    with database.reading(org.id) as session:
        assert not standing(session, feature="scores").exhausted
