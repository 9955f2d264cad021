"""The audit says who and what by name, where a name is known (P7)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from app.console.permissions import Role
from app.db import Database
from app.orgs.audit import Tag, record
from app.orgs.models import Org, OrgUser
from app.outbox.owners.models import OwnerUser
from canvas.ids import to_18
from tests.console.conftest import Visitor
from tests.console.rows import CONTACT, DEAL, Rows

SignedIn = Callable[[Role], Visitor]
USER = to_18("005000000000001")


def test_the_audit_names_users_and_records_that_are_known(
    database: Database, org: Org, other: Org, signed_in: SignedIn
) -> None:
    """P7: each id keeps its place beside the name; another org's same id stays without."""
    rep, admin, owner = (to_18(f"00500000000000{each}") for each in ("1", "2", "3"))
    stranger = to_18("005000000000009")
    rows = Rows(database, org)
    rows.person("Ada Byron", "ada@example.com", contact=CONTACT, deal=DEAL)
    with database.writing(org.id) as session:
        session.add(OrgUser(salesforce_id=rep, name="Rosa Lindqvist"))
        session.add(OrgUser(salesforce_id=admin, name="Amir Haddad"))
        session.add(OwnerUser(salesforce_id=owner, name="Nora Whitfield"))
    for each in (org, other):
        with database.writing(each.id) as session:
            record(session, Tag.DELIVERY_RETRIED_BY_REP, rep, number=2, record=CONTACT)
            record(session, Tag.OWNER_MAPPED, f"admin:{admin}", identity="n", owner=owner)
            record(session, Tag.DELIVERY_RETRIED, f"admin:{stranger}", lines=[3], record=DEAL)
    support, path = signed_in(Role.SUPPORT), f"/console/orgs/{org.salesforce_id}/audit"
    text = support.get(path).text
    assert f'<p>Rosa Lindqvist <span class="soft small">{rep}</span></p>' in text
    assert f'<p>admin Amir Haddad <span class="soft small">{admin}</span></p>' in text
    for told in (f"Ada Byron ({CONTACT})", f"Renewal ({DEAL})", f"Nora Whitfield ({owner})"):
        assert told in text
    assert f"<p>admin {stranger}</p>" in text
    theirs = support.get(f"/console/orgs/{other.salesforce_id}/audit").text
    for name in ("Rosa", "Amir", "Ada", "Renewal", "Nora"):
        assert name not in theirs
    assert support.get("/console/audit").text.count("Rosa Lindqvist") == 1
    assert "Rosa Lindqvist" in support.get(f"{path}?q=LINDQ").text
    assert "Amir" not in support.get(f"{path}?q=LINDQ").text
    lines = list(csv.DictReader(io.StringIO(support.get(f"{path}.csv").text)))
    found = next(each for each in lines if each["actor"] == rep)
    assert (found["actor_name"], found["detail"].partition(",")[0]) == (
        "Rosa Lindqvist",
        "number: 2",
    )


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """What is read from the database, in order."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    yield seen
    event.remove(database.reader, "before_cursor_execute", note)


def test_a_name_costs_no_statement_of_a_line(
    database: Database, org: Org, signed_in: SignedIn, statements: list[str]
) -> None:
    """X14: as many for a page of twenty as for one line."""
    support, path = signed_in(Role.SUPPORT), f"/console/orgs/{org.salesforce_id}/audit"
    said: list[int] = []
    for number in (1, 20):
        with database.writing(org.id) as session:
            for _ in range(number):
                record(session, Tag.DELIVERY_RETRIED_BY_REP, USER, number=2, record=CONTACT)
        statements.clear()
        assert support.get(path).text.count(CONTACT) >= number
        said.append(len(statements))
    assert said[0] == said[1] > 0
