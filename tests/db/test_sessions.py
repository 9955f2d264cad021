"""Reading and writing: commits, rollbacks, bulk rows, the database's clock."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, StatementError

from app.clock import utcnow
from app.crm.models import Person
from app.db import Database, database_now
from app.ids import new_id
from app.orgs.models import Org


def _names(database: Database, org: Org) -> list[str]:
    with database.reading(org.id) as session:
        return list(session.scalars(select(Person.name).order_by(Person.name)))


def test_an_error_rolls_the_unit_back(database: Database, org: Org) -> None:
    def half_done() -> None:
        with database.writing(org.id) as session:
            session.add(Person(name="half"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert _names(database, org) == []


def test_what_was_written_can_be_read_after_the_commit(database: Database, org: Org) -> None:
    person = Person(name="whole")
    with database.writing(org.id) as session:
        session.add(person)
    assert person.name == "whole"
    assert _names(database, org) == ["whole"]


def test_an_upsert_returns_and_updates(database: Database, org: Org) -> None:
    row = {
        "id": new_id(),
        "email": "a@example.com",
        "name": "first",
        "created_at": utcnow(),
    }
    with database.writing(org.id) as session:
        session.upsert_many(Person, [row], key=["org_id", "email"])
    changed = {**row, "id": new_id(), "name": "second"}
    with database.writing(org.id) as session:
        kept = session.upsert_many(
            Person,
            [changed],
            key=["org_id", "email"],
            set_=["name"],
            returning=[Person.id],
        ).scalar_one()
    assert kept == row["id"]
    assert _names(database, org) == ["second"]


def test_an_upsert_of_many_tells_how_many_are_new(database: Database, org: Org) -> None:
    rows = [
        {"id": new_id(), "email": f"{name}@example.com", "name": name, "created_at": utcnow()}
        for name in ("a", "b", "c")
    ]
    with database.writing(org.id) as session:
        first = session.upsert_many(Person, rows[:2], key=["org_id", "email"])
        assert first.rowcount == 2
    again = [{**row, "id": new_id()} for row in rows]
    with database.writing(org.id) as session:
        assert session.upsert_many(Person, again, key=["org_id", "email"]).rowcount == 1
    assert _names(database, org) == ["a", "b", "c"]


def test_an_upsert_comes_after_what_was_added_before(database: Database, org: Org) -> None:
    row = {"id": new_id(), "email": "a@example.com", "name": "second", "created_at": utcnow()}
    with database.writing(org.id) as session:
        session.add(Person(email="a@example.com", name="first"))
        session.upsert_many(Person, [row], key=["org_id", "email"])
    assert _names(database, org) == ["first"]


def test_an_upsert_of_nothing_is_a_mistake(database: Database, org: Org) -> None:
    with database.writing(org.id) as session, pytest.raises(ValueError, match="needs rows"):
        session.upsert_many(Person, [], key=["org_id", "email"])


def test_times_come_back_aware_in_utc(database: Database, org: Org) -> None:
    moment = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with database.writing(org.id) as session:
        session.add(Person(name="p", created_at=moment))
    with database.reading(org.id) as session:
        found = session.scalars(select(Person.created_at)).one()
    assert found == moment
    assert found.tzinfo == UTC


def test_a_time_without_a_zone_is_refused(database: Database, org: Org) -> None:
    with pytest.raises(StatementError), database.writing(org.id) as session:
        session.add(Person(name="p", created_at=datetime(2026, 11, 21)))  # noqa: DTZ001  # the point of the test


def test_the_databases_clock_is_now_and_shifts(database: Database, org: Org) -> None:
    with database.reading(org.id) as session:
        now, earlier = session.execute(select(database_now(), database_now(-45.5))).one()
    assert abs((now - utcnow()).total_seconds()) < 5
    assert 44 < (now - earlier).total_seconds() < 47


def test_an_error_of_the_database_names_no_values(database: Database, org: Org) -> None:
    """Logs hold errors as they are: no names, no addresses, no tokens may stand in them."""
    row = {"id": new_id(), "name": "Ada Secret", "email": "ada@secret.example"}
    with pytest.raises(IntegrityError) as failed, database.writing(org.id) as session:
        session.insert_many(Person, [row, row])
    assert "Secret" not in str(failed.value)
    assert "secret.example" not in str(failed.value)


def test_neither_does_an_error_about_a_whole_row(database: Database, org: Org) -> None:
    """PostgreSQL would tell the failing row in its DETAIL."""
    row = {"id": new_id(), "name": None, "email": "ada@secret.example", "created_at": utcnow()}
    with pytest.raises(IntegrityError) as failed, database.writing(org.id) as session:
        session.upsert_many(Person, [row], key=["org_id", "email"])
    told = "".join(traceback.format_exception(failed.value))
    assert "person" in str(failed.value)
    assert "secret.example" not in told
