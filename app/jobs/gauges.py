"""What ``/metrics`` reads from the database, so that all processes agree."""

from __future__ import annotations

from app.db import Database
from app.outbox.queries import depth
from app.web.metrics import Gauge


def outbox_rows(database: Database) -> Gauge:
    """Activities of all orgs that are not settled, by state."""
    with database.system_reading() as session:
        rows = [([state.value], float(count)) for state, count in depth(session).items()]
    return "inlay_outbox_rows", "Activities that are not settled, by state.", ["state"], rows
