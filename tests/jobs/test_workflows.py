"""Durable schedules: clean-up and the check of connections, on a store of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
from dbos import DBOS
from sqlalchemy import func, select, update

from app.clock import utcnow
from app.db import Database
from app.ids import new_id
from app.jobs import cleanup, preflights, workflows
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.models import Org, SeenRequest
from app.salesforce.connect import connections
from app.salesforce.models import Connection
from app.salesforce.preflight import service as preflight
from app.web.models import RateCount
from tests.outbox.world import World

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


@pytest.fixture
def running(world: World) -> Iterator[World]:
    """DBOS in this process, on its own store."""
    world.config.home.mkdir(parents=True, exist_ok=True)
    workflows.start(world.config, world.database, world.gateway, "test-worker")
    yield world
    workflows.stop()


def _seen(database: Database, org: Org, days: int) -> None:
    with database.system_writing() as session:
        row = SeenRequest(
            org_id=org.id, mac=str(new_id()), first_seen_at=utcnow() - timedelta(days=days)
        )
        session.add(row)


def test_what_is_past_its_time_is_deleted(world: World) -> None:
    """House: clean-up; what is still needed stays."""
    _seen(world.database, world.org, 30)
    _seen(world.database, world.org, 0)
    this_minute = int(utcnow().timestamp() // 60)
    with world.database.system_writing() as session:
        session.add(RateCount(bucket="old", minute=this_minute - 60))
        session.add(RateCount(bucket="new", minute=this_minute))

    counts = cleanup.clean_up(world.database)

    assert counts["seen_requests"] == 1
    assert counts["rate_counts"] == 1
    with world.database.system_reading() as session:
        assert session.scalar(select(func.count()).select_from(SeenRequest)) == 1
        assert session.scalars(select(RateCount.bucket)).all() == ["new"]


def test_the_schedules_are_there_and_run(running: World) -> None:
    """A scheduled workflow does its steps; running it again does no harm."""
    _seen(running.database, running.org, 30)

    DBOS.start_workflow(workflows.clean_up, utcnow(), None).get_result()

    assert {schedule["schedule_name"] for schedule in DBOS.list_schedules()} >= {
        "clean-up", "connections", "follow-ups", "preflight", "records", "scores",
        "trials",
    }  # fmt: skip
    with running.database.system_reading() as session:
        assert session.scalar(select(func.count()).select_from(SeenRequest)) == 0


def test_a_connection_that_was_lost_is_found_out(running: World) -> None:
    """House, Tokens: quiet orgs are looked at weekly; the state says what to do."""
    running.devorg.org.tokens.end_all()
    with running.writing() as session:
        session.execute(
            update(Connection).values(
                sealed_client_secret=running.keyring.seal("wrong"), sealed_access_token=None
            )
        )

    DBOS.start_workflow(workflows.check_connections, utcnow(), None).get_result()

    with running.database.reading(running.org.id) as session:
        status = connections.status(session)
    assert status is not None
    assert not status.is_connected


def test_each_connected_org_has_its_daily_preflight(running: World) -> None:
    """E7: kept with what it found; an org that has no calls left is left alone."""
    DBOS.start_workflow(workflows.check_rights, utcnow(), None).get_result()

    with running.database.reading(running.org.id) as session:
        found = preflight.last(session)
    assert found is not None
    assert found.facts["edition"] == "Developer Edition"
    with running.database.system_writing() as writing:
        settings.write(writing, running.org, api_budget=1)
    running.gateway.accounting.flush()
    assert preflights.check(running.gateway, running.org.id) == "budget"


def test_only_ids_and_counts_are_stored_as_json(running: World) -> None:
    """House: nothing pickled, no token, no personal data."""
    if not running.config.jobs_database_url.startswith("sqlite"):
        return
    DBOS.start_workflow(workflows.check_connections, utcnow(), None).get_result()

    path = running.config.jobs_database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        stored = [str(row) for row in connection.execute("SELECT * FROM operation_outputs")]
    connection.close()

    assert any(str(running.org.id) in row for row in stored)
    assert not any("gASV" in row or "secret" in row.lower() for row in stored)


def test_records_scores_and_follow_ups_run_for_orgs_that_want_them(running: World) -> None:
    """L8, X10: the schedules reach the org; what they do there is tested in tests/outbox."""
    contact = running.contacts()[0]
    with running.database.system_writing() as session:
        org = session.get_one(Org, running.org.id)
        features.switch(session, org, Feature.SCORES, True, by="test")
    running.record([contact], 4, kind="meeting")

    for workflow in (workflows.write_records, workflows.write_scores, workflows.make_tasks):
        DBOS.start_workflow(workflow, utcnow(), None).get_result()

    scores = {row["Id"]: row["Inlay_Score__c"] for row in running.records("Contact")}
    assert scores.pop(contact) > 40
    assert set(scores.values()) == {None}
