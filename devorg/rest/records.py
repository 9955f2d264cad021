"""Finding single records, and showing them with the fields that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from devorg import access, rows
from devorg.errors import ApiError
from devorg.ids import to_18
from devorg.rest.call import Call, not_found
from devorg.rows import Record
from devorg.schema import Field, SObject
from devorg.soql import run
from devorg.soql.nodes import Among, Path, Query, Value
from devorg.soql.paths import Paths, UnknownPath

_ID = Path(("Id",), 1, 1)


def live(call: Call, sobject: SObject, record_id: str) -> Record:
    """A record the user may see. Raises ApiError 404."""
    full = to_18(record_id)
    if full is None or not full.startswith(sobject.prefix):
        message = f"Provided external ID field does not exist or is not accessible: {record_id}"
        raise ApiError(404, "NOT_FOUND", message)
    record = rows.by_id(call.connection, sobject, full)
    if record is not None and record.get("IsDeleted"):
        raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
    if record is None or not access.is_visible(call.connection, call.user.id, sobject, full):
        raise not_found()
    return record


def key_field(call: Call, sobject: SObject, api_name: str) -> Field:
    """The field an upsert may go by. Raises ApiError."""
    field = call.field(sobject, api_name)
    if field is None or not (field.external_id or field.id_lookup):
        message = f"Provided external ID field does not exist or is not accessible: {api_name}"
        raise ApiError(404, "NOT_FOUND", message)
    return field


def with_key(call: Call, sobject: SObject, field: Field, value: str) -> list[str]:
    """Ids of the live records with that key, whoever may see them."""
    if field.name == "Id":
        value = to_18(value) or value
    found = rows.by_values(call.connection, sobject, field.name, [value])
    return [each["Id"] for each in found if not each.get("IsDeleted")]


def asked_fields(call: Call, sobject: SObject, names: Sequence[str]) -> list[str]:
    """The fields asked for, or all that the user may read. Raises ApiError for unknown ones."""
    if not names:
        return [
            call.names.api(each)
            for each in sobject.fields
            if (sobject.name, each.name) not in call.hidden
        ]
    for name in names:
        try:
            Paths(call.names, sobject, call.hidden).column(tuple(name.split(".")))
        except UnknownPath as unknown:
            message = f"No such column '{unknown.name}' on sobject of type {unknown.entity}"
            raise ApiError(400, "INVALID_FIELD", message) from unknown
    return list(dict.fromkeys(names))


def shown(
    call: Call, sobject: SObject, ids: Sequence[str], names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The records of these ids (of 18 characters) by id, those left out that nobody may see."""
    if not ids:
        return {}
    extra = [] if "id" in {each.lower() for each in names} else ["Id"]
    query = Query(
        text=", ".join(names),
        fields=tuple(Path(tuple(each.split(".")), 1, 1) for each in (*names, *extra)),
        sobject=call.names.entity(sobject),
        sobject_at=(1, 1),
        where=Among(
            _ID, tuple(Value("string", each) for each in dict.fromkeys(ids)), negated=False
        ),
        order=(),
        limit=None,
        offset=0,
    )
    found = run.read(call, query)
    by_id = {each["Id"]: each for each in found}
    for each in found if extra else ():
        del each["Id"]
    return by_id
