"""The log as CSV, written as it is read, so that a long one needs no memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from app.console.csv_cells import harmless
from app.db import Database
from app.outbox import log
from app.outbox.log import Asked, Line

_COLUMNS = (
    "created", "occurred", "kind", "subject", "person", "email", "state", "reason", "code",
    "message", "attempts", "object", "salesforce_id", "settled", "settled_by",
)  # fmt: skip
_CHUNK = 1000
#: A file of more lines is of little use; the filter makes it shorter.
MOST_LINES = 100_000


def rows(database: Database, org_id: UUID, asked: Asked) -> Iterator[str]:
    """The file's text, in pieces; each piece is a transaction of its own."""
    yield _text([_COLUMNS])
    for _ in range(MOST_LINES // _CHUNK):
        with database.reading(org_id) as session:
            found = log.lines(session, asked, limit=_CHUNK)
        if not found:
            return
        yield _text([_cells(each) for each in found])
        asked = replace(asked, before=log.place_of(found[-1]))


def _cells(line: Line) -> tuple[object, ...]:
    told = (
        line.created_at.isoformat(), line.occurred_at.isoformat(), line.kind, line.subject,
        line.person, line.email or "", line.state.value, line.error_reason, line.error_code,
        line.error_message, line.attempts, line.sobject or "", line.salesforce_id or "",
        line.settled_at.isoformat() if line.settled_at else "", line.settled_by,
    )  # fmt: skip
    return tuple(harmless(cell) for cell in told)


def _text(lines: list[tuple[object, ...]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue()
