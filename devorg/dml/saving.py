"""The order of a save: what a row goes through between its draft and the store.

Platform checks, before-save automation, required fields, references, the rules of the object,
assignment, validation rules, duplicate rules, unique values: as in a real org's order of execution.
"""

from __future__ import annotations

from collections.abc import Sequence

from devorg.dml import rules, values
from devorg.dml.context import context
from devorg.dml.drafts import Allowed, Draft, Drafter
from devorg.dml.duplicates import Duplicates
from devorg.dml.options import WriteOptions
from devorg.dml.people import People
from devorg.dml.references import References
from devorg.dml.sharing import Sharing
from devorg.dml.unique import Uniques
from devorg.errors import RowError
from devorg.faults import RowFaults
from devorg.rest.call import Call
from devorg.rows import Record
from devorg.schema import SObject

_ASSIGNED = frozenset({"Lead", "Case"})


class Saving:
    """Takes the rows of one batch, one by one, to the state in which they may be stored."""

    def __init__(
        self,
        call: Call,
        sobject: SObject,
        faults: RowFaults,
        options: WriteOptions,
        drafts: Sequence[Draft],
        now: str,
    ) -> None:
        self._call = call
        self._sobject = sobject
        self._faults = faults
        self._options = options
        self._now = now
        connection, names = call.connection, call.names
        self.people = People(connection, names.schema, sobject)
        self._references = References(connection, names.schema, call.user.id)
        self._context = context(connection, self._references, now)
        self._uniques = Uniques(connection, names, sobject, drafts)
        self._duplicates = Duplicates(
            connection, sobject, call.org.automation.duplicates[sobject.name], options, call.root
        )
        self.sharing = Sharing(
            connection, call.user, sobject, call.org.rights, call.org.preferences
        )
        lookups = [each.name for each in sobject.fields if each.references]
        self._references.load(
            draft.values[name] for draft in drafts for name in lookups if draft.values.get(name)
        )
        self._references.load(each for draft in drafts for each in draft.people or ())

    def load_current(self, records: Sequence[Record]) -> None:
        """Make ready to change these records."""
        self._references.load(
            each[name] for each in records for name in ("WhoId", "WhatId") if each.get(name)
        )
        self.sharing.load([each["Id"] for each in records])
        if self.people.kept:
            self.people.load([each["Id"] for each in records])

    def created(self, draft: Draft, drafter: Drafter, defaults: Record, stamps: Record) -> Record:
        """A new record, without its Id. Raises RowError."""
        if draft.error:
            raise draft.error
        given = {name: value for name, value in draft.values.items() if value is not None}
        record = {**defaults, **given, **stamps}
        self._complete(record, None, draft, drafter)
        return record

    def changed(self, before: Record, draft: Draft, drafter: Drafter, stamps: Record) -> Record:
        """A record as it will be. Raises RowError."""
        if draft.error:
            raise draft.error
        record = {**before, **draft.values, **stamps}
        self._complete(record, before, draft, drafter)
        return record

    def _complete(
        self, record: Record, before: Record | None, draft: Draft, drafter: Drafter
    ) -> None:
        self._rewrite(record, draft)
        drafter.check_required(record, draft.changed)
        self._references.check(self._sobject, draft.values, draft.api_names)
        self.people.check(draft, self._references)
        rules.apply(self._sobject.name, record, draft.changed, self._context)
        self._assign(record, before)
        automation, names = self._call.org.automation, self._call.names
        automation.validate(names, self._sobject.name, self._call.user.id, record, before)
        self._duplicates.check(record, before)
        self._uniques.check(record, before)

    def _rewrite(self, record: Record, draft: Draft) -> None:
        """Before-save automation of the org, as faults state it; it may break rules."""
        if self._faults.idle:
            return
        for fault in self._faults.rewrites(draft.payload):
            field = self._call.names.field(self._sobject, fault.field)
            if field is None:
                continue
            value = fault.rewritten(record.get(field.name))
            stored = values.stored(self._call.names.schema, field, fault.field, value)
            record[field.name] = draft.values[field.name] = stored
            if field.references and stored:
                self._references.load([stored])

    def _assign(self, record: Record, before: Record | None) -> None:
        if self._sobject.name in _ASSIGNED and self._options.auto_assign:
            owner = self._call.org.automation.owner(self._sobject.name, record, before)
            record["OwnerId"] = owner or record["OwnerId"]

    def accept(self, record: Record, before: Record | None, draft: Draft) -> None:
        """A row with its Id goes into the store: later rows of the batch meet it."""
        self._uniques.add(record, before)
        self.people.note(before, record, draft)


def allowed(call: Call, sobject: SObject, people: People) -> Allowed:
    """What the user of a call may say of an object's rows."""
    return Allowed(
        call.hidden,
        call.org.rights.editable(call.user, sobject),
        call.org.automation.required[sobject.name],
        people.junction,
    )


def refused(call: Call, sobject: SObject, operation: str) -> RowError | None:
    """Why the user may not do this with any row of the object; None if they may."""
    action = {"create": "create", "update": "edit", "delete": "delete"}[operation]
    if call.org.rights.may(call.user, sobject, action):  # type: ignore[arg-type]
        return None
    if operation == "create":
        message = f"entity type cannot be inserted: {sobject.label}"
        return RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)
    message = "insufficient access rights on object id"
    return RowError("INSUFFICIENT_ACCESS_OR_READONLY", message, status=403)
