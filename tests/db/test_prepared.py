"""Reads that are compiled once: the same rows as the session's own way, of its own org alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Integer, bindparam, event, func, select, union_all
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import aliased

from app.crm.models import Person
from app.db import Database, Prepared, PreparedForAll
from app.engagement.models import Confidence, Event, Source
from app.ids import new_id
from app.orgs.models import Org
from tests.support.application import make_org

_AT = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
_twin = aliased(Person)
_NAMED = Prepared(
    select(Person.name, _twin.name)
    .outerjoin(_twin, _twin.name == Person.name)
    .where(Person.name.in_(bindparam("names", expanding=True)))
    .order_by(Person.name)
)
_EVENTS = Prepared(
    select(Event.id, Event.occurred_at, Event.confidence, Event.properties, Event.points,
           Event.visit_id, Event.folded)
    .where(Event.kind == bindparam("kind"), Event.source == Source.API)
)  # fmt: skip
_COUNTS = Prepared(
    union_all(select(func.count()).select_from(Person), select(func.count()).select_from(Event))
)
_ORGS = Prepared(select(Org.name))
_ALL_ORGS = PreparedForAll(select(Org.name).where(Org.name != bindparam("but")).order_by(Org.name))
_BROKEN = Prepared(select(Person.name).limit(bindparam("most", type_=Integer())))


@pytest.fixture
def other(database: Database) -> Org:
    return make_org(database, "00D5e000000OTHEAA2", "Other")


@pytest.fixture(autouse=True)
def _people(database: Database, org: Org, other: Org) -> None:
    for owner, names in ((org, ("ada", "grace")), (other, ("ada", "rosa"))):
        with database.writing(owner.id) as session:
            session.add_all(Person(name=name) for name in names)


def test_only_rows_of_the_sessions_org_are_read(database: Database, org: Org, other: Org) -> None:
    asked = ["ada", "grace", "rosa"]
    for _ in range(2):  # the second time nothing is compiled
        with database.reading(org.id) as session:
            assert _pairs(session.read(_NAMED, names=asked)) == [("ada", "ada"), ("grace", "grace")]
            assert _pairs(session.read(_ORGS)) == [(org.name,)]
            assert _pairs(session.read(_COUNTS)) == [(2,), (0,)]
        with database.reading(other.id) as session:
            assert _pairs(session.read(_NAMED, names=asked)) == [("ada", "ada"), ("rosa", "rosa")]
            assert _pairs(session.read(_ORGS)) == [("Other",)]


def test_lists_may_be_of_any_size(database: Database, org: Org) -> None:
    with database.reading(org.id) as session:
        assert _pairs(session.read(_NAMED, names=[])) == []
        assert _pairs(session.read(_NAMED, names=["grace"])) == [("grace", "grace")]
        assert len(session.read(_NAMED, names=["ada", "grace", *map(str, range(50))])) == 2


def test_values_are_those_of_the_models(database: Database, org: Org) -> None:
    row = {
        "id": new_id(), "person_id": None, "kind": "call", "occurred_at": _AT, "folded": True,
        "confidence": Confidence.BOT, "properties": {"deep": [1, None, "ü"]}, "points": 0.1,
        "source": Source.API, "key": "one",
    }  # fmt: skip
    with database.writing(org.id) as session:
        session.upsert_many(Event, [row], key=["org_id", "key"])
        (found,) = session.read(_EVENTS, kind="call")  # within the transaction that wrote it
        assert not session.read(_EVENTS, kind="meeting")
    assert tuple(found) == (
        row["id"], _AT, Confidence.BOT, {"deep": [1, None, "ü"]}, 0.1, None, True
    )  # fmt: skip


def test_a_session_reads_on_after_an_error_that_was_undone(database: Database, org: Org) -> None:
    twice = {"id": new_id(), "name": "x", "email": "x@example.com"}
    with database.writing(org.id) as session:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.insert_many(Person, [twice, {**twice, "id": new_id()}])
        assert _pairs(session.read(_COUNTS)) == [(2,), (0,)]
    with database.reading(org.id) as session:
        session.rollback()
        assert _pairs(session.read(_COUNTS)) == [(2,), (0,)]
        session.rollback()
        assert _pairs(session.read(_ORGS)) == [(org.name,)]


def test_a_session_over_all_orgs_reads_them_all(database: Database, org: Org) -> None:
    for opened in (database.system_reading, database.system_asking):
        with opened() as session:
            assert _pairs(session.read(_ALL_ORGS, but=org.name)) == [("Other",)]
            assert len(session.read(_ALL_ORGS, but="")) == 2


def test_whoever_only_asks_has_one_org_too_and_leaves_nothing_open(
    database: Database, org: Org, other: Org
) -> None:
    for _ in range(50):  # more than the pool holds
        with database.asking(other.id) as asking:
            assert (asking.org_id, asking.dialect) == (other.id, database.dialect)
            assert _pairs(asking.read(_ORGS)) == [("Other",)]
    with database.writing(org.id) as session:  # nobody holds it up
        session.add(Person(name="new"))
    with database.asking(org.id) as asking:
        assert _pairs(asking.read(_COUNTS)) == [(3,), (0,)]


def test_whoever_listens_hears_of_each_statement_before_it_goes_out(
    database: Database, org: Org
) -> None:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading(org.id) as session:
        session.read(_ORGS)
    with database.asking(org.id) as asking:
        asking.read(_ORGS)
    event.remove(database.engine, "before_cursor_execute", note)
    first = "BEGIN" if database.dialect == "sqlite" else "SELECT set_config"
    assert [each.startswith((first, "SELECT org.name")) for each in seen] == [True] * 4
    assert seen[:2] == seen[2:]


def test_errors_of_the_driver_are_sqlalchemys_and_tell_no_values(
    database: Database, org: Org
) -> None:
    with database.reading(org.id) as session, pytest.raises(DBAPIError) as raised:
        session.read(_BROKEN, most="a secret")
    assert "a secret" not in str(raised.value).partition("SQL:")[2]
    with database.reading(org.id) as session:
        assert _pairs(session.read(_ORGS)) == [(org.name,)]


def test_a_mistake_of_ours_is_raised_as_it_is(database: Database, org: Org) -> None:
    def stumble(*_: object) -> None:
        raise LookupError

    event.listen(database.engine, "before_cursor_execute", stumble)
    with pytest.raises(LookupError), database.reading(org.id) as session:
        session.read(_ORGS)
    event.remove(database.engine, "before_cursor_execute", stumble)
    with database.reading(org.id) as session:
        assert _pairs(session.read(_ORGS)) == [(org.name,)]


def _pairs(rows: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in rows]  # type: ignore[attr-defined]
