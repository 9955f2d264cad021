"""What Salesforce, its admins and its rules may do to a back-fill; what is live goes first."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import requests

from app.clock import utcnow
from app.db import TenantSession
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.models import Org
from app.outbox.backfill import choosing, turns
from app.outbox.backfill.models import BackfillState
from app.outbox.backfill.words import of_progress
from app.outbox.models import OutboxRow
from app.outbox.planned import new_row
from app.outbox.turns import breakers
from app.salesforce.bulk import Bulk
from tests.outbox.backfill.history import History
from tests.outbox.expected import expected, written
from tests.outbox.world import TIMES

pytestmark = [
    pytest.mark.usefixtures("small"),
    pytest.mark.parametrize("served", ["acme"], ids=["namespace"], indirect=True),
]


def _jobs(history: History) -> list[str]:
    """States of devorg's Bulk jobs."""
    with history.world.devorg.org.store.reading() as connection:
        rows = connection.execute("SELECT state FROM bulk_job ORDER BY created, id").fetchall()
    return [row[0] for row in rows]


def _until_jobs_run(history: History) -> None:
    """The trial is sent, and the first jobs are closed."""
    for _ in range(5):
        history.hurry()
        history.step()
        history.world.drain()
        if _jobs(history):
            return
    raise AssertionError("no job was made")


def test_rows_that_are_refused_have_the_verdicts_of_any_other(history: History) -> None:
    """A rule parks one with its words, a lock is tried again; the others are written."""
    world = history.world
    history.record(world.contacts(), 80)
    world.fault(kind="error", match="/services/", message="No secrets.", contains="Offer 41")
    world.fault(kind="lock", match="jobs/ingest", contains="Offer 5")
    history.start()
    assert history.finish() is BackfillState.DONE
    assert Counter(world.states()) == {"delivered": 79, "parked": 1}
    (parked,) = [row for row in world.rows() if row.state == "parked"]
    assert parked.error_reason == "validation_rule"
    assert parked.error_message.endswith("No secrets.")
    assert (parked.lease_id, parked.load_id) == (None, None)


def test_a_rule_that_refuses_the_whole_kind_stops_it_before_any_job(history: History) -> None:
    """The trial finds it: 5 activities are held, not 80 parked; mended, all of it goes."""
    world = history.world
    history.record(world.contacts(), 80)
    body = {"sobject": "Task", "field": "CallObject", "required": True}
    url = f"{world.devorg.url}/_devorg/rules/required"
    requests.post(url, json=body, timeout=30).raise_for_status()
    history.start()
    for _ in range(6):
        history.hurry()
        history.step()
        world.drain()
    assert history.backfill().pause_reason == "kind_held"
    assert history.progress().rows == {"held": 5}
    assert "an admin has to mend a rule" in of_progress(history.progress())
    assert _jobs(history) == []

    requests.post(url, json={**body, "required": False}, timeout=30).raise_for_status()
    with world.writing() as session:
        breakers.reset(session, "email_replied")
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)


