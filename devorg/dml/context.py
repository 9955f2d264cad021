"""What the platform's rules may look at."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from devorg.dml.references import References


@dataclass(frozen=True, slots=True)
class Context:
    """One batch: the records it points at, the org's closed statuses, and when it is."""

    references: References
    closed_statuses: frozenset[str]
    now: str


def context(connection: sqlite3.Connection, references: References, now: str) -> Context:
    """The context of one batch; which status is closed is the org's own choice."""
    query = "SELECT ApiName FROM TaskStatus WHERE IsClosed = 1 AND IsDeleted = 0"
    closed = frozenset(row[0] for row in connection.execute(query))
    return Context(references, closed, now)
