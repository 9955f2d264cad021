"""X14: every counted call is booked to org and feature, and the books lose none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.db import Database
from app.orgs.models import Org
from app.salesforce.accounting import Accounting, ApiUsage, read_usage
from app.salesforce.models import ApiCallCount
from tests.support.application import ORG_ID


def booked(database: Database, org: Org) -> dict[str, int]:
    """Calls by feature, of whatever day: midnight may fall into a test."""
    with database.reading(org.id) as session:
        calls = func.sum(ApiCallCount.calls)
        rows = select(ApiCallCount.feature, calls).group_by(ApiCallCount.feature)
        return dict(iter(session.execute(rows)))


def test_calls_are_added_to_what_other_processes_wrote(database: Database, org: Org) -> None:
    first, second = Accounting(database), Accounting(database)
    for books in (first, second, second):
        books.book(ORG_ID, "widget")
    first.book(ORG_ID, "delivery")
    first.flush()
    second.flush()
    second.flush()
    assert booked(database, org) == {"widget": 3, "delivery": 1}


def test_no_call_is_lost_between_threads(database: Database, org: Org) -> None:
    books = Accounting(database, flush_seconds=0.01)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: books.book(ORG_ID, "widget"), range(400)))
    books.flush()
    assert booked(database, org) == {"widget": 400}


def test_nothing_is_written_before_it_is_time(database: Database, org: Org) -> None:
    books = Accounting(database, flush_seconds=60)
    books.book(ORG_ID, "widget")
    assert booked(database, org) == {}
    books.flush()
    assert booked(database, org) == {"widget": 1}


def test_an_org_that_is_not_ours_is_not_booked(database: Database, org: Org) -> None:
    books = Accounting(database)
    books.book("00D000000000001EAA", "widget")
    books.flush()
    assert booked(database, org) == {}


def test_a_database_in_trouble_postpones_the_books(
    database: Database, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = Accounting(database)
    books.book(ORG_ID, "widget")

    def refuse() -> None:
        raise OperationalError("…", {}, Exception("locked"))

    with monkeypatch.context() as patch:
        patch.setattr(database, "system_writing", refuse)
        books.flush()
    assert booked(database, org) == {}
    books.flush()
    assert booked(database, org) == {"widget": 1}


@pytest.mark.parametrize(
    ("header", "usage"),
    [
        ("api-usage=18/5000", ApiUsage(18, 5000)),
        ("api-usage=1/2; per-app-api-usage=17/250(appName=x)", ApiUsage(1, 2)),
        ("nonsense", None),
        (None, None),
    ],
)
def test_the_header_of_limits_is_read(header: str | None, usage: ApiUsage | None) -> None:
    assert read_usage(header) == usage


def test_the_last_word_on_an_orgs_allowance_is_kept(database: Database) -> None:
    books = Accounting(database)
    books.book(ORG_ID, "widget", "api-usage=7/100")
    books.book(ORG_ID, "widget", None)
    assert books.usage(ORG_ID) == ApiUsage(7, 100)
