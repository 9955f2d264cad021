"""Parents named by an external id: `{"Account": {"Number__c": "7"}}` in place of an AccountId."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from devorg import rows
from devorg.errors import RowError
from devorg.rest.call import Call
from devorg.schema import Field, SObject

Payload = Mapping[str, Any]


class _Named(NamedTuple):
    """One parent of one row: the lookup it fills, and the key by which it is found."""

    lookup: Field
    parent: SObject
    key: Field
    value: str


def resolve(
    call: Call, sobject: SObject, payloads: Sequence[Payload]
) -> list[tuple[Payload, RowError | None]]:
    """Each row with ids in place of such parents, or why there is none."""
    named = [_parents(call, sobject, each) for each in payloads]
    wanted: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in named:
        for each in row.values():
            if isinstance(each, _Named):
                wanted[each.parent.name, each.key.name].add(each.value)
    found = {
        (name, key): _found(call, call.names.schema.objects[name], key, values)
        for (name, key), values in wanted.items()
    }
    return [_row(call, payload, row, found) for payload, row in zip(payloads, named, strict=True)]


def _parents(call: Call, sobject: SObject, payload: Payload) -> dict[str, _Named | RowError]:
    return {
        word: _parent(call, sobject, word, value)
        for word, value in payload.items()
        if isinstance(value, Mapping) and word != "attributes" and _lookup(call, sobject, word)
    }


def _lookup(call: Call, sobject: SObject, word: str) -> Field | None:
    for field in sobject.fields:
        if field.references and str(call.names.path(field)).lower() == word.lower():
            return field
    return None


def _parent(call: Call, sobject: SObject, word: str, value: Mapping[str, Any]) -> _Named | RowError:
    lookup = _lookup(call, sobject, word)
    attributes = value.get("attributes")
    kind = str(attributes.get("type", "")) if isinstance(attributes, Mapping) else ""
    targets = lookup.references if lookup else ()
    only = call.names.entity_named(targets[0]) if len(targets) == 1 else ""
    target = call.names.sobject(kind or only)
    keys = [each for each in value if each != "attributes"]
    if lookup is None or target is None or target.name not in targets or len(keys) != 1:
        message = f"The external foreign key reference does not reference a valid entity: {word}"
        return RowError("INVALID_FIELD", message)
    key = call.field(target, keys[0])
    if key is None or not (key.external_id or key.id_lookup):
        message = f"{keys[0]} is no external id of {target.name}"
        return RowError("INVALID_FIELD", message)
    return _Named(lookup, target, key, str(value[keys[0]]))


def _found(call: Call, parent: SObject, key: str, values: set[str]) -> dict[str, list[str]]:
    """The ids of live records by the key's value, in lower case unless case counts."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for record in rows.by_values(call.connection, parent, key, sorted(values)):
        if not record.get("IsDeleted"):
            found[_folded(parent.by_name[key], record[key])].append(record["Id"])
    return found


def _folded(key: Field, value: str) -> str:
    return value if key.case_sensitive or key.type == "id" else value.lower()


def _row(
    call: Call,
    payload: Payload,
    named: Mapping[str, _Named | RowError],
    found: Mapping[tuple[str, str], Mapping[str, list[str]]],
) -> tuple[Payload, RowError | None]:
    if not named:
        return payload, None
    row = {word: value for word, value in payload.items() if word not in named}
    for each in named.values():
        if isinstance(each, RowError):
            return row, each
        ids = found[each.parent.name, each.key.name].get(_folded(each.key, each.value), [])
        if len(ids) != 1:
            problem = "found more than once" if ids else "not found"
            message = (
                f"Foreign key external ID: {each.value} {problem} for field"
                f" {call.names.api(each.key)} in entity {call.names.entity(each.parent)}"
            )
            return row, RowError("INVALID_FIELD", message)
        row[call.names.api(each.lookup)] = ids[0]
    return row, None
