"""Systems whose SQLite is older than a library expects."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from app.db import old_sqlite


@pytest.fixture
def taught() -> Iterator[Engine]:
    """An engine made where SQLite is 3.40."""
    knew = event.contains(Engine, "connect", old_sqlite._teach)
    old_sqlite.teach_subseconds((3, 40, 1))
    engine = create_engine("sqlite://")
    yield engine
    engine.dispose()
    if not knew:
        event.remove(Engine, "connect", old_sqlite._teach)


def test_an_old_sqlite_learns_subseconds_also_for_defaults(taught: Engine) -> None:
    """X17: the durable schedules work on any system that Inlay names."""
    old_sqlite.teach_subseconds((3, 40, 1))  # twice is once
    with taught.begin() as connection:
        connection.execute(
            text("CREATE TABLE t (n, at INTEGER DEFAULT (unixepoch('subsec')*1000))")
        )
        connection.execute(text("INSERT INTO t (n) VALUES (1)"))
        at = connection.execute(text("SELECT at FROM t")).scalar_one()
    assert abs(at / 1000 - time.time()) < 5


def test_what_it_does_not_know_it_refuses(taught: Engine) -> None:
    with taught.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT unixepoch('1970-01-01')"))


def test_a_new_sqlite_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setattr(event, "listen", lambda *given: heard.append(given))
    old_sqlite.teach_subseconds((3, 42, 0))
    assert heard == []
