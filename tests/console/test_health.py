"""An org's first page: connection, what waits and why, what calls cost (X14)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from app.clock import utcnow
from app.console import chart
from app.console.permissions import Role
from app.db import Database
from app.orgs.models import Org, OrgState
from app.outbox.models import BreakerState, DeliveryBreaker, DeliveryState
from app.salesforce import spending
from app.salesforce.models import ApiCallCount
from tests.console.conftest import Visitor
from tests.console.rows import Rows

SignedIn = Callable[[Role], Visitor]


def test_what_waits_is_counted_and_its_causes_named(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    rows = Rows(database, org)
    ada = rows.person("Ada", "ada@example.com")
    for state, number in ((DeliveryState.PARKED, 3), (DeliveryState.UNLINKED, 2)):
        for _ in range(number):
            rows.row(ada, state, error_reason="record_gone", error_message="It was deleted.")
    path = f"/console/orgs/{org.salesforce_id}/"
    text = signed_in(Role.ORG_ADMIN).get(path).text
    assert re.search(r"Need you</dt><dd><a [^>]*>3<", text)
    assert re.search(r"No record yet</dt><dd><a [^>]*>2<", text)
    assert "It was deleted." in text
    assert "reason=record_gone" in text
    assert "Drop" not in signed_in(Role.VIEWER).get(path).text


def test_an_org_that_is_not_served_says_so_first(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    """C6: whoever lets orgs in reads that it waits, and where to change it."""
    path = f"/console/orgs/{org.salesforce_id}/"
    with database.system_writing() as session:
        session.get_one(Org, org.id).state = OrgState.PENDING
    text = signed_in(Role.SUPPORT).get(path).text
    assert "waits to be let in" in text
    assert "the widget works" not in text
    assert f'href="{path}state"' in text.partition("<main")[2]
    assert f'href="{path}state"' not in signed_in(Role.VIEWER).get(path).text


def test_writing_is_switched_on_where_its_reader_may(org: Org, signed_in: SignedIn) -> None:
    """Admins turn it on in the set-up; support, who may not, at the features."""
    path = f"/console/orgs/{org.salesforce_id}/"
    for role, page in ((Role.ORG_ADMIN, "setup"), (Role.SUPPORT, "features")):
        button = re.search(r'href="([^"]*)">Switch writing on', signed_in(role).get(path).text)
        assert button is not None
        assert button[1] == f"{path}{page}"
    assert "Switch writing on" not in signed_in(Role.VIEWER).get(path).text


def test_a_breaker_is_reset_by_those_who_may(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    with database.writing(org.id) as session:
        later = utcnow() + timedelta(hours=1)
        session.add(
            DeliveryBreaker(
                kind="call", state=BreakerState.OPEN, message="A rule.", next_probe_at=later,
                opened_at=utcnow(), seqs=[],
            )
        )  # fmt: skip
    path = f"/console/orgs/{org.salesforce_id}/"
    assert "A rule." in signed_in(Role.VIEWER).get(path).text
    assert signed_in(Role.VIEWER).post(f"{path}breakers/call").status_code == 403
    admin = signed_in(Role.ORG_ADMIN)
    assert admin.post(f"{path}breakers/call").status_code == 303
    assert admin.post(f"{path}breakers/meeting").status_code == 404
    with database.reading(org.id) as session:
        next_probe_at = session.scalars(select(DeliveryBreaker.next_probe_at)).one()
    assert next_probe_at is not None
    assert next_probe_at < later


def test_calls_are_drawn_by_day_and_feature(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    """X14: fourteen days, the largest first, and the same numbers as a table."""
    today = utcnow().date()
    with database.writing(org.id) as session:
        for number, feature in enumerate(("a", "b", "c", "d", "e", "f", "delivery")):
            session.add(ApiCallCount(day=today, feature=feature, calls=10 + number))
        session.add(ApiCallCount(day=today - timedelta(days=20), feature="old", calls=9))
    with database.reading(org.id) as session:
        drawn = chart.draw(spending.by_day(session, today))
    assert len(drawn.days) == 14
    assert drawn.total == drawn.highest == sum(range(10, 17))
    assert drawn.series[0] == ("Activities", 16)
    assert drawn.series[-1] == ("Everything else", 21)
    assert sum(bar.height for bar in drawn.bars) < chart.HEIGHT + 1
    text = signed_in(Role.VIEWER).get(f"/console/orgs/{org.salesforce_id}/").text
    assert text.count("<rect") == 6
    assert "Everything else" in text
    assert "by days of UTC. So the two can differ." in text
