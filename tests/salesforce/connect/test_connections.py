"""The connection of an org: sealed, replaced, lost, and heard of by open widgets."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import connections
from app.salesforce.connect.connections import Condition
from app.salesforce.errors import ForeignHost
from app.salesforce.models import Connection, ConnectionState, OrgProfile

URL = "https://acme.my.salesforce.com"


def _connect(database: Database, keyring: Keyring, org: Org, client_id: str = "app") -> Connection:
    with database.writing(org.id) as session:
        return connections.connect(
            session, keyring, instance_url=URL, client_id=client_id, client_secret="hush"
        )


def _version(database: Database, org: Org) -> int:
    with database.reading(org.id) as session:
        return session.scalars(select(Org.version)).one()


def test_the_secret_is_sealed(database: Database, keyring: Keyring, org: Org) -> None:
    connection = _connect(database, keyring, org)
    assert "hush" not in connection.sealed_client_secret
    assert keyring.open(connection.sealed_client_secret) == "hush"


def test_a_new_connection_replaces_the_old_and_forgets_what_it_saw(
    database: Database, keyring: Keyring, org: Org
) -> None:
    _connect(database, keyring, org)
    with database.writing(org.id) as session:
        session.add(OrgProfile(facts={}, read_at=utcnow()))
    _connect(database, keyring, org, "other app")
    with database.reading(org.id) as session:
        assert [each.client_id for each in session.scalars(select(Connection))] == ["other app"]
        assert session.scalar(select(OrgProfile)) is None


def test_a_lost_connection_says_why_and_open_widgets_hear_of_it(
    database: Database, keyring: Keyring, org: Org
) -> None:
    connection = _connect(database, keyring, org)
    before = _version(database, org)
    with database.writing(org.id) as session:
        connections.mark_lost(session, connection, "invalid_client")
        found = connections.status(session)
    assert found is not None
    assert (found.state, found.reason) == (ConnectionState.RECONNECT_NEEDED, "invalid_client")
    assert found.condition is Condition.RECONNECT_NEEDED
    assert found.since is not None
    assert not found.is_connected
    assert _version(database, org) == before + 1


def test_the_end_of_an_old_connection_does_not_touch_the_new_one(
    database: Database, keyring: Keyring, org: Org
) -> None:
    old = _connect(database, keyring, org)
    _connect(database, keyring, org)
    with database.writing(org.id) as session:
        connections.mark_lost(session, old, "invalid_client")
        found = connections.status(session)
    assert found is not None
    assert found.is_connected


def test_an_org_without_a_connection_has_no_status(database: Database, org: Org) -> None:
    with database.reading(org.id) as session:
        assert connections.status(session) is None


def test_a_foreign_address_is_not_kept(database: Database, keyring: Keyring, org: Org) -> None:
    with database.writing(org.id) as session, pytest.raises(ForeignHost):
        connections.connect(
            session,
            keyring,
            instance_url="https://evil.example.com",
            client_id="a",
            client_secret="b",
        )
