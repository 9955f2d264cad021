"""One counted call per up to 1,000 rows, upserted or updated: what became of each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.outbox.turns import outcomes
from app.outbox.turns.outcomes import Course, Verdict
from app.outbox.turns.pace import COLLECTION_SIZE, COLLECTIONS_PER_CALL
from app.salesforce.client import Client
from app.salesforce.composite import Subrequest, SubResponse, data_url
from app.salesforce.errors import RequestRefused, SalesforceDown, SalesforceError
from app.salesforce.refusals import Refusal, read_refusals

Row = Mapping[str, Any]
#: Makes one part of a call from its reference and up to 200 rows.
Build = Callable[[str, Sequence[Row]], Subrequest]
#: Not one row's fault: every row of the org would be refused alike.
ORG_WIDE = frozenset({outcomes.FIELD_MISSING, "right_missing"})
#: A record that the row points to is not shared with the integration user.
HIDDEN_TARGET = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
_SEVERAL = 3


@dataclass(frozen=True, slots=True)
class Saved:
    """The row stands in Salesforce."""

    salesforce_id: str | None
    created: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Salesforce refused the row, and what that means."""

    refusal: Refusal
    verdict: Verdict

    @property
    def message(self) -> str:
        """In words, with Salesforce's own behind them."""
        return f"{self.verdict.words} {self.refusal.text}".strip()[:2000]

    @property
    def is_org_wide(self) -> bool:
        """Whether it is about the org rather than the row, or a record that the row points to."""
        if self.refusal.code == HIDDEN_TARGET:
            return False
        return self.verdict.reason in ORG_WIDE or self.verdict.course is Course.WAIT


Result = Saved | Refused


@dataclass(slots=True)
class Outcome:
    """What became of rows, by their place; with ``error`` the others were not answered."""

    results: dict[int, Result] = field(default_factory=dict)
    error: SalesforceError | None = None


def upsert(sobject: str, key_field: str) -> Build:
    """Rows found by an external id, or made."""
    return lambda reference, rows: Subrequest.upsert(reference, sobject, key_field, rows)


def update(reference: str, rows: Sequence[Row]) -> Subrequest:
    """Rows that carry ``attributes`` and ``id``."""
    body = {"allOrNone": False, "records": [dict(row) for row in rows]}
    return Subrequest("PATCH", data_url("composite/sobjects"), reference, body)


def save(client: Client, build: Build, rows: Sequence[Row], *, feature: str) -> Outcome:
    """Send the rows; a collection that is refused as a whole is halved until the bad row is alone.

    Whatever Salesforce does ends in the outcome.
    """
    outcome = Outcome()
    places = list(range(len(rows)))
    pieces = [places[at : at + COLLECTION_SIZE] for at in range(0, len(places), COLLECTION_SIZE)]
    while pieces:
        call, pieces = pieces[:COLLECTIONS_PER_CALL], pieces[COLLECTIONS_PER_CALL:]
        parts = [build(f"part{n}", [rows[at] for at in piece]) for n, piece in enumerate(call)]
        try:
            for piece, response in zip(call, client.composite(parts, feature=feature), strict=True):
                pieces += _read(outcome, piece, response)
        except SalesforceError as error:
            outcome.error = error
            return outcome
    return outcome


def _read(outcome: Outcome, piece: list[int], response: SubResponse) -> list[list[int]]:
    """Take the results of one collection; what is to be sent again in smaller ones.

    Raises:
        SalesforceError: This part was not answered, and neither would others be.
    """
    error = response.error()
    if error is None:
        body = response.body
        if not isinstance(body, list) or len(body) != len(piece):
            raise SalesforceDown(code="UNREADABLE_ANSWER", is_ambiguous=True)
        outcome.results |= {at: _result(row) for at, row in zip(piece, body, strict=True)}
        return []
    if not isinstance(error, RequestRefused):
        raise error
    refused = _refused(Refusal(error.code, error.detail, error.fields))
    if len(piece) > 1 and not refused.is_org_wide:
        middle = len(piece) // 2
        return [piece[:middle], piece[middle:]]
    outcome.results |= dict.fromkeys(piece, refused)
    return []


def _result(row: Any) -> Result:
    if isinstance(row, dict) and row.get("success") is True:
        return Saved(row.get("id"), bool(row.get("created")))
    refusals = read_refusals(row.get("errors") if isinstance(row, dict) else row)
    return _refused(refusals[0] if refusals else Refusal("", str(row)[:1000]))


def _refused(refusal: Refusal) -> Refused:
    return Refused(refusal, outcomes.judge(refusal))


def org_refusal(outcome: Outcome) -> Refused | None:
    """What the org as a whole refuses, when that is what the results say.

    A limit always does; a missing right or field when every row of several met it, for one row may
    be hidden or locked away for itself.
    """
    refused = [result for result in outcome.results.values() if isinstance(result, Refused)]
    waits = next((each for each in refused if each.verdict.course is Course.WAIT), None)
    if waits is not None:
        return waits
    reasons = {each.verdict.reason for each in refused}
    is_alike = len(refused) == len(outcome.results) >= _SEVERAL and len(reasons) == 1
    return refused[0] if is_alike and refused[0].is_org_wide else None
