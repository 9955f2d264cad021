"""Kill switches, roll-outs, plans and an org's life at a shell (C6)."""

from __future__ import annotations

from datetime import UTC

from flask import Flask

from app.db import Database
from app.orgs import features, kill_switches, service
from app.orgs.features import Feature
from app.orgs.models import Org
from tests.cli.test_mistakes import invoke
from tests.support.application import ORG_ID


def run(app: Flask, *command: str) -> str:
    done = invoke(app, *command)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_kill_switch_is_pulled_shown_and_released(app: Flask, database: Database) -> None:
    """It asks why; who pulled it stands in the list."""
    assert invoke(app, "system", "pull", "widget").exit_code != 0
    assert "pulled" in run(app, "system", "pull", "widget", "--why", "trouble")
    assert ": trouble" in run(app, "system", "switches")
    run(app, "system", "release", "widget", "--why", "over")
    assert ": trouble" not in run(app, "system", "switches")
    run(app, "system", "share", "scores", "10", "--why", "slowly")
    with database.system_reading() as session:
        assert kill_switches.shares(session)["scores"].percent == 10


def test_a_plan_a_trial_and_a_feature_left_to_it(app: Flask, database: Database, org: Org) -> None:
    """A trial needs its last day; the end is the day's end by UTC."""
    run(app, "orgs", "plan", ORG_ID, "complete", "--why", "bought")
    run(app, "orgs", "feature", ORG_ID, "scores", "off")
    run(app, "orgs", "feature", ORG_ID, "scores", "usual")
    with database.reading(org.id) as session:
        assert features.is_enabled(session, Feature.SCORES)
    assert invoke(app, "orgs", "state", ORG_ID, "trial").exit_code != 0
    run(app, "orgs", "state", ORG_ID, "trial", "--until", "2099-12-31")
    with database.system_reading() as session:
        until = service.required(session, ORG_ID).state_until
    assert until is not None
    assert until.astimezone(UTC).isoformat().startswith("2099-12-31T23:59:59")
