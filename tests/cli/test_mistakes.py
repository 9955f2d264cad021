"""A mistake of an operator is one line with the next step and exit code 1, never a traceback."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from app import create_app
from app.config import Config
from app.db import Database
from app.orgs import apps
from app.orgs.models import Org
from tests.support.application import ORG_ID, SECRET_KEY

ROOT = Path(__file__).resolve().parents[2]


def invoke(app: Flask, *command: str, **variables: str) -> Result:
    """One command as an operator gives it."""
    return app.test_cli_runner(env=variables).invoke(args=command)


def refused(done: Result) -> str:
    """The one line of a command that was refused."""
    assert (done.exit_code, type(done.exception)) == (1, SystemExit), done.output
    lines = [line for line in done.output.splitlines() if not line.startswith("{")]  # the log
    assert len(lines) == 1, done.output
    assert lines[0].startswith("Error: ")
    return lines[0]


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (["add", "12345", "Acme"], "no organization id"),
        (["add", "0015e000000DEVO", "Acme"], "begins with 00D"),
        (["add", "00D5e000000DEVOEA5", "Acme"], "checksum"),
        (["state", "00D5e000000NONE", "active"], "orgs list"),
        (["set", ORG_ID, "colour", "#ffffff"], "brand_color"),
        (["set", ORG_ID, "brand_color", "red"], "#0b5cab"),
        (["set", ORG_ID, "opportunity_rule", "some"], "some"),
        (["set", ORG_ID, "activity_object", "Case"], "Task or Event"),
        (["set", ORG_ID, "kinds", '{"email_opened":"each"}'], f"orgs kind {ORG_ID} KIND each|off"),
        (["kind", ORG_ID, "E-mail opened", "each"], "email_opened"),
        (["apikey-revoke", ORG_ID, "backend"], "orgs apikeys"),
    ],
)
def test_what_cannot_be_done_is_said(app: Flask, org: Org, command: list[str], hint: str) -> None:
    assert hint in refused(invoke(app, "orgs", *command))


@pytest.mark.parametrize("given", [",", "s" * 40 + ",", "short", " " * 40])
def test_a_secret_that_protects_nothing_is_refused(app: Flask, given: str) -> None:
    """X1: one comma too many wiped the secrets of all orgs."""
    whole = "a" * 40
    assert invoke(app, "orgs", "canvas-app", INLAY_CANVAS_SECRET=whole).exit_code == 0
    line = refused(invoke(app, "orgs", "canvas-app", INLAY_CANVAS_SECRET=given))
    assert "16 characters" in line
    database: Database = app.extensions["inlay.database"]
    with database.system_reading() as session:
        found = apps.find(session, apps.PACKAGED)
        assert apps.secrets_of(found, app.extensions["inlay.keyring"]) == (whole,)


def test_a_lost_key_is_named_and_rotation_changes_nothing(
    app: Flask, config: Config, database: Database
) -> None:
    assert invoke(app, "orgs", "canvas-app", INLAY_CANVAS_SECRET="s" * 40).exit_code == 0
    other = create_app(replace(config, secret_keys=("n" * 40,)), database=database)
    assert "put the old key back" in refused(invoke(other, "keys", "rotate"))
    both = create_app(replace(config, secret_keys=("n" * 40, SECRET_KEY)), database=database)
    for _ in range(2):  # it is safe to repeat
        assert (
            invoke(both, "keys", "rotate").output == "1 secrets are sealed with the newest key.\n"
        )


@pytest.mark.parametrize("command", [["orgs", "list"], ["keys", "rotate"], ["worker"]])
def test_before_the_schema_every_command_says_what_makes_it(
    config: Config, empty_database_url: str, command: list[str]
) -> None:
    database = Database(empty_database_url)
    app = create_app(replace(config, database_url=empty_database_url), database=database)
    assert "`flask --app wsgi upgrade` first" in refused(invoke(app, *command))
    database.dispose()


def test_a_schema_of_the_next_release_is_worked_with(app: Flask, database: Database) -> None:
    """The two overlap while a release goes out: a process of the old one may start again."""
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of_the_next'"))
    assert invoke(app, "orgs", "list").exit_code == 0


def test_a_database_that_is_none_is_said(app: Flask, config: Config, tmp_path: Path) -> None:
    file = tmp_path / "inlay.sqlite"
    file.write_text("this is no database, and long enough to be seen as none" * 9, encoding="utf-8")
    broken = Database(f"sqlite:///{file}")
    app = create_app(config, database=broken)
    assert "does not answer" in refused(invoke(app, "orgs", "list"))
    broken.dispose()


def flask(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`flask --app wsgi …` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *command],
        cwd=ROOT,
        env={"PATH": os.defpath, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "hint"),
    [
        ({}, "INLAY_SECRET_KEYS must hold"),
        ({"INLAY_SECRET_KEYS": "short"}, "32 characters"),
        ({"INLAY_SECRET_KEYS": "k" * 32, "INLAY_PAGES_URL": "http://localhost:8000"}, "same host"),
        ({"INLAY_SECRET_KEYS": "k" * 32, "INLAY_HOME": "/dev/null/inlay"}, "INLAY_HOME=/dev/null"),
    ],
)
def test_settings_that_stop_the_application_are_said(
    variables: Mapping[str, str], hint: str
) -> None:
    done = flask("upgrade", **variables)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_first_upgrade_makes_a_private_folder(tmp_path: Path) -> None:
    """X17: a new user names a folder that is not there yet."""
    home = tmp_path / "new" / "home"
    done = flask("upgrade", INLAY_SECRET_KEYS="k" * 32, INLAY_HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {file.name for file in home.glob("*.sqlite")} == {"inlay.sqlite", "jobs.sqlite"}
