"""Fixtures of the application: settings, a migrated database, an org, the Flask app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.clock import utcnow
from app.config import Config, load
from app.db import Database
from app.keys import Keyring
from app.orgs import service
from app.orgs.models import Org, OrgState

SECRET_KEY = "test-secret-key-of-forty-characters-long"  # of tests alone
APP_URL = "http://localhost:8000"
PAGES_URL = "http://127.0.0.1:8000"
ORG_ID = "00D5e000000DEVOEA4"


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    """Settings as a small installation has them."""
    return load(
        {
            "INLAY_SECRET_KEYS": SECRET_KEY,
            "INLAY_HOME": str(tmp_path / "home"),
            "INLAY_DATABASE_URL": database_url,
            "INLAY_APP_URL": APP_URL,
            "INLAY_PAGES_URL": PAGES_URL,
        }
    )


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with the schema that the migrations make."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def keyring(config: Config) -> Keyring:
    """The keys of the test settings."""
    return Keyring(config.secret_keys)


@pytest.fixture
def app(config: Config, database: Database) -> Flask:
    """The whole application on the test's database."""
    return create_app(config, database=database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that asks the app's own host."""
    app.config["SERVER_NAME"] = None
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = "localhost:8000"
    return client


@pytest.fixture
def one_minute() -> Iterator[None]:
    """The clock stands: no minute begins between requests that are counted by the minute."""
    with time_machine.travel(utcnow(), tick=False):
        yield


@pytest.fixture
def org(database: Database) -> Org:
    """An active org."""
    return make_org(database, ORG_ID, "Devorg")


def make_org(
    database: Database, salesforce_id: str, name: str, state: OrgState = OrgState.ACTIVE
) -> Org:
    """Another org, in a transaction of its own."""
    with database.system_writing() as session:
        return service.create(session, salesforce_id, name, state=state)
