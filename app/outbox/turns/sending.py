"""One counted call per up to 1,000 activities: a composite of collections, and what it answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from app.outbox.composing.payload import OrgForm, wire
from app.outbox.composing.words import with_reference
from app.outbox.turns.batch import Unit
from app.outbox.turns.pace import COLLECTION_SIZE, COLLECTIONS_PER_CALL
from app.salesforce.client import Client
from app.salesforce.composite import Subrequest, SubResponse, data_url
from app.salesforce.errors import RequestRefused, SalesforceDown, SalesforceError
from app.salesforce.refusals import Refusal, read_refusals

#: What the calls are booked to.
FEATURE = "delivery"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The activity exists."""

    salesforce_id: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Salesforce refused this row, or with ``together`` above 1 a collection of so many rows."""

    refusal: Refusal
    together: int = 1


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The call, or this part of it, gave no results; the error says whether it may have worked."""

    error: SalesforceError
    together: int = 1


@dataclass(frozen=True, slots=True)
class NotSent:
    """An earlier call of the same round failed."""


Answer = Delivered | Refused | Unanswered | NotSent
Answers = list[tuple[Unit, Answer]]


#: Rows in their form for the wire, by ``Unit.seq``.
Written = Mapping[int, msgspec.Raw]


def write(form: OrgForm, units: Sequence[Unit]) -> Written:
    """The rows as they will be sent."""
    encode = msgspec.json.Encoder().encode
    return {unit.seq: msgspec.Raw(encode(_row(form, unit))) for unit in units}


def send(client: Client, form: OrgForm, units: Sequence[Unit], written: Written) -> Answers:
    """Send the units in order; after a call without an answer the rest is not sent."""
    answers: Answers = []
    collections = list(_collections(units))
    for start in range(0, len(collections), COLLECTIONS_PER_CALL):
        call = collections[start : start + COLLECTIONS_PER_CALL]
        try:
            answers += _call(client, form, call, written)
        except SalesforceError as error:
            answers += _failed(call, error)
            rest = collections[start + COLLECTIONS_PER_CALL :]
            return answers + [(unit, NotSent()) for part in rest for unit in part]
    return answers


def _collections(units: Sequence[Unit]) -> Iterator[Sequence[Unit]]:
    """Up to 200 rows of one object each, in order."""
    for _, group in groupby(units, key=lambda unit: unit.sobject):
        same = list(group)
        for start in range(0, len(same), COLLECTION_SIZE):
            yield same[start : start + COLLECTION_SIZE]


def _call(
    client: Client, form: OrgForm, collections: Sequence[Sequence[Unit]], written: Written
) -> Answers:
    parts = [_part(form, f"part{n}", units, written) for n, units in enumerate(collections)]
    responses = client.composite(parts, feature=FEATURE)
    answers: Answers = []
    for units, response in zip(collections, responses, strict=True):
        answers += _read(units, response)
    return answers


def _part(form: OrgForm, reference: str, units: Sequence[Unit], written: Written) -> Subrequest:
    sobject = units[0].sobject.value
    rows = [written[unit.seq] for unit in units]
    if form.key_field is not None:
        return Subrequest.upsert(reference, sobject, form.key_field, rows)
    body = {"allOrNone": False, "records": rows}
    return Subrequest("POST", data_url("composite/sobjects"), reference, body)


def _row(form: OrgForm, unit: Unit) -> dict[str, Any]:
    """The row as it is sent; where the key field went after freezing, the reference takes over."""
    row = wire(form, unit.payload, unit.key)
    if not form.has_key_field:
        row["Description"] = with_reference(str(row.get("Description") or ""), unit.key)
    return {"attributes": {"type": unit.sobject.value}, **row}


def _read(units: Sequence[Unit], response: SubResponse) -> Answers:
    error = response.error()
    if error is not None:
        return _failed([units], error)
    if not isinstance(response.body, list) or len(response.body) != len(units):
        unreadable = SalesforceDown(code="UNREADABLE_ANSWER", is_ambiguous=True)
        return _failed([units], unreadable)
    return [(unit, _result(row)) for unit, row in zip(units, response.body, strict=True)]


def _result(row: Any) -> Answer:
    if isinstance(row, dict) and row.get("success") is True:
        return Delivered(row.get("id"))
    errors = row.get("errors") if isinstance(row, dict) else row
    refusals = read_refusals(errors)
    return Refused(refusals[0] if refusals else Refusal("", str(errors)[:1000]))


def _failed(collections: Sequence[Sequence[Unit]], error: SalesforceError) -> Answers:
    """What the error of a whole call or collection means for each of its rows."""
    together = sum(map(len, collections))
    answer: Answer = Unanswered(error, together)
    if isinstance(error, RequestRefused):
        answer = Refused(Refusal(error.code, error.detail, error.fields), together)
    return [(unit, answer) for units in collections for unit in units]
