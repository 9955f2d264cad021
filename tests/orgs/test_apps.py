"""Canvas apps: whose secret vouches for whom, and that a slip of the operator does not widen it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.db import Database
from app.errors import ConfigError
from app.keys import Keyring
from app.orgs import apps
from app.orgs.errors import NotAdmittedError
from app.orgs.models import Org
from tests.support.application import ORG_ID, make_org


@pytest.fixture
def other(database: Database) -> Org:
    return make_org(database, "00D5e000000OTHEAA2", "Other")


def put(database: Database, keyring: Keyring, key: str, secret: str, **named: Any) -> None:
    with database.system_writing() as session:
        apps.put(session, keyring, key, (secret * 40,), **named)


def kept(database: Database, keyring: Keyring, key: str) -> tuple[Any, ...]:
    with database.system_reading() as session:
        app = apps.find(session, key)
        return app.org_id, apps.secrets_of(app, keyring), app.developer_name, app.namespace


def test_another_customers_secret_is_not_put_into_an_app(
    database: Database, keyring: Keyring, org: Org, other: Org
) -> None:
    """X1: theirs would sign for the org that the app is bound to."""
    put(database, keyring, "acme", "a", org=org)
    with pytest.raises(ConfigError, match="another org"):
        put(database, keyring, "acme", "b", org=other)
    assert kept(database, keyring, "acme")[:2] == (org.id, ("a" * 40,))


def test_a_customers_app_is_bound_to_an_org(database: Database, keyring: Keyring) -> None:
    """X1: without one its secret would vouch for every org there is."""
    with pytest.raises(ConfigError, match="one org"):
        put(database, keyring, "acme", "a")


def test_the_packaged_app_is_bound_to_none(database: Database, keyring: Keyring, org: Org) -> None:
    """X1."""
    with pytest.raises(ConfigError, match="all orgs"):
        put(database, keyring, apps.PACKAGED, "a", org=org)


def test_rotating_a_secret_forgets_neither_org_nor_names(
    database: Database, keyring: Keyring, org: Org
) -> None:
    """X1: the request's application is still compared afterwards."""
    put(database, keyring, "acme", "a", org=org, developer_name="Inlay", namespace="ns")
    put(database, keyring, "acme", "b")
    assert kept(database, keyring, "acme") == (org.id, ("b" * 40,), "Inlay", "ns")


def test_a_name_set_by_mistake_is_forgotten(database: Database, keyring: Keyring, org: Org) -> None:
    """X1: a wrong one shuts every rep out."""
    put(database, keyring, "acme", "a", org=org, developer_name="Wrong", namespace="ns")
    put(database, keyring, "acme", "a", developer_name=apps.ANY)
    assert kept(database, keyring, "acme") == (org.id, ("a" * 40,), "", "ns")


@pytest.mark.parametrize("key", ["", "a b", "a/b", "x" * 65, "a\x00", "ä"])
def test_a_path_that_is_no_key_is_unknown_and_cannot_be_made(
    database: Database, keyring: Keyring, org: Org, key: str
) -> None:
    """X1: PostgreSQL takes no U+0000, so that anybody could make the application fail."""
    with pytest.raises(NotAdmittedError), database.system_reading() as session:
        apps.find(session, key)
    with pytest.raises(ConfigError, match="letters"):
        put(database, keyring, key, "a", org=org)


def test_the_command_says_what_is_wrong(app: Flask, org: Org) -> None:
    """X1."""
    command = ["orgs", "canvas-app", "--key", "acme"]
    runner = app.test_cli_runner(env={"INLAY_CANVAS_SECRET": "s" * 40})
    refused = runner.invoke(args=command)
    assert refused.exit_code == 1
    assert "one org" in refused.output
    assert runner.invoke(args=[*command, "--org", ORG_ID]).exit_code == 0
