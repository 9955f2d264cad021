"""Creating, updating, upserting and deleting rows in batches, each row with its own outcome.

A batch behaves as if its rows were written one by one, but reads and writes in a few statements.
The caller holds the write transaction, so nothing can come between the checks and the writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from devorg import ids, moments, rows
from devorg.dml import rules
from devorg.dml.drafts import Draft, Drafter
from devorg.dml.references import References
from devorg.dml.unique import Uniques
from devorg.dml.upsert import UpsertPlan
from devorg.errors import RowError
from devorg.faults import RowFaults
from devorg.rest.call import Call
from devorg.rows import Record
from devorg.schema import Field, SObject

Payload = Mapping[str, Any]


@dataclass(slots=True)
class Outcome:
    """What became of one row. `created` is told for upserts only."""

    id: str | None = None
    created: bool | None = None
    errors: list[RowError] = field(default_factory=list)

    @property
    def success(self) -> bool:
        """True if the row was written."""
        return not self.errors


class Writer:
    """Writes rows of one object for one call."""

    def __init__(self, call: Call, sobject: SObject, faults: RowFaults) -> None:
        self._call = call
        self._sobject = sobject
        self._faults = faults
        self._connection = call.connection
        self._now = moments.write(call.org.clock.now())
        self._references = References(call.connection, call.names.schema, call.user.id)
        self._context = rules.context(call.connection, self._references, self._now)

    def create(self, payloads: Sequence[Payload], *, skip: str = "") -> list[Outcome]:
        """New rows. `skip` is the API name of a key that the caller writes itself."""
        drafter = self._drafter(creating=True)
        drafts = [self._draft(drafter, each, skip) for each in payloads]
        defaults = drafter.defaults(self._call.user.id)
        self._load(drafts)
        uniques = Uniques(self._connection, self._call.names, self._sobject, drafts)
        outcomes: list[Outcome] = []
        accepted: list[Record] = []
        numbers = iter(self._ids(drafts))
        for draft in drafts:
            outcome = Outcome()
            outcomes.append(outcome)
            try:
                record = self._new(draft, defaults)
                uniques.check(record, None)
            except RowError as error:
                outcome.errors.append(error)
                continue
            outcome.id = record["Id"] = next(numbers)
            uniques.add(record)
            accepted.append(record)
        rows.insert(self._connection, self._sobject, accepted)
        return outcomes

    def update(self, payloads: Sequence[tuple[str, Payload]], *, skip: str = "") -> list[Outcome]:
        """Change rows given as (id, fields); ids in 18-character form or not ids at all."""
        drafter = self._drafter(creating=False)
        drafts = [self._draft(drafter, payload, skip) for _, payload in payloads]
        self._load(drafts)
        targets = [ids.to_18(key) or key for key, _ in payloads]
        current = {
            each["Id"]: each
            for each in rows.by_values(self._connection, self._sobject, "Id", targets)
        }
        self._references.load(
            each[name]
            for each in current.values()
            for name in ("WhoId", "WhatId")
            if each.get(name)
        )
        uniques = Uniques(self._connection, self._call.names, self._sobject, drafts)
        outcomes: list[Outcome] = []
        for record_id, draft in zip(targets, drafts, strict=True):
            outcome = Outcome(id=record_id)
            outcomes.append(outcome)
            try:
                record = self._changed(current.get(record_id), draft)
                uniques.check(record, record_id)
            except RowError as error:
                outcome.errors.append(error)
                continue
            uniques.add(record)
            current[record_id] = record
            rows.update(self._connection, self._sobject, record_id, record)
        return outcomes

    def upsert(self, key: Field, payloads: Sequence[Payload]) -> list[Outcome]:
        """New rows where no live row has the key's value, changes where one has.

        The first row with a value wins; a further one in the same batch is refused.
        """
        api_name = self._call.names.api(key.name)
        plan = UpsertPlan(self._connection, self._sobject, key, api_name, payloads)
        # A new row gets its own id; a changed one has the key's value already.
        created = self.create(
            [payloads[at] for at in plan.new], skip=api_name if key.name == "Id" else ""
        )
        pairs = [(record_id, payloads[at]) for at, record_id in plan.old]
        changed = self.update(pairs, skip=api_name)
        outcomes = [
            Outcome(errors=[plan.refused[at]] if at in plan.refused else [])
            for at in range(len(payloads))
        ]
        for at, outcome in zip(plan.new, created, strict=True):
            outcome.created = True
            outcomes[at] = outcome
        for (at, _), outcome in zip(plan.old, changed, strict=True):
            outcome.created = False
            outcomes[at] = outcome
        return outcomes

    def delete(self, record_ids: Sequence[str]) -> list[Outcome]:
        """Put rows into the recycle bin."""
        current = {
            each["Id"]: each
            for each in rows.by_values(self._connection, self._sobject, "Id", record_ids)
        }
        outcomes = []
        for record_id in record_ids:
            outcome = Outcome(id=record_id)
            outcomes.append(outcome)
            try:
                record = self._changed(current.get(record_id), Draft({}))
            except RowError as error:
                outcome.errors.append(error)
                continue
            record["IsDeleted"] = True
            current[record_id] = record
            stamps = ("IsDeleted", "LastModifiedDate", "LastModifiedById", "SystemModstamp")
            changes = {name: record[name] for name in stamps}
            rows.update(self._connection, self._sobject, record_id, changes)
        return outcomes

    def _drafter(self, *, creating: bool) -> Drafter:
        names, hidden = self._call.names, self._call.hidden
        return Drafter(names, self._sobject, hidden, creating=creating)

    def _draft(self, drafter: Drafter, payload: Payload, skip: str) -> Draft:
        draft = drafter.read(payload, skip=frozenset({skip.lower()} if skip else ()))
        try:
            self._faults.check(payload)
        except RowError as error:
            draft.error = error
        return draft

    def _ids(self, drafts: Sequence[Draft]) -> list[str]:
        count = sum(draft.error is None for draft in drafts)
        return rows.make_ids(self._connection, self._sobject, count) if count else []

    def _load(self, drafts: Sequence[Draft]) -> None:
        references = [each.name for each in self._sobject.fields if each.references]
        self._references.load(
            draft.values[name] for draft in drafts for name in references if draft.values.get(name)
        )

    def _new(self, draft: Draft, defaults: Record) -> Record:
        if draft.error:
            raise draft.error
        given = {name: value for name, value in draft.values.items() if value is not None}
        system = rows.stamped(self._call.user.id, self._now, {})
        record = {**defaults, **given, **system}
        self._references.check(self._sobject, draft.values, draft.api_names)
        rules.apply(self._sobject.name, record, draft.changed, self._context)
        return record

    def _changed(self, record: Record | None, draft: Draft) -> Record:
        if record is None:
            raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if record["IsDeleted"]:
            raise RowError("ENTITY_IS_DELETED", "entity is deleted", status=404)
        hidden = self._references.hidden
        parent = record.get("OpportunityId") if self._sobject.sharing == "opportunity" else None
        if record["Id"] in hidden or parent in hidden:
            message = "insufficient access rights on object id"
            raise RowError("INSUFFICIENT_ACCESS_OR_READONLY", message, status=403)
        if draft.error:
            raise draft.error
        self._references.check(self._sobject, draft.values, draft.api_names)
        changed = {**record, **draft.values, **self._stamps()}
        rules.apply(self._sobject.name, changed, draft.changed, self._context)
        return changed

    def _stamps(self) -> Record:
        return {
            "LastModifiedDate": self._now,
            "LastModifiedById": self._call.user.id,
            "SystemModstamp": self._now,
        }
