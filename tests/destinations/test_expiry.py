"""When a Destination is over: by its day, days from the first view, or viewers (X12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.clock import utcnow
from app.db import Database
from app.destinations import expiry, switching
from app.destinations.expiry import READ_ON, Expiry
from app.destinations.models import Destination, DestinationState
from app.destinations.service import get_or_create
from app.engagement.models import Visit
from app.jobs import sweeps
from app.jobs.cleanup import clean_up
from app.orgs.models import Org
from tests.console.conftest import OTHER_ORG_ID
from tests.destinations.conftest import PERSON, REP, SETTINGS, Shared, without_people
from tests.destinations.test_beacons import VIEW, beacon, tell, visits_of
from tests.support.application import make_org

LOADS = [f"{number:024x}" for number in range(1, 9)]
TOO_FAST = {"id": 2, "kind": "link_clicked", "at": 200, "target": "b3-0"}


def choose(database: Database, shared: Shared, *chosen: object) -> None:
    wanted = Expiry(*chosen)  # type: ignore[arg-type]
    with database.writing(shared.org_id) as session:
        assert switching.set_expiry(session, shared.destination_id, wanted, by="tests")


def ends(database: Database, shared: Shared) -> datetime | None:
    with database.reading(shared.org_id) as session:
        return session.get_one(Destination, shared.destination_id).expires_at


def look(
    pages: FlaskClient, shared: Shared, load: str, token: str | None = None, **told: object
) -> None:
    assert tell(pages, token or shared.ada, beacon(load=load, **told)) == 204


def looked(database: Database, shared: Shared) -> int:
    with database.reading(shared.org_id) as session:
        return expiry.viewers(session, shared.destination_id)


def test_it_is_over_so_many_days_after_a_person_first_looked(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """Neither a fetch nor a scanner begins its time, and a later view does not begin it anew."""
    choose(database, shared, None, 7)
    pages.get(f"/d/{shared.ada}")
    look(pages, shared, LOADS[0], steps=[VIEW, TOO_FAST])
    assert ends(database, shared) is None
    look(pages, shared, LOADS[1])
    first = visits_of(database, shared)[-1].started_at
    look(pages, shared, LOADS[2])
    assert ends(database, shared) == first + timedelta(days=7)


def test_after_the_last_viewer_an_hour_remains_to_read_on(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    choose(database, shared, None, 0, 2)
    look(pages, shared, LOADS[0])
    look(pages, shared, LOADS[1])
    assert ends(database, shared) is None, "Ada again"
    look(pages, shared, LOADS[2], shared.ben)
    last = visits_of(database, shared)[-1].started_at
    assert ends(database, shared) == last + READ_ON
    assert pages.get(f"/d/{shared.ada}/documents/1").status_code == 200
    look(pages, shared, LOADS[3], shared.general)
    assert ends(database, shared) == last + READ_ON, "who comes within the hour does not prolong it"
    with database.writing(shared.org_id) as session:
        for visit in session.scalars(select(Visit)):
            visit.started_at -= READ_ON
        session.flush()
        expiry.settle(session, session.get_one(Destination, shared.destination_id))
    assert pages.get(f"/d/{shared.ada}").status_code == 404


def test_a_stranger_alone_does_not_use_it_up(
    pages: FlaskClient, database: Database, shared: Shared, count_statements: list[str]
) -> None:
    """Neither by reloads, other browsers, made-up senders of forms, refusals, nor on a day before.

    Others at other addresses count; Ada at home and in the office is one.
    """
    look(pages, shared, LOADS[0], shared.general)
    look(pages, shared, LOADS[1], shared.general)
    choose(database, shared, None, 0, 4)
    assert looked(database, shared) == 1, "who was not told apart"
    pages.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    for number, load in enumerate(LOADS[2:6]):
        pages.environ_base["HTTP_USER_AGENT"] = f"{PERSON} Edg/{number}"
        look(pages, shared, load, shared.general)
        for refused in ("", "1"):
            form = {"email": f"x{number}{refused}@y.example", "message": "Hi", "refused": refused}
            assert pages.post(f"/d/{shared.general}/form", data=form).status_code == 303
    pages.post(f"/d/{shared.general}/refusal", json={"load": LOADS[5]})
    assert looked(database, shared) == 2
    count_statements.clear()
    look(pages, shared, LOADS[6], shared.general)
    assert not any("GROUP BY" in each for each in count_statements), "cheap however often they come"
    for number, address in enumerate(["203.0.113.8", "203.0.113.9"]):
        pages.environ_base["REMOTE_ADDR"] = address
        look(pages, shared, f"{number:032x}")
    assert (looked(database, shared), ends(database, shared)) == (3, None)
    look(pages, shared, LOADS[7], shared.general)
    assert looked(database, shared) == 4
    assert ends(database, shared) == visits_of(database, shared)[-1].started_at + READ_ON


def test_codes_of_addresses_are_noted_where_they_count_and_no_longer(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X13: of who is not known alone, another one on each page; gone once nobody counts."""

    def codes() -> list[str | None]:
        return [visit.viewer for visit in visits_of(database, shared)]

    look(pages, shared, LOADS[0], shared.general)
    choose(database, shared, None, 0, 5)
    look(pages, shared, LOADS[1])
    look(pages, shared, LOADS[2], shared.general)
    *none, code = codes()
    assert none == [None, None]
    assert code
    assert clean_up(database)["viewers"] == 0
    choose(database, shared, utcnow() - timedelta(days=31), 0, 5)
    assert clean_up(database)["viewers"] == 1
    assert codes() == [None] * 3