def test_a_file_that_salesforce_refuses_goes_by_composite_calls(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job fails as a whole; why stands in the note."""
    world = history.world
    history.record(world.contacts(), 80)
    upload = Bulk.upload
    monkeypatch.setattr(
        Bulk, "upload", lambda bulk, job, content: upload(bulk, job, content.replace(b"Subj", b"X"))
    )
    history.start()
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)
    assert "A Bulk job failed (InvalidBatch" in history.backfill().note
    assert set(_jobs(history)) == {"Failed"}


@pytest.mark.parametrize("match", ["/jobs/ingest", "/batches"])
def test_an_org_that_takes_no_bulk_jobs_is_served_all_the_same(
    history: History, match: str
) -> None:
    world = history.world
    history.record(world.contacts(), 80)
    world.fault(kind="status", status=400, errorCode="FEATURENOTENABLED", match=match, times=1)
    history.start()
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)
    assert "FEATURENOTENABLED" in history.backfill().note


def test_a_job_that_was_deleted_in_salesforce_is_asked_about_by_its_keys(history: History) -> None:
    """What it wrote is found; only what is missing goes."""
    world = history.world
    history.record(world.contacts(), 80)
    history.start()
    _until_jobs_run(history)
    history.hurry()
    with world.devorg.org.store.writing() as connection:
        connection.execute("DELETE FROM bulk_job")
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)


def test_a_stopped_one_takes_back_what_was_not_sent_and_can_be_asked_for_again(
    history: History,
) -> None:
    world = history.world
    history.record(world.contacts(), 120)
    history.record(["nobody@example.com"], 3)
    history.start()
    _until_jobs_run(history)
    history.stop()
    assert history.finish() is BackfillState.STOPPED
    progress = history.progress()
    assert set(progress.rows) == {"delivered"}
    assert progress.settled == len(world.activities()) < 120
    assert progress.backfill.stopped_by == "admin@example.com"

    history.start()
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)


def test_an_admin_who_aborts_the_job_in_salesforce_stops_it(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They meant it: what is left does not go another way."""
    world = history.world
    monkeypatch.setattr("devorg.bulk.ingest_resources.wake", lambda _: None)  # jobs only wait
    monkeypatch.setattr("devorg.bulk.requests.wake", lambda _: None)
    history.record(world.contacts(), 120)
    history.start()
    _until_jobs_run(history)
    with world.devorg.org.store.writing() as connection:
        connection.execute("UPDATE bulk_job SET state = 'Aborted'")
    assert history.finish() is BackfillState.STOPPED
    assert "aborted" in history.backfill().stopped_by
    assert len(world.activities()) == 5
    assert history.progress().rows == {"delivered": 5}


def test_what_is_live_goes_first_and_is_never_held_back_by_history(history: History) -> None:
    world = history.world
    contact = world.contacts()[0]
    history.record([contact], 10, subject="then")
    history.start()
    history.step()
    assert world.states() == ["pending"] * 10
    world.fault(kind="lock", match="/composite/sobjects/", contains="then")
    world.drain()
    assert set(world.states()) == {"waiting"}
    world.record([contact], 2, subject="now")
    world.drain()
    assert [task["Subject"] for task in world.activities()] == ["Replied to e-mail: now"] * 2


def test_history_waits_while_the_budget_is_low_and_costs_no_call(history: History) -> None:
    """X14: it is what can wait."""
    world = history.world
    history.record(world.contacts(), 80)
    history.start()
    with world.database.system_writing() as session:
        settings.write(session, session.get_one(Org, world.org.id), api_budget=1)
    world.gateway.accounting.book(world.org.salesforce_id, "test")
    before = world.calls()
    rest = history.step()
    assert rest is not None
    assert (rest.reason, rest.seconds) == ("budget_low", 60)
    assert world.calls() == before
    assert world.rows() == []


def test_it_rests_while_the_org_rests_and_while_activities_are_off(history: History) -> None:
    world = history.world
    history.record(world.contacts(), 80)
    history.start()
    _until_jobs_run(history)
    with world.database.system_writing() as session:
        org = session.get_one(Org, world.org.id)
        features.switch(session, org, Feature.ACTIVITY_TO_SALESFORCE, False, by="test")
    history.hurry()
    rest = history.step()
    assert rest is not None
    assert rest.reason == "feature_off"
    with world.database.system_writing() as session:
        org = session.get_one(Org, world.org.id)
        features.switch(session, org, Feature.ACTIVITY_TO_SALESFORCE, True, by="test")
    world.fault(kind="maintenance", times=3)
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)


def test_one_worker_at_a_time_works_at_it(history: History) -> None:
    world = history.world
    history.record(world.contacts(), 3)
    history.start()
    with world.database.system_writing() as session:
        assert turns.claim(session, "one", TIMES) is not None
    with world.database.system_writing() as session:
        assert turns.claim(session, "two", TIMES) is None
    history.hurry()
    with world.database.system_writing() as session:
        assert turns.claim(session, "two", TIMES) is not None


def test_what_the_intake_plans_at_the_same_time_is_left_to_it(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job without rows is none; nothing stands twice."""
    world = history.world
    history.record(world.contacts(), 60)
    history.start()
    choose = choosing.choose

    def beaten(session: TenantSession, *others: Any) -> Any:
        """The intake was quicker by a moment: its rows are there when ours are written."""
        planned = choose(session, *others)
        rows = [
            new_row(one.row.event_id, one.row.person_id, one.row.kind, is_linked=True, now=utcnow())
            for one in planned
        ]
        session.upsert_many(OutboxRow, rows, key=[])
        return planned

    monkeypatch.setattr(choosing, "choose", beaten)
    assert history.finish() is BackfillState.DONE
    assert written(world) == expected(world)
    assert _jobs(history) == []
