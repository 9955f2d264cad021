"""The log stays fast on SQLite without statistics: which index each question takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from app.db import Database, TenantSession
from app.ids import new_id
from app.orgs.models import Org
from app.outbox import decisions, log, queries, story
from app.outbox.log import Asked
from app.outbox.models import DeliveryState
from app.outbox.turns import due_rows
from app.outbox.turns.lease import Turn
from tests.conftest import database_kind

PEOPLE = [new_id(), new_id()]


@pytest.fixture
def plans(database: Database) -> list[str]:
    """How SQLite goes about each question from now on."""
    seen: list[str] = []

    def explain(connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        if text.startswith("SELECT") and database_kind() == "sqlite":
            raw = connection.connection.dbapi_connection
            rows = raw.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
            seen.extend(row[3] for row in rows if "outbox_row" in row[3])

    event.listen(database.engine, "before_cursor_execute", explain)
    return seen


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda s: log.lines(s, Asked()), "ix_outbox_row_log (org_id=?)"),
        (
            lambda s: log.lines(s, Asked(kind="call")),
            "ix_outbox_row_log_kind (org_id=? AND kind=?)",
        ),
        (
            lambda s: log.lines(s, Asked(state=DeliveryState.PARKED)),
            "ix_outbox_row_log_state (org_id=? AND state=?)",
        ),
        (
            lambda s: log.lines(s, Asked(people=PEOPLE)),
            "ix_outbox_row_log_person (org_id=? AND person_id=?)",
        ),
        (
            lambda s: story.undelivered(s, PEOPLE),
            "ix_outbox_row_log_person (org_id=? AND person_id=?)",
        ),
        (lambda s: log.of_events(s, PEOPLE), "(org_id=? AND event_id=?)"),
        (log.causes, "ix_outbox_row_log_state (org_id=? AND state=?)"),
        (
            lambda s: log.causes(s, DeliveryState.PAUSED),
            "ix_outbox_row_log_state (org_id=? AND state=?)",
        ),
        (
            lambda s: decisions.count(s, Asked(kind="call"), decisions.DROPPED),
            "ix_outbox_row_log_state (org_id=? AND state=?)",
        ),
        (queries.depth, "COVERING INDEX ix_outbox_row_log_state"),
    ],
)  # fmt: skip
def test_each_question_of_the_log_goes_along_its_index(
    database: Database,
    org: Org,
    plans: list[str],
    ask: Callable[[TenantSession], object],
    index: str,
) -> None:
    """P7: fast with ten million rows."""
    with database.reading(org.id) as session:
        ask(session)
    assert all(index in plan for plan in plans), plans
    assert bool(plans) is (database_kind() == "sqlite")


def test_what_a_turn_takes_and_what_holds_it_back_is_found_among_the_undelivered(
    database: Database, org: Org, plans: list[str]
) -> None:
    """X16: of what was ever delivered, nothing is looked at before a batch is sent."""
    turn = Turn(org.id, new_id(), 1000, 0, None)
    with database.reading(org.id) as session:
        due_rows.read(session, turn)
    taken = ("ix_outbox_row_due", "ix_outbox_row_log_state (org_id=? AND state=?)", "row_person (")
    expected = taken * 2 if database_kind() == "sqlite" else ()  # what is live, then history
    assert all(map(str.__contains__, plans, expected)), plans
    assert len(plans) == len(expected)