def test_a_view_that_turns_out_a_scanners_takes_back_what_it_ended(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X5."""
    choose(database, shared, None, 7, 1)
    look(pages, shared, LOADS[0])
    assert ends(database, shared) is not None
    look(pages, shared, LOADS[0], steps=[VIEW, TOO_FAST])
    assert ends(database, shared) is None


def test_what_comes_first_ends_it_and_who_looked_so_far_counts(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    look(pages, shared, LOADS[0])
    seen, day = visits_of(database, shared)[0].started_at, utcnow() + timedelta(days=3)
    for chosen, end in [
        ((day, 7, 0), day),
        ((day, 2, 0), seen + timedelta(days=2)),
        ((day, 2, 1), seen + READ_ON),
        ((day, 0, 2), day),
        ((None, 0, 2), None),
    ]:
        choose(database, shared, *chosen)
        assert ends(database, shared) == end, chosen


@pytest.fixture
def all_over(database: Database, org: Org, shared: Shared) -> list[Shared]:
    """Destinations of two orgs, over a second ago."""
    other = make_org(database, OTHER_ORG_ID, "Other")
    with database.writing(other.id) as session:
        made, _ = get_or_create(session, without_people(shared.record), REP, SETTINGS)
    theirs = replace(shared, org_id=other.id, destination_id=made.id)
    for each in (shared, theirs):
        choose(database, each, utcnow() - timedelta(seconds=1))
    return [shared, theirs]


def test_the_clock_tells_once_what_it_ended(database: Database, all_over: list[Shared]) -> None:
    """E6: open widgets and records in Salesforce follow the version; of all orgs at once."""

    def versions() -> list[int]:
        with database.system_reading() as session:
            return list(session.scalars(select(Destination.version)))

    before = versions()
    assert sweeps.tell_expired(database) == 2
    assert versions() == [version + 1 for version in before]
    assert sweeps.tell_expired(database) == 0
    mine = all_over[0]
    choose(database, mine, utcnow() + timedelta(days=1))
    assert sweeps.tell_expired(database) == 0, "it is open again"
    choose(database, mine, utcnow() - timedelta(seconds=1))
    assert sweeps.tell_expired(database) == 1, "and over again"


def test_the_sweep_walks_along_its_index_and_nothing_else(
    database: Database, all_over: list[Shared], count_statements: list[str]
) -> None:
    """Whatever the number of Destinations: one read while nothing is over, one write otherwise."""
    assert sweeps.tell_expired(database) == 2
    assert sweeps.tell_expired(database) == 0
    asked = [each for each in count_statements if each.startswith(("SELECT", "UPDATE"))]
    assert [each.split()[0] for each in asked if "destination" in each] == [
        "SELECT", "UPDATE", "SELECT",
    ]  # fmt: skip
    if database.engine.dialect.name == "sqlite":
        statement = expiry._over(utcnow()).compile(
            database.engine, compile_kwargs={"literal_binds": True}
        )
        with database.engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
        assert "ix_destination_expiring" in str(plan)


def test_a_revoked_one_stays_revoked(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    with database.writing(shared.org_id) as session:
        session.execute(update(Destination).values(state=DestinationState.REVOKED))
    choose(database, shared, utcnow() + timedelta(days=1))
    assert pages.get(f"/d/{shared.ada}").status_code == 404


def test_views_are_counted_without_a_further_statement_where_nothing_ends_by_use(
    pages: FlaskClient, database: Database, shared: Shared, count_statements: list[str]
) -> None:
    look(pages, shared, LOADS[0])
    plain = len(count_statements)
    choose(database, shared, None, 7, 3)
    count_statements.clear()
    look(pages, shared, LOADS[1])
    assert len(count_statements) <= plain + 4
    with database.reading(shared.org_id) as session:
        assert session.scalar(select(func.sum(Destination.views))) == 2
