"""After an answer that never came: which of the rows exist in the org, and only the rest is sent.

Deleted and archived activities count as existing: what somebody removed is not written again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.clock import utcnow
from app.outbox.composing.payload import OrgForm
from app.outbox.composing.words import references_in
from app.outbox.models import ActivityObject
from app.outbox.turns.batch import Unit
from app.outbox.turns.sending import FEATURE, Answers, Delivered
from app.salesforce.client import Client
from app.salesforce.soql import soql

#: Keys of one query: its text may have 100,000 characters.
_CHUNK = 1000
#: The clocks of Salesforce and ours may differ so much.
_CLOCKS = timedelta(minutes=5)

_BY_KEY = "SELECT Id, {key:literal} FROM {sobject:literal} WHERE {key:literal} IN {keys}"
_BY_RECORD = (
    "SELECT Id, WhoId, WhatId, Description, {date:literal} FROM {sobject:literal} "
    "WHERE CreatedDate >= {since} AND {owner:literal} IN {records}"
)


@dataclass(frozen=True, slots=True)
class Undecidable:
    """A query cannot tell whether the row exists; a person must look."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What is settled, what nobody can decide, and what is missing and may be sent."""

    settled: Answers
    undecidable: Sequence[Unit]
    missing: Sequence[Unit]


def reconcile(client: Client, form: OrgForm, units: Sequence[Unit]) -> Reconciled:
    """Ask the org what became of rows that were sent once and are unsure.

    Raises:
        SalesforceError: The question was not answered; the rows stay unsure.
    """
    if form.key_field is None:
        return _by_reference(client, units)
    existing: dict[str, str] = {}
    for sobject, same in _by_object(units).items():
        for start in range(0, len(same), _CHUNK):
            keys = [unit.key for unit in same[start : start + _CHUNK]]
            existing |= _existing(client, form.key_field, sobject, keys)
    settled: Answers = [(u, Delivered(existing[u.key])) for u in units if u.key in existing]
    return Reconciled(settled, (), [unit for unit in units if unit.key not in existing])


def _existing(
    client: Client, key_field: str, sobject: ActivityObject, keys: Sequence[str]
) -> dict[str, str]:
    query = soql(_BY_KEY, key=key_field, sobject=sobject.value, keys=list(keys))
    rows = client.query(query, feature=FEATURE, include_deleted=True)
    return {str(row[key_field]): str(row["Id"]) for row in rows}


def _by_reference(client: Client, units: Sequence[Unit]) -> Reconciled:
    """Without the key field: by the reference in the description.

    Where automation has removed it, an activity on the same records and day stands in doubt, and
    then nobody can tell.
    """
    existing: dict[str, str] = {}
    doubtful: set[tuple[Any, ...]] = set()
    for sobject, same in _by_object(units).items():
        for row in _written_since(client, sobject, same):
            references = references_in(row.get("Description") or "")
            existing |= dict.fromkeys(references, str(row["Id"]))
            if not references:
                doubtful.add(_looks(sobject, row))
    settled: Answers = [(u, Delivered(existing[u.key])) for u in units if u.key in existing]
    open_ = [unit for unit in units if unit.key not in existing]
    undecidable = [u for u in open_ if _looks(u.sobject, u.payload["fields"]) in doubtful]
    parked = {unit.seq for unit in undecidable}
    return Reconciled(settled, undecidable, [unit for unit in open_ if unit.seq not in parked])


def _written_since(
    client: Client, sobject: ActivityObject, units: Sequence[Unit]
) -> list[Mapping[str, Any]]:
    """Activities on the same records since the first of these sends."""
    since = min(unit.sent_before or utcnow() for unit in units) - _CLOCKS
    found: dict[str, Mapping[str, Any]] = {}
    for owner in ("WhoId", "WhatId"):
        fields = [unit.payload["fields"] for unit in units]
        records = sorted({f[owner] for f in fields if owner in f and _owner(f) == owner})
        if records:
            query = soql(
                _BY_RECORD,
                date=_date_field(sobject),
                sobject=sobject.value,
                since=since,
                owner=owner,
                records=records,
            )
            rows = client.query(query, feature=FEATURE, include_deleted=True)
            found |= {str(row["Id"]): row for row in rows}
    return list(found.values())


def _owner(fields: Mapping[str, Any]) -> str:
    return "WhoId" if "WhoId" in fields else "WhatId"


def _looks(sobject: ActivityObject, fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """Without the subject, which automation may have rewritten."""
    when = str(fields.get(_date_field(sobject)) or "")[:16]
    return fields.get("WhoId"), fields.get("WhatId"), when


def _date_field(sobject: ActivityObject) -> str:
    return "ActivityDate" if sobject is ActivityObject.TASK else "StartDateTime"


def _by_object(units: Sequence[Unit]) -> Mapping[ActivityObject, list[Unit]]:
    found: dict[ActivityObject, list[Unit]] = defaultdict(list)
    for unit in units:
        found[unit.sobject].append(unit)
    return found
