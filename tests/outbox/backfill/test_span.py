"""How the next events of a back-fill are found."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from app.clock import utcnow
from app.db import Database, schema
from app.engagement.models import Event
from app.ids import new_id
from app.outbox.backfill import span
from app.outbox.backfill.span import Place, Span


def test_a_chunk_is_found_in_the_timelines_index_and_sorted_by_it(tmp_path: Path) -> None:
    """So the last chunk of a long history costs what the first one does."""
    database = Database(f"sqlite:///{tmp_path / 'plan.sqlite'}")
    schema.upgrade(database)
    what = span.wanted(Span(["call"], None, utcnow()))
    after = span.after(Place(new_id(), utcnow(), 1))
    statement = (
        select(Event.id)
        .where(Event.org_id == new_id(), what, *after)
        .order_by(Event.person_id, Event.occurred_at, Event.seq)
        .limit(500)
    )
    options = {"render_postcompile": True, "literal_binds": True}
    compiled = statement.compile(dialect=database.engine.dialect, compile_kwargs=options)
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    database.dispose()

    steps = [str(row[3]) for row in plan]
    assert steps[0].startswith(
        "SEARCH event USING INDEX ix_event_timeline (org_id=? AND (person_id"
    )
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]
