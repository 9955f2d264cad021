"""Many rows by one statement: the same on both databases as one by one (X16)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from app.clock import utcnow
from app.crm.models import Person
from app.db import Database
from app.engagement.models import Confidence, Event, Source
from app.ids import new_id
from app.orgs.models import Org
from tests.support.application import make_org

_AT = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
_ODD = 'Ünïcode “quoted” \\ back "double" \n line 😀 %s %(x)s :name'


@pytest.fixture
def other(database: Database) -> Org:
    return make_org(database, "00D5e000000OTHEAA2", "Other")


def _person(mailbox: str, **more: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "email": f"{mailbox}@example.com",
        "name": mailbox,
        "created_at": _AT,
    } | more


def _event(key: str, person: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "person_id": person,
        "kind": "meeting",
        "occurred_at": _AT,
        "subject": _ODD,
        "properties": {"deep": [1, 2.5, None, True, {"x": _ODD}], "large": 2**53},
        "points": 0.1 + 0.2,
        "source": Source.API,
        "user_key": None,
        "key": key,
    } | more


def test_values_of_every_type_come_back_as_they_went(database: Database, org: Org) -> None:
    person = _person("ada")
    rows = [_event("one", person["id"]), _event("two", None, user_key="", folded=True)]
    rows[0]["folded"] = False
    before = utcnow()
    with database.writing(org.id) as session:
        session.insert_many(Person, [person])
        assert session.upsert_many(Event, rows, key=["org_id", "key"]).rowcount == 2
    with database.reading(org.id) as session:
        stored = {event.key: event for event in session.scalars(select(Event))}
    for row in rows:
        found = stored[row["key"]]
        assert {name: getattr(found, name) for name in row} == row
        # nobody named these: the model's defaults stand
        assert (found.confidence, found.url, found.visit_id) == (Confidence.HUMAN, "", None)
        assert found.received_at >= before


def test_of_two_rows_of_one_key_in_a_batch_the_later_counts(database: Database, org: Org) -> None:
    rows = [_person("ada"), _person("ada", name="later"), _person("grace")]
    with database.writing(org.id) as session:
        session.upsert_many(Person, rows, key=["org_id", "email"], set_=["name"])
    assert _names(database, org) == {"ada@example.com": "later", "grace@example.com": "grace"}


def test_a_row_that_is_there_is_an_error_to_an_insert(database: Database, org: Org) -> None:
    with database.writing(org.id) as session:
        session.insert_many(Person, [_person("ada")])
    with pytest.raises(IntegrityError), database.writing(org.id) as session:
        session.insert_many(Person, [_person("grace"), _person("ada")])
    assert _names(database, org) == {"ada@example.com": "ada"}


def test_a_text_is_never_cut(database: Database, org: Org) -> None:
    """SQLite takes any length; PostgreSQL refuses what is longer than its column."""
    row = _person("ada", name="x" * 256)
    if database.dialect == "postgresql":
        with pytest.raises(DataError), database.writing(org.id) as session:
            session.upsert_many(Person, [row], key=["org_id", "email"])
        return
    with database.writing(org.id) as session:
        session.upsert_many(Person, [row], key=["org_id", "email"])
    assert _names(database, org) == {"ada@example.com": row["name"]}


def test_a_time_without_a_zone_is_refused(database: Database, org: Org) -> None:
    row = _person("ada", created_at=_AT.replace(tzinfo=None))
    with pytest.raises((ValueError, StatementError)), database.writing(org.id) as session:
        session.upsert_many(Person, [row], key=["org_id", "email"])


def test_an_update_changes_what_it_names_and_nothing_of_others(
    database: Database, org: Org, other: Org
) -> None:
    ours, theirs = [_person("ada"), _person("grace"), _person("mary")], [_person("rosa")]
    for whose, rows in ((org, ours), (other, theirs)):
        with database.writing(whose.id) as session:
            session.insert_many(Person, rows)
    told = [{"id": row["id"], "name": _ODD} for row in (*ours, *theirs)]
    with database.writing(org.id) as session:
        changed = session.update_many(
            Person, told[1:], key="id", where={"created_at": _AT}, set_={"email": None}
        )
        assert changed == 2
        assert session.update_many(Person, told, key="id", where={"name": "nobody"}) == 0
        assert session.update_many(Person, [], key="id") == 0
    with database.reading(org.id) as session:
        found = dict(iter(session.execute(select(Person.id, Person.name))))
        assert found == {ours[0]["id"]: "ada", ours[1]["id"]: _ODD, ours[2]["id"]: _ODD}
    assert _names(database, other) == {"rosa@example.com": "rosa"}


def _names(database: Database, org: Org) -> dict[str | None, str]:
    with database.reading(org.id) as session:
        return dict(iter(session.execute(select(Person.email, Person.name))))
