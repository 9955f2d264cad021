"""A link that leaked: what is more than one person would do is shown, but counts for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.db import Database
from app.engagement import crowding, queries, visits
from app.engagement.confidence import Judgement, Reason
from app.engagement.models import Confidence, Visit
from app.engagement.visits import Place
from app.ids import new_id
from app.orgs.models import Org

HUMAN = Judgement(Confidence.HUMAN, Reason.BEHAVIOUR)
PLACE = Place(new_id(), new_id(), "For Ada", "https://pages.example.com/d/x")
FEW = 3


@pytest.fixture(autouse=True)
def _a_few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowding, "MOST_VISITS", FEW)


def visit(database: Database, org: Org, person: UUID | None, number: int, hours: int = 0) -> None:
    with database.writing(org.id) as session:
        visits.beat(
            session,
            PLACE,
            visitor=f"page-load-{number}",
            person_id=person,
            now=utcnow() + timedelta(hours=hours, seconds=number),
            visible_seconds_so_far=2,
            judgement=HUMAN,
        )


def reasons(database: Database, org: Org) -> Sequence[str]:
    with database.reading(org.id) as session:
        return session.scalars(
            select(Visit.confidence_reason).order_by(Visit.started_at, Visit.id)
        ).all()


def test_more_visits_in_an_hour_than_a_person_makes_are_doubted(
    database: Database, org: Org, ada: UUID
) -> None:
    """X5: they stay in the timeline, but neither score nor Salesforce hears of them."""
    for number in range(FEW + 2):
        visit(database, org, ada, number)
    assert reasons(database, org) == [Reason.BEHAVIOUR] * FEW + [Reason.CROWD] * 2
    with database.reading(org.id) as session:
        assert len(queries.timeline(session, [ada]).items) == FEW + 2
        total = queries.summary(session, [ada], today=utcnow().date() + timedelta(days=1))
    assert total.total_30d == FEW


def test_a_further_beacon_does_not_make_a_doubted_visit_trusted(
    database: Database, org: Org, ada: UUID
) -> None:
    """X5."""
    for number in (*range(FEW + 1), FEW):
        visit(database, org, ada, number)
    assert reasons(database, org)[-1] == Reason.CROWD


def test_an_hour_later_the_person_is_believed_again(
    database: Database, org: Org, ada: UUID
) -> None:
    """X5."""
    for number in range(FEW):
        visit(database, org, ada, number)
    visit(database, org, ada, FEW, hours=1)
    assert Reason.CROWD not in reasons(database, org)


def test_a_general_link_may_be_looked_at_by_many(database: Database, org: Org) -> None:
    """X11: visits of nobody known reach neither a score nor Salesforce."""
    for number in range(FEW + 2):
        visit(database, org, None, number)
    assert reasons(database, org) == [Reason.BEHAVIOUR] * (FEW + 2)


def test_a_form_does_not_make_a_crowd_of_unknown_visits_known(
    database: Database, org: Org, ada: UUID
) -> None:
    """X5: a visit that gets its person later is looked at then."""
    for number in range(FEW + 1):
        visit(database, org, None, number)
    for number in range(FEW + 1):
        visit(database, org, ada, number)
    assert reasons(database, org) == [Reason.BEHAVIOUR] * FEW + [Reason.CROWD]
