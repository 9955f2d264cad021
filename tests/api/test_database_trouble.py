"""X4: what cannot be kept is said so, and the same batch is taken once when it can."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, func, select

from app.db import Database
from app.engagement.models import Event
from app.orgs.models import Org
from tests.api.conftest import Call

_BATCH = {
    "events": [
        {"id": f"call-{n}", "kind": "call", "occurred_at": "2026-11-20T09:30:00Z",
         "email": f"ada.{n}@example.com", "subject": "x" * 200}
        for n in range(200)
    ]
}  # fmt: skip


def _break(database: Database) -> Any:
    """SQLite: no page is left. PostgreSQL: nothing may be written. Gives what ends it."""

    def refuse(connection: Any, _record: Any) -> None:
        if database.dialect == "sqlite":
            connection.execute("PRAGMA max_page_count=1")
        else:
            connection.close()

    database.dispose()
    event.listen(database.engine, "connect", refuse)

    def mend() -> None:
        event.remove(database.engine, "connect", refuse)
        database.dispose()

    return mend


def test_a_database_that_takes_nothing_is_a_503_and_the_repeat_is_taken_once(
    call: Call, org: Org, database: Database
) -> None:
    """The sender is told when to come again; nothing of the first try was kept."""
    mend = _break(database)
    refused = call("POST", "/api/v1/events", json=_BATCH)
    mend()

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert refused.get_json()["reason"] == "database_trouble"

    taken = call("POST", "/api/v1/events", json=_BATCH)
    assert {result["status"] for result in taken.get_json()["results"]} == {"created"}
    with database.reading(org.id) as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 200
