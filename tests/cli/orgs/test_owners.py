"""What an operator says of owners and kinds: ``orgs owners …``, ``orgs kind`` (L5, L14, N12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.db import Database
from app.orgs.models import Org
from app.salesforce.gateway import EXTENSION
from devorg import DevorgConfig
from devorg.server import running
from devorg.users import USERS
from tests.cli.test_mistakes import invoke, refused
from tests.support.application import ORG_ID

REP, ADMIN = USERS[0], USERS[1]


def owners(app: Flask, command: str, *rest: str) -> str:
    done = invoke(app, "orgs", "owners", command, ORG_ID, *rest)
    assert done.exit_code == 0, done.output
    return done.output


def test_owners_are_mapped_listed_and_forgotten(app: Flask, org: Org) -> None:
    """N12: and the owner of the rest is named."""
    assert "the integration user" in owners(app, "list")
    owners(app, "map", "Ada@Vendor.example", REP.id[:15])
    owners(app, "default", ADMIN.id)
    listed = owners(app, "list")
    assert listed.split()[:2] == ["ada@vendor.example", REP.id]
    assert f"All others: {ADMIN.id}." in listed
    assert "no longer" in owners(app, "unmap", "ada@vendor.example")
    assert "not mapped" in owners(app, "unmap", "ada@vendor.example")
    assert "the integration user" in owners(app, "default", "none")


def test_an_owner_who_is_no_user_is_refused(app: Flask, org: Org) -> None:
    done = invoke(app, "orgs", "owners", "map", ORG_ID, "ada@vendor.example", ORG_ID)
    assert "begins with 005" in refused(done)


@pytest.fixture
def beside(config: Config, database: Database, org: Org) -> Iterator[Flask]:
    """The application, connected to an org in a box."""
    with running(DevorgConfig(org_id=ORG_ID)) as served:
        made = replace(config, salesforce_extra_origins=(served.url,))
        app = create_app(made, database=database)
        command = ["orgs", "connect", ORG_ID, "--instance-url", served.url]
        secret = "devorg-client-secret"
        done = invoke(app, *command, "--client-id", "devorg-client", INLAY_CLIENT_SECRET=secret)
        assert done.exit_code == 0, done.output
        yield app
        app.extensions[EXTENSION].close()


def test_users_of_the_org_are_read_to_suggest_from(beside: Flask) -> None:
    """L14."""
    said = owners(beside, "suggest", "--accept")
    assert f"{len(USERS)} active users." in said
    assert "0 are mapped now." in said


def test_a_kind_tells_what_becomes_of_it(app: Flask, org: Org) -> None:
    """L5: and what it is written as."""

    def kind(*words: str) -> str:
        done = invoke(app, "orgs", "kind", ORG_ID, *words)
        assert done.exit_code == 0, done.output
        return done.output.strip()

    assert kind("email_clicked") == "email_clicked is first, written as Task."
    assert kind("meeting", "--as", "Event") == "meeting is each, written as Event."
    assert kind("email_opened", "digest") == "email_opened is digest, written as Task."
    assert kind("digest", "--as", "Event") == "Digests are written as Event."
    assert "email_opened" in refused(invoke(app, "orgs", "kind", ORG_ID, "digest", "each"))
