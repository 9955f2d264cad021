"""From a row of a request to bare fields and stored values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devorg import ids
from devorg.dml import values
from devorg.errors import RowError
from devorg.names import Names
from devorg.rows import Record
from devorg.schema import Field, SObject

_IGNORED = frozenset({"attributes"})


@dataclass(slots=True)
class Draft:
    """One row to be written: its stored values, or why it cannot be."""

    payload: Mapping[str, Any]
    values: Record = field(default_factory=dict)
    # Bare name -> the name the client used in its org's namespace.
    api_names: dict[str, str] = field(default_factory=dict)
    # The people of an activity, where the client lists them; None where it does not.
    people: tuple[str, ...] | None = None
    error: RowError | None = None

    @property
    def changed(self) -> frozenset[str]:
        """The bare names being written."""
        return frozenset(self.values)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one user may say of one object: hidden and editable fields, fields that must be
    filled, and the junction list (`TaskWhoIds`), if the org has it.
    """

    hidden: frozenset[tuple[str, str]]
    editable: frozenset[str]
    required: frozenset[str] = frozenset()
    junction: str = ""


class Drafter:
    """Reads rows for one object, one operation and one user."""

    def __init__(self, names: Names, sobject: SObject, allowed: Allowed, *, creating: bool) -> None:
        self._names = names
        self._sobject = sobject
        self._allowed = allowed
        self._creating = creating
        self._needed = [each for each in sobject.fields if creating and self._is_required(each)]

    def read(self, payload: Mapping[str, Any], *, skip: frozenset[str] = frozenset()) -> Draft:
        """One row; `skip` are API names in lower case that the operation itself uses.

        A broken rule lands in the draft; ApiError is raised for what makes the request unreadable.
        """
        draft = Draft(payload)
        blocked: list[str] = []
        for key, value in payload.items():
            if key in _IGNORED or key.lower() in skip:
                continue
            if self._allowed.junction and key.lower() == self._allowed.junction.lower():
                self._put_people(draft, value)
                continue
            one = self._names.field(self._sobject, key)
            if one is None or (self._sobject.name, one.name) in self._allowed.hidden:
                entity = self._names.entity(self._sobject)
                message = f"No such column '{key}' on sobject of type {entity}"
                draft.error = draft.error or RowError("INVALID_FIELD", message)
            elif not self._writable(one):
                blocked.append(self._names.api(one))
            else:
                self._put(draft, one, value)
        if "Id" in blocked and self._creating:
            message = "cannot specify Id in an insert call"
            draft.error = RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, ["Id"])
        elif blocked:
            message = (
                f"Unable to create/update fields: {', '.join(blocked)}. Please check the security"
                " settings of this field and verify that it is read/write for your profile or"
                " permission set."
            )
            draft.error = RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, blocked)
        return draft

    def _writable(self, one: Field) -> bool:
        flag = one.createable if self._creating else one.updateable
        return flag and one.name in self._allowed.editable

    def _put(self, draft: Draft, one: Field, value: Any) -> None:
        name = self._names.api(one)
        draft.api_names[one.name] = name
        try:
            draft.values[one.name] = values.stored(self._names.schema, one, name, value)
        except RowError as error:
            draft.error = draft.error or error

    def _put_people(self, draft: Draft, value: Any) -> None:
        """The ids of a junction list; the first is the primary one, in WhoId."""
        given = value if isinstance(value, list) else [value] if value else []
        people = [ids.to_18(str(each)) for each in given]
        if None in people:
            message = f"{self._allowed.junction}: id value of incorrect type: {given}"
            draft.error = draft.error or RowError("MALFORMED_ID", message, [self._allowed.junction])
            return
        draft.people = tuple(dict.fromkeys(each for each in people if each))

    def check_required(self, record: Record, given: frozenset[str]) -> None:
        """Refuse a row that lacks what must be filled, as it would be saved. Raises RowError."""
        needed = self._needed
        if not self._creating:
            fields = (self._sobject.by_name[name] for name in given)
            needed = [one for one in fields if self._is_required(one)]
        missing = [self._names.api(one) for one in needed if record.get(one.name) is None]
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise RowError("REQUIRED_FIELD_MISSING", message, missing)

    def _is_required(self, one: Field) -> bool:
        if one.name in self._allowed.required:
            return True
        return one.required if self._creating else not one.nillable

    def defaults(self, user_id: str) -> Record:
        """What a create fills in where the client says nothing."""
        filled: Record = {
            one.name: one.default
            for one in self._sobject.stored
            if one.defaulted or one.default is not None
        }
        if "OwnerId" in self._sobject.by_name:
            filled["OwnerId"] = user_id
        return filled
