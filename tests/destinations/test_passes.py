"""How long who came in by a gate is kept (X12, X13)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.clock import utcnow
from app.db import Database
from app.destinations.models import GatePass, Link
from app.jobs.cleanup import clean_up
from tests.destinations.conftest import Shared
from tests.destinations.test_gate import passes


def test_passes_are_kept_for_a_year_and_those_of_who_objected_as_long_as_they_last(
    database: Database, shared: Shared
) -> None:
    """X13: nothing is kept without end."""
    now, left = utcnow(), ["older", "objected"]
    with database.reading(shared.org_id) as session:
        link_id = session.scalar(select(Link.id).where(Link.token == shared.general))
    with database.writing(shared.org_id) as session:
        for name, age, objected in [
            ("older", 364, False), ("over", 366, False), ("objected", 29, True), ("gone", 31, True),
        ]:  # fmt: skip
            session.add(
                GatePass(
                    destination_id=shared.destination_id, link_id=link_id, email=name, agreed="x",
                    passed_at=now - timedelta(days=age), objected=objected,
                )
            )  # fmt: skip
    counts = clean_up(database)
    assert (counts["passes"], counts["passes_objected"]) == (1, 1)
    assert passes(database, shared) == left
