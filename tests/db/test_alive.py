"""Connections are looked at before they are lent out: for nothing where they are well."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from app.db import Database, alive
from app.orgs.models import Org

_END_ALL = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.mark.data
def test_connections_that_the_server_ended_are_not_lent_out(database: Database, org: Org) -> None:
    """As after its restart: nobody notices; on SQLite nobody can end them."""
    with database.reader.connect() as one, database.reader.connect() as other:
        one.execute(text("SELECT 1"))
        other.execute(text("SELECT 1"))
    if database.dialect == "postgresql":
        with database.engine.connect() as last:
            last.execute(text(_END_ALL))
    for _ in range(2):
        with database.reading(org.id) as outer, database.reading(org.id) as inner:
            assert outer.scalar(select(Org.name)) == inner.scalar(select(Org.name)) == org.name


def test_what_the_other_side_says_unasked_is_seen_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        assert not alive._has_news(ours)
        theirs.close()
        assert alive._has_news(ours)


def test_one_that_was_idle_for_long_is_asked_and_replaced_if_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'file.sqlite'}")
    alive.watch(engine)
    with engine.connect() as connection:
        first = connection.connection.dbapi_connection
    assert first is not None
    monkeypatch.setattr(alive, "_TRUSTED_S", -1)
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is first
    first.close()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        assert connection.connection.dbapi_connection is not first
    engine.dispose()
