"""Tenancy by construction."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.crm.models import Opportunity, OpportunityRole, Person
from app.db import Database
from app.errors import TenancyError
from app.ids import new_id
from app.orgs.models import CanvasApp, Org
from tests.support.application import make_org


@pytest.fixture
def other(database: Database) -> Org:
    return make_org(database, "00D5e000000OTHEAA2", "Other")


@pytest.fixture(autouse=True)
def _two_people(database: Database, org: Org, other: Org) -> None:
    for owner, name in ((org, "ours"), (other, "theirs")):
        with database.writing(owner.id) as session:
            session.add(Person(name=name, email=f"{name}@example.com"))


def test_a_select_sees_only_its_org(database: Database, org: Org) -> None:
    with database.reading(org.id) as session:
        assert session.scalars(select(Person.name)).all() == ["ours"]
        assert session.scalar(select(func.count()).select_from(Person)) == 1


def test_an_aliased_join_and_a_subquery_see_only_their_org(database: Database, org: Org) -> None:
    inner = select(Person.id).where(Person.name == "theirs").scalar_subquery()
    with database.reading(org.id) as session:
        assert session.scalars(select(Person).where(Person.id.in_(inner))).all() == []


def test_get_by_key_does_not_reach_another_org(database: Database, org: Org, other: Org) -> None:
    with database.reading(other.id) as session:
        theirs = session.scalars(select(Person)).one()
    with database.reading(org.id) as session:
        assert session.get(Person, theirs.id) is None
        assert session.get(Org, other.id) is None
        assert session.get(Org, org.id) is not None


def test_update_and_delete_reach_only_their_org(database: Database, org: Org, other: Org) -> None:
    with database.writing(org.id) as session:
        session.execute(update(Person).values(name="changed"))
    with database.writing(org.id) as session:
        session.execute(delete(Person))
    with database.reading(other.id) as session:
        assert session.scalars(select(Person.name)).all() == ["theirs"]


def test_a_row_of_another_org_is_refused_at_flush(database: Database, org: Org, other: Org) -> None:
    with pytest.raises(TenancyError), database.writing(org.id) as session:
        session.add(Person(org_id=other.id, name="smuggled"))


def test_a_bulk_row_of_another_org_is_refused(database: Database, org: Org, other: Org) -> None:
    with pytest.raises(TenancyError), database.writing(org.id) as session:
        session.insert_many(Person, [{"org_id": other.id, "name": "smuggled"}])


def test_system_tables_are_closed_to_a_tenant(database: Database, org: Org) -> None:
    with pytest.raises(TenancyError), database.writing(org.id) as session:
        session.add(CanvasApp(key="mine"))
    with pytest.raises(TenancyError), database.writing(org.id) as session:
        session.insert_many(CanvasApp, [{"key": "mine"}])


def test_a_session_without_an_org_is_an_error(database: Database) -> None:
    with pytest.raises(TenancyError), database.reading(None):  # type: ignore[arg-type]
        pass


def test_a_key_cannot_point_into_another_org(database: Database, org: Org, other: Org) -> None:
    with database.reading(other.id) as session:
        theirs = session.scalars(select(Person.id)).one()
    deal = Opportunity(id=new_id(), name="ours")
    with database.writing(org.id) as session:
        session.add(deal)
    with pytest.raises(IntegrityError), database.writing(org.id) as session:
        session.add(OpportunityRole(opportunity_id=deal.id, person_id=theirs))


def test_an_unknown_org_is_refused_by_the_database(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing(uuid4()) as session:
        session.add(Person(name="nobody's"))
