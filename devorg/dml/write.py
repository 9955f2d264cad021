"""Creating, updating, upserting and deleting rows in batches, each row with its own outcome.

A batch behaves as if its rows were written one by one, but reads and writes in a few statements.
The caller holds the write transaction, so nothing can come between the checks and the writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from devorg import ids, moments, rows
from devorg.dml import roles
from devorg.dml.deletion import Deletion
from devorg.dml.drafts import Draft, Drafter
from devorg.dml.last_activity import LastActivity
from devorg.dml.options import WriteOptions, options_of
from devorg.dml.outcome import Outcome
from devorg.dml.parents import resolve
from devorg.dml.people import People, read_people
from devorg.dml.saving import Saving, allowed, refused
from devorg.dml.sharing import Sharing
from devorg.dml.upsert import UpsertPlan
from devorg.errors import RowError
from devorg.faults import RowFaults
from devorg.rest.call import Call
from devorg.rows import Record
from devorg.schema import Field, SObject
from devorg.shapes import person_accounts

Payload = Mapping[str, Any]
_ACTIVITIES = frozenset({"Task", "Event"})

__all__ = ["Outcome", "Writer"]


class Writer:
    """Writes rows of one object for one call."""

    def __init__(
        self,
        call: Call,
        sobject: SObject,
        faults: RowFaults,
        options: WriteOptions | None = None,
    ) -> None:
        self._call = call
        self._sobject = sobject
        self._faults = faults
        self._options = options or options_of(call.headers)
        self._connection = call.connection
        self._now = moments.write(call.org.clock.now())
        self._overload: RowError | None = None

    def _begin(self, operation: str, payloads: Sequence[Payload]) -> None:
        """One transaction of so many rows: its faults, and the stamps it gives."""
        self._faults.begin(self._sobject.name, operation)
        self._overload = self._faults.overload(payloads)
        lag = timedelta(seconds=self._faults.lag_seconds())
        self._now = moments.write(self._call.org.clock.now() - lag)

    def create(self, payloads: Sequence[Payload], *, skip: str = "") -> list[Outcome]:
        """New rows. `skip` is the API name of a key that the caller writes itself."""
        self._begin("create", payloads)
        return self._create(payloads, skip)

    def update(self, payloads: Sequence[tuple[str, Payload]], *, skip: str = "") -> list[Outcome]:
        """Change rows given as (id, fields); ids in 18-character form or not ids at all."""
        self._begin("update", [payload for _, payload in payloads])
        return self._update(payloads, skip)

    def upsert(self, key: Field, payloads: Sequence[Payload]) -> list[Outcome]:
        """New rows where no live row has the key's value, changes where one has.

        The first row with a value wins; a further one in the same batch is refused.
        """
        self._begin("upsert", payloads)
        api_name = self._call.names.api(key)
        plan = UpsertPlan(
            self._connection, self._sobject, key, api_name, payloads, self._call.user.id
        )
        # A new row gets its own id; a changed one has the key's value already.
        created = self._create(
            [payloads[at] for at in plan.new], api_name if key.name == "Id" else ""
        )
        changed = self._update([(record_id, payloads[at]) for at, record_id in plan.old], api_name)
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
        """Put rows into the recycle bin, with what belongs to them."""
        self._begin("delete", [{"Id": each} for each in record_ids])
        deletion = Deletion(
            self._connection, self._call.names.schema, self._call.user.id, self._now
        )
        sharing = Sharing(
            self._connection, self._call.user, self._sobject, self._call.org.rights,
            self._call.org.preferences,
        )  # fmt: skip
        current = self._current(record_ids)
        sharing.load(current, deleting=True)
        forbidden = refused(self._call, self._sobject, "delete")
        outcomes, gone = [], []
        for record_id in record_ids:
            outcome = Outcome(id=record_id)
            outcomes.append(outcome)
            try:
                record = _live(current.get(record_id), record_id)
                sharing.check(record)
                self._strike({"Id": record_id}, record_id)
                error = forbidden or deletion.held_back(self._sobject, record)
                if error:
                    raise error
            except RowError as error:
                outcome.errors += error.all()
                continue
            gone.append(record)
            current[record_id] = {**record, "IsDeleted": True}
        deletion.run(self._sobject, gone)
        return outcomes

    def _create(self, payloads: Sequence[Payload], skip: str) -> list[Outcome]:
        drafter = self._drafter(creating=True)
        drafts = self._drafts(drafter, payloads, skip)
        saving = self._saving(drafts)
        defaults = drafter.defaults(self._call.user.id)
        stamps = rows.stamped(self._call.user.id, self._now, {})
        forbidden = refused(self._call, self._sobject, "create")
        outcomes: list[Outcome] = []
        accepted: list[Record] = []
        numbers = iter(self._ids(drafts))
        for draft in drafts:
            outcome = Outcome()
            outcomes.append(outcome)
            try:
                if forbidden:
                    raise forbidden
                record = saving.created(draft, drafter, defaults, stamps)
            except RowError as error:
                outcome.errors += error.all()
                continue
            outcome.id = record["Id"] = next(numbers)
            saving.accept(record, None, draft)
            accepted.append(record)
        rows.insert(self._connection, self._sobject, accepted)
        self._finish(saving, [(None, each) for each in accepted])
        return outcomes

    def _update(self, payloads: Sequence[tuple[str, Payload]], skip: str) -> list[Outcome]:
        drafter = self._drafter(creating=False)
        targets = [ids.to_18(key) or key for key, _ in payloads]
        drafts = self._drafts(drafter, [payload for _, payload in payloads], skip, targets)
        saving = self._saving(drafts)
        current = self._current(targets)
        saving.load_current(list(current.values()))
        forbidden = refused(self._call, self._sobject, "update")
        outcomes: list[Outcome] = []
        written: list[tuple[Record | None, Record]] = []
        for record_id, draft in zip(targets, drafts, strict=True):
            outcome = Outcome(id=record_id)
            outcomes.append(outcome)
            try:
                before = _live(current.get(record_id), record_id)
                saving.sharing.check(before)
                if forbidden:
                    raise forbidden
                record = saving.changed(before, draft, drafter, self._stamps())
            except RowError as error:
                outcome.errors += error.all()
                continue
            saving.accept(record, before, draft)
            current[record_id] = record
            written.append((before, record))
            changes = {key: value for key, value in record.items() if before.get(key) != value}
            if changes:
                rows.update(self._connection, self._sobject, record_id, changes)
        self._finish(saving, written)
        return outcomes

    def _finish(self, saving: Saving, written: Sequence[tuple[Record | None, Record]]) -> None:
        """What the platform does to other records after a save."""
        schema, user_id = self._call.names.schema, self._call.user.id
        if self._sobject.name == "Opportunity":
            roles.make_primary(self._connection, schema, written, user_id, self._now)
        if self._sobject.name == "OpportunityContactRole":
            roles.follow_primary(self._connection, written, user_id, self._now)
        if person_accounts.FLAG in self._sobject.by_name:
            person_accounts.FOLLOWING[self._sobject.name](self._connection, schema, written)
        if self._sobject.name not in _ACTIVITIES or not written:
            return
        roll_up = LastActivity(self._connection, schema, self._sobject.name, self._now)
        saving.people.flush(user_id, self._now)
        for before, record in written:
            people = saving.people
            roll_up.note(before, record, people.had(record["Id"]), people.has(record["Id"]))
        roll_up.flush()

    def _drafter(self, *, creating: bool) -> Drafter:
        people = People(self._connection, self._call.names.schema, self._sobject)
        permitted = allowed(self._call, self._sobject, people)
        return Drafter(self._call.names, self._sobject, permitted, creating=creating)

    def _saving(self, drafts: Sequence[Draft]) -> Saving:
        return Saving(self._call, self._sobject, self._faults, self._options, drafts, self._now)

    def _drafts(
        self,
        drafter: Drafter,
        payloads: Sequence[Payload],
        skip: str,
        record_ids: Sequence[str] = (),
    ) -> list[Draft]:
        skipped = frozenset({skip.lower()} if skip else ())
        drafts = []
        resolved = resolve(self._call, self._sobject, payloads)
        for at, (payload, error) in enumerate(resolved):
            draft = drafter.read(payload, skip=skipped)
            draft.error = draft.error or error
            read_people(draft, self._sobject, self._call.names.schema)
            try:
                self._strike(payload, record_ids[at] if record_ids else "")
            except RowError as struck:
                draft.error = struck
            drafts.append(draft)
        return drafts

    def _strike(self, payload: Payload, record_id: str) -> None:
        """Refuse a row if a fault says so. Raises RowError."""
        if self._overload:
            raise self._overload
        self._faults.check(payload, record_id)

    def _ids(self, drafts: Sequence[Draft]) -> list[str]:
        count = sum(draft.error is None for draft in drafts)
        return rows.make_ids(self._connection, self._sobject, count) if count else []

    def _current(self, record_ids: Sequence[str]) -> dict[str, Record]:
        found = rows.by_values(self._connection, self._sobject, "Id", record_ids)
        return {each["Id"]: each for each in found}

    def _stamps(self) -> Record:
        return {
            "LastModifiedDate": self._now,
            "LastModifiedById": self._call.user.id,
            "SystemModstamp": self._now,
        }


def _live(record: Record | None, record_id: str) -> Record:
    """A record that is there. Raises RowError."""
    if record is None and ids.to_18(record_id) is None:
        raise RowError("MALFORMED_ID", f"bad id {record_id}")
    if record is None:
        raise RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if record.get("IsDeleted"):
        raise RowError("ENTITY_IS_DELETED", "entity is deleted", status=404)
    return record
