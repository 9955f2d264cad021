"""What may be asked of UserRecordAccess: one user, and at most 200 records, by their ids."""

from __future__ import annotations

from collections.abc import Iterator

from devorg.soql.nodes import Among, Both, Compare, Condition, Path, Query
from devorg.soql.refusals import refusal

MOST_RECORDS = 200


def check(query: Query, text: str) -> None:
    """Refuse a query that would go over all users or records. Raises ApiError."""
    asked = dict(_equal(query.where)) if query.where is not None else {}
    if asked.get("userid") == 1 and 0 < asked.get("recordid", 0) <= MOST_RECORDS:
        return
    message = (
        f"UserRecordAccess needs a filter by one UserId and by RecordId, of {MOST_RECORDS}"
        " records at most"
    )
    raise refusal(text, *query.sobject_at, "MALFORMED_QUERY", message)


def _equal(condition: Condition) -> Iterator[tuple[str, int]]:
    """The fields that the query pins to values, and to how many."""
    match condition:
        case Both("AND", parts):
            for part in parts:
                yield from _equal(part)
        case Compare(Path(names), "=", _):
            yield names[-1].lower(), 1
        case Among(Path(names), values, False):
            yield names[-1].lower(), len(values)
