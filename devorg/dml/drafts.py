"""From a row of a request to bare fields and stored values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    error: RowError | None = None

    @property
    def changed(self) -> frozenset[str]:
        """The bare names being written."""
        return frozenset(self.values)


class Drafter:
    """Reads rows for one object, one operation and one user."""

    def __init__(
        self, names: Names, sobject: SObject, hidden: frozenset[tuple[str, str]], *, creating: bool
    ) -> None:
        self._names = names
        self._sobject = sobject
        self._hidden = hidden
        self._creating = creating

    def read(self, payload: Mapping[str, Any], *, skip: frozenset[str] = frozenset()) -> Draft:
        """One row; `skip` are API names in lower case that the operation itself uses.

        A broken rule lands in the draft; ApiError is raised for what makes the request unreadable.
        """
        draft = Draft(payload)
        blocked: list[str] = []
        for key, value in payload.items():
            if key in _IGNORED or key.lower() in skip:
                continue
            one = self._names.field(self._sobject, key)
            if one is None or (self._sobject.name, one.name) in self._hidden:
                message = f"No such column '{key}' on sobject of type {self._sobject.name}"
                draft.error = draft.error or RowError("INVALID_FIELD", message)
                continue
            if not (one.createable if self._creating else one.updateable):
                blocked.append(self._names.api(one.name))
                continue
            self._put(draft, one, value)
        if blocked:
            message = (
                f"Unable to create/update fields: {', '.join(blocked)}. Please check the security"
                " settings of this field and verify that it is read/write for your profile or"
                " permission set."
            )
            draft.error = RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, blocked)
        self._check_required(draft)
        return draft

    def _put(self, draft: Draft, one: Field, value: Any) -> None:
        name = self._names.api(one.name)
        draft.api_names[one.name] = name
        try:
            draft.values[one.name] = values.stored(self._names.schema, one, name, value)
        except RowError as error:
            draft.error = draft.error or error

    def _check_required(self, draft: Draft) -> None:
        missing = [
            self._names.api(one.name)
            for one in self._sobject.fields
            if draft.values.get(one.name) is None
            and (one.required if self._creating else not one.nillable and one.name in draft.values)
        ]
        if missing and draft.error is None:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            draft.error = RowError("REQUIRED_FIELD_MISSING", message, missing)

    def defaults(self, user_id: str) -> Record:
        """What a create fills in where the client says nothing."""
        filled: Record = {one.name: one.default for one in self._sobject.fields if one.defaulted}
        if "OwnerId" in self._sobject.by_name:
            filled["OwnerId"] = user_id
        return filled
