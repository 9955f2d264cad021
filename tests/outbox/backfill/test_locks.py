"""Rows are locked in one order everywhere, so that a late worker and its heir never deadlock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from app.db import Database
from app.outbox.backfill.models import BackfillState
from tests.outbox.backfill.history import History

_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM) (backfill(?:_load)?)\b")


@contextmanager
def transactions(database: Database) -> Iterator[list[list[str]]]:
    """Of each transaction, which of the back-fill's tables it wrote, in order."""
    done: list[list[str]] = []
    under_way: dict[int, list[str]] = {}

    def write(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if found := _WRITES.match(statement):
            under_way.setdefault(id(connection), []).append(found[1])

    def end(connection: Any) -> None:
        done.append(under_way.pop(id(connection), []))

    listened = (("before_cursor_execute", write), ("commit", end), ("rollback", end))
    for name, listener in listened:
        event.listen(database.engine, name, listener)
    yield done
    for name, listener in listened:
        event.remove(database.engine, name, listener)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
def test_whoever_changes_a_load_holds_its_back_fill_first(history: History) -> None:
    """X4: while jobs are made, sent, followed and settled."""
    history.record(history.world.contacts(), 60)
    history.start()
    with transactions(history.world.database) as seen:
        for _ in range(100):
            if history.backfill().state is BackfillState.DONE:
                break
            history.hurry()
            history.step()
            history.world.drain()
    assert history.backfill().state is BackfillState.DONE
    of_loads = [tables for tables in seen if "backfill_load" in tables]
    assert len(of_loads) > 10
    assert [tables for tables in of_loads if tables[0] != "backfill"] == []
