"""Values of a newer release, while two share a database: read as what does least (X17).

``READ_AS`` and ``RAISES`` name every column of an enum: a new one has to be thought of.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Column, Enum, select, text

from app.db import Database
from app.db.types import LenientEnum
from app.destinations.models import Destination, DestinationState
from app.engagement.memberships import memberships
from app.engagement.models import Confidence, Event, Membership, MembershipKind, Source
from app.models import Base
from app.orgs.gates import GateKind
from app.orgs.models import Org, OrgState
from tests.destinations.conftest import Shared
from tests.destinations.test_beacons import beacon, tell

#: What is done then, by column.
READ_AS = {
    "block.kind": "unknown",  # the block is not shown
    "connection.state": "reconnect_needed",  # nothing is sent
    "daily_rollup.confidence": "likely_scanner",  # counts for nobody
    "delivery_breaker.state": "open",  # its kind is held
    "destination.gate": "closed",  # opens for nobody
    "destination.sobject": "Account",  # stands for no person
    "destination.state": "revoked",  # shows nothing
    "event.confidence": "likely_scanner",
    "event.source": "import",  # becomes no activity
    "backfill.state": "stopped",  # nothing is loaded
    "follow_up.state": "refused",  # becomes no task
    "membership.kind": "unknown",  # is not shown
    "org.state": "suspended",  # is not served
    "outbox_row.state": "unknown",  # is shown, and nothing else
    "preflight_result.verdict": "unknown",
    "record_link.sobject": "Account",  # no WhoId
    "staff_entry.act": "unknown",
    "visit.confidence": "likely_scanner",
}
#: Whoever reads such a row does nothing: an error for one page, or one org's turn, until the
#: newer release goes on. No member is safe to act on.
RAISES = {
    "backfill_load.sobject": "what is frozen as something else must not be written again",
    "backfill_load.state": "a job that is half understood is neither sent nor given up",
    "connection.method": "no other grant is tried with these secrets",
    "follow_up_rule.owner": "no task goes to somebody else",
    "follow_up_rule.part": "no task for what the rule does not mean",
    "one_time_link.purpose": "links are found by their purpose",
    "org_deletion.state": "data are deleted, or not, by whoever knows which",
    "outbox_row.sobject": "what is frozen as something else must not be written",
    "record_run.traffic": "runs are found by their traffic",
    "sight.sobject": "rights are not guessed: that one view as is refused",
    "sign_in_attempt.way": "attempts are found by their way",
    "staff.role": "nobody comes in with rights that are not known",
}


def _columns() -> Iterator[tuple[str, Column[Any]]]:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Enum | LenientEnum):
                yield f"{table.name}.{column.name}", column


def test_each_column_says_what_becomes_of_a_value_that_it_does_not_know() -> None:
    lenient = {
        name: str(column.type.unknown)
        for name, column in _columns()
        if isinstance(column.type, LenientEnum)
    }
    strict = {name for name, column in _columns() if isinstance(column.type, Enum)}
    assert lenient == READ_AS
    assert strict == set(RAISES)


def _newer(database: Database, *assignments: str) -> None:
    with database.writer.begin() as connection:
        for assignment in assignments:
            table, column = assignment.split(".")
            connection.execute(text(f"UPDATE {table} SET {column} = 'newer'"))  # noqa: S608


@pytest.mark.parametrize("what", ["destination.gate", "destination.state", "org.state"])
def test_a_page_with_a_gate_or_state_of_a_newer_version_shows_nothing(
    pages: FlaskClient, database: Database, shared: Shared, what: str
) -> None:
    """Gates fail closed, with or without a link of one's own, to whatever is asked."""
    _newer(database, what)
    for token in (shared.general, shared.ada):
        for path in ("", "/documents/1"):
            answer = pages.get(f"/d/{token}{path}")
            assert (answer.status_code, "Acme" in answer.text) == (404, False)
        assert pages.post(f"/d/{token}/gate", data={"email": "ada@acme.example"}).status_code == 404
        assert tell(pages, token, beacon()) == 404
    with database.system_reading() as session:
        found: dict[str, StrEnum] = {
            "destination.gate": session.scalars(select(Destination.gate)).one(),
            "destination.state": session.scalars(select(Destination.state)).one(),
            "org.state": session.scalars(select(Org.state)).one(),
        }
    closed = (GateKind.CLOSED, DestinationState.REVOKED, OrgState.SUSPENDED)
    assert found[what] in closed


def test_blocks_memberships_and_events_of_a_newer_version_disturb_nobody(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """What is not known is left out, and counts for nothing; what is, is shown."""
    tell(pages, shared.ada, beacon())
    with database.writing(shared.org_id) as session:
        session.add(Membership(person_id=shared.ada_id, kind=MembershipKind.LIST, name="News"))
    _newer(database, "membership.kind", "event.confidence", "event.source", "visit.confidence")
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE block SET kind = 'newer' WHERE kind = 'headline'"))
    answer = pages.get(f"/d/{shared.ada}")
    assert answer.status_code == 200
    assert "How we work" in answer.text
    with database.reading(shared.org_id) as session:
        head = session.scalars(select(Event).where(Event.folded.is_(False))).one()
        found = memberships(session, [shared.ada_id])
    assert (head.confidence, head.source) == (Confidence.LIKELY_SCANNER, Source.IMPORT)
    assert found[MembershipKind.LIST] == []
    assert tell(pages, shared.ada, beacon()) == 204, "and its visit goes on"
