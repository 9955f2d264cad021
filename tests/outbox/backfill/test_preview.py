"""What a back-fill would take, before and while it goes; the commands that say so (L5, X14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app import create_app
from app.clock import utcnow
from app.orgs import settings
from app.orgs.models import Org
from app.outbox.backfill import service
from app.outbox.backfill.models import BackfillState
from app.outbox.backfill.preview import Preview, preview
from app.outbox.backfill.words import of_preview
from app.salesforce.gateway import EXTENSION
from tests.outbox.backfill.history import History
from tests.support.application import ORG_ID

pytestmark = [
    pytest.mark.usefixtures("small"),
    pytest.mark.parametrize("served", ["acme"], ids=["namespace"], indirect=True),
]


@pytest.fixture
def app(history: History) -> Iterator[Flask]:
    """The commands of the same org."""
    made = create_app(history.world.config, database=history.world.database)
    yield made
    made.extensions[EXTENSION].close()


def _run(app: Flask, *command: str, answer: str = "") -> str:
    done = app.test_cli_runner().invoke(args=["orgs", *command], input=answer)
    return "\n".join(line for line in done.output.splitlines() if not line.startswith("{"))


def _look(history: History) -> tuple[Preview, str]:
    world = history.world
    with world.database.reading(world.org.id) as session:
        span = service.span_of(session, [], None, None)
    found = preview(world.gateway, world.database, world.org.id, span)
    return found, of_preview(span, found)


def test_it_says_how_many_calls_and_how_much_storage(history: History) -> None:
    world = history.world
    history.record(world.contacts(), 60)
    history.record(world.contacts(), 10, kind="call")
    history.record(["one@example.com", "two@example.com"], 6)
    _look(history)
    before = world.calls()

    found, text = _look(history)

    assert world.calls() - before == 1
    assert found.counts.kinds == {"call": (10, 0), "email_replied": (60, 6)}
    assert (found.counts.activities, found.counts.unlinked_people) == (70, 2)
    assert found.uses_bulk
    assert found.storage_mb == 0.1
    assert found.storage_left_mb == 1024
    assert found.calls_left <= found.calls_limit == 1_000_000
    assert "60 of people with a record, 6 without" in text
    assert "Activities: 70 (Task), through Bulk API 2.0." in text
    assert "the org has 1,024 MB left" in text
    assert "Mind: Last Activity of up to" in text


def test_the_calls_that_it_takes_are_about_those_that_were_said(history: History) -> None:
    """Never more, where no call has to be repeated."""
    world = history.world
    history.record(world.contacts(), 60)
    said, _ = _look(history)
    before = world.calls()
    history.start()
    history.finish()
    assert world.calls() - before <= said.calls * 2  # jobs here are of 30 rows, not of 10,000


def test_activities_of_further_opportunities_are_counted(history: History) -> None:
    world = history.world
    with world.database.system_writing() as session:
        settings.write(session, session.get_one(Org, world.org.id), opportunity_rule="all")
    history.record(world.contacts(), 30, at=utcnow() - timedelta(minutes=1))
    said, _ = _look(history)
    history.start()
    history.finish()
    again = len(world.activities())
    assert again - 30 >= said.counts.further >= 0


def test_what_is_not_known_is_said_and_what_is_too_much_too(history: History) -> None:
    world = history.world
    history.record(world.contacts(), 60)
    with world.database.system_writing() as session:
        settings.write(session, session.get_one(Org, world.org.id), api_budget=1)
    world.fault(kind="maintenance")
    found, text = _look(history)
    assert found.storage_left_mb is None
    assert "what the org has left is not known. Salesforce cannot be reached." in text
    assert "more calls than the budget has left" in text


def test_an_operator_looks_starts_watches_and_stops(app: Flask, history: History) -> None:
    world = history.world
    assert "Nobody has asked" in _run(app, "backfills", ORG_ID)
    assert "no such events" in _run(app, "backfill", ORG_ID, "--yes")
    history.record(world.contacts(), 60)
    today = f"{utcnow() + timedelta(days=1):%Y-%m-%d}"
    assert "Activities: 60" in _run(app, "backfill-preview", ORG_ID, "--until", today)
    assert "Aborted" in _run(app, "backfill", ORG_ID, answer="n\n")
    assert "60 events are on their way" in _run(app, "backfill", ORG_ID, answer="y\n")
    assert "running, 0 %" in _run(app, "backfills", ORG_ID)
    assert "under way" in _run(app, "backfill", ORG_ID, "--yes")
    assert "It is stopping" in _run(app, "backfill-stop", ORG_ID)
    assert history.finish() is BackfillState.STOPPED
    assert "stopped (by" in _run(app, "backfills", ORG_ID)
    assert "60 events" in _run(app, "backfill", ORG_ID, "--yes", "--kind", "email_replied")
    assert history.finish() is BackfillState.DONE
    shown = _run(app, "backfills", ORG_ID)
    assert "60 delivered" in shown
    assert "Bulk jobs: 2 of 2 ended" in shown
    assert "Switch it on" in _run(app, "backfill-preview", ORG_ID, "--kind", "page_visit")
