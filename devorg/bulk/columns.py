"""What the columns of a file mean: fields of the object, or parents by an external id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devorg import rows
from devorg.bulk.dialect import FileError
from devorg.bulk.values import NULL, parsed
from devorg.errors import RowError
from devorg.rest.call import Call
from devorg.schema import Field, SObject

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the field it fills, and for `Account.Key__c` where the value is looked up."""

    at: int
    field: Field
    api_name: str
    parent: SObject | None = None
    key: Field | None = None


class Columns:
    """The header of one file, read for one user. Raises FileError for names unknown to them."""

    def __init__(self, call: Call, sobject: SObject, header: Cells) -> None:
        self._call = call
        self._sobject = sobject
        self._columns = [self._column(at, name.strip()) for at, name in enumerate(header)]
        names = [each.api_name.lower() for each in self._columns]
        doubled = next((name for at, name in enumerate(names) if name in names[:at]), None)
        if doubled is not None:
            raise FileError("InvalidBatch", f"Duplicate field in the header : {doubled}")

    def __contains__(self, api_name: str) -> bool:
        """True if a column fills this field."""
        return any(each.api_name.lower() == api_name.lower() for each in self._columns)

    def _column(self, at: int, name: str) -> Column:
        field = self._call.field(self._sobject, name)
        if field is not None:
            return Column(at, field, self._call.names.api(field))
        wanted, _, path = name.rpartition(":")
        relationship, _, key = path.partition(".")
        field = next(
            (
                each
                for each in self._sobject.fields
                if key and (each.relationship or "").lower() == relationship.lower()
            ),
            None,
        )
        parent = self._parent(field, wanted) if field else None
        found = self._call.field(parent, key) if parent else None
        if field is None or found is None or not (found.external_id or found.id_lookup):
            raise FileError("InvalidBatch", f"Field name not found : {name}")
        return Column(at, field, self._call.names.api(field), parent, found)

    def _parent(self, field: Field, wanted: str) -> SObject | None:
        """`Lead:Who.Email` names the object that a polymorphic field is to point at."""
        targets = [each for each in field.references if not wanted or each == wanted]
        return self._call.names.sobject(targets[0]) if len(targets) == 1 else None

    def payloads(self, chunk: Sequence[Cells]) -> list[dict[str, Any] | RowError]:
        """Each row as the writing functions take it, or why it cannot be."""
        parents = {each.at: self._found(each, chunk) for each in self._columns if each.key}
        return [self._payload(cells, parents) for cells in chunk]

    def _payload(
        self, cells: Cells, parents: Mapping[int, Mapping[str, list[str]]]
    ) -> dict[str, Any] | RowError:
        payload: dict[str, Any] = {}
        try:
            for column in self._columns:
                text = cells[column.at]
                if text == "":
                    continue
                if column.at in parents and text != NULL:
                    payload[column.api_name] = _only(column, text, parents[column.at])
                else:
                    payload[column.api_name] = parsed(column.field, column.api_name, text)
        except RowError as error:
            return error
        return payload

    def _found(self, column: Column, chunk: Sequence[Cells]) -> dict[str, list[str]]:
        """The live parents of a chunk, by the key's value as it is compared."""
        if column.parent is None or column.key is None:
            return {}
        wanted = {cells[column.at] for cells in chunk} - {"", NULL}
        found: dict[str, list[str]] = {}
        for record in rows.by_values(
            self._call.connection, column.parent, column.key.name, sorted(wanted)
        ):
            if not record["IsDeleted"]:
                found.setdefault(_folded(column, record[column.key.name]), []).append(record["Id"])
        return found


def _folded(column: Column, value: str) -> str:
    exact = column.key is not None and (column.key.case_sensitive or column.key.type == "id")
    return value if exact else value.lower()


def _only(column: Column, text: str, found: Mapping[str, list[str]]) -> str:
    """The one parent with that key. Raises RowError."""
    matches = found.get(_folded(column, text), [])
    if len(matches) == 1:
        return matches[0]
    key = column.key.name if column.key else ""
    entity = column.parent.name if column.parent else ""
    problem = "not found" if not matches else "found more than once"
    message = f"Foreign key external ID: {text} {problem} for field {key} in entity {entity}"
    raise RowError("INVALID_FIELD", message)
