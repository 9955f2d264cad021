"""Single records: read, create, change, delete, upsert by external id."""

from __future__ import annotations

from typing import Any

from devorg import access, rows
from devorg.dml.write import Outcome, Writer
from devorg.errors import ApiError
from devorg.faults import RowFaults
from devorg.ids import to_18
from devorg.rest.call import Answer, Call, not_found
from devorg.rest.routing import resource
from devorg.schema import Field, SObject
from devorg.soql.run import read
from devorg.soql.tree import Compare, Path, Query, Value


def _live(call: Call, sobject: SObject, record_id: str) -> str:
    """The 18-character id of a record the user may see. Raises ApiError 404."""
    full = to_18(record_id)
    if full is None or not full.startswith(sobject.prefix):
        message = f"Provided external ID field does not exist or is not accessible: {record_id}"
        raise ApiError(404, "NOT_FOUND", message)
    record = rows.by_id(call.connection, sobject, full)
    if record is not None and record["IsDeleted"]:
        raise ApiError(404, "ENTITY_IS_DELETED", "entity is deleted", [])
    if not access.is_visible(call.connection, call.user.id, sobject, full):
        raise not_found()
    return full


def writer(call: Call, sobject: SObject) -> Writer:
    """A writer for this call. Raises ApiError for objects that the API cannot write."""
    if not sobject.writable:
        message = f"entity type {sobject.name} does not support this operation"
        raise ApiError(400, "INVALID_TYPE_FOR_OPERATION", message, [])
    return Writer(call, sobject, RowFaults(call.org.faults, f"{call.root}/{call.path}"))


def _only(outcomes: list[Outcome]) -> Outcome:
    """The outcome of a single-row call. Raises its error."""
    if outcomes[0].errors:
        raise outcomes[0].errors[0].as_api_error()
    return outcomes[0]


def _field_names(call: Call, sobject: SObject) -> tuple[str, ...]:
    asked = [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]
    if asked:
        return tuple(asked)
    return tuple(
        call.names.api(each.name)
        for each in sobject.fields
        if (sobject.name, each.name) not in call.hidden
    )


def _show(call: Call, sobject: SObject, record_id: str) -> Answer:
    """One record with the fields asked for, or all."""
    names = _field_names(call, sobject)
    query = Query(
        text=", ".join(names),
        fields=tuple(Path(tuple(each.split(".")), 1, 1) for each in names),
        sobject=sobject.name,
        sobject_at=(1, 1),
        where=Compare(Path(("Id",), 1, 1), "=", Value("string", record_id)),
        order=(),
        limit=1,
        offset=0,
    )
    found = read(call, query)
    if not found:
        raise not_found()
    return Answer(body=found[0])


def _saved(outcome: Outcome, **more: Any) -> dict[str, Any]:
    return {"id": outcome.id, "success": True, "errors": [], **more}


@resource("GET", "sobjects/<name>/<record_id>")
def show(call: Call, name: str, record_id: str) -> Answer:
    """One record."""
    sobject = call.sobject(name)
    return _show(call, sobject, _live(call, sobject, record_id))


@resource("POST", "sobjects/<name>")
def create(call: Call, name: str) -> Answer:
    """A new record."""
    sobject = call.sobject(name)
    outcome = _only(writer(call, sobject).create([call.object_body()]))
    where = {"Location": call.url_of(sobject, str(outcome.id))}
    return Answer(201, _saved(outcome), where)


@resource("PATCH", "sobjects/<name>/<record_id>")
def update(call: Call, name: str, record_id: str) -> Answer:
    """Some fields of a record."""
    sobject = call.sobject(name)
    full = _live(call, sobject, record_id)
    _only(writer(call, sobject).update([(full, call.object_body())]))
    return Answer(204)


@resource("DELETE", "sobjects/<name>/<record_id>")
def delete(call: Call, name: str, record_id: str) -> Answer:
    """Into the recycle bin."""
    sobject = call.sobject(name)
    _only(writer(call, sobject).delete([_live(call, sobject, record_id)]))
    return Answer(204)


def key_field(call: Call, sobject: SObject, api_name: str) -> Field:
    """The field an upsert may go by. Raises ApiError."""
    field = call.field(sobject, api_name)
    if field is None or not (field.external_id or field.id_lookup):
        message = f"Provided external ID field does not exist or is not accessible: {api_name}"
        raise ApiError(404, "NOT_FOUND", message)
    return field


@resource("GET", "sobjects/<name>/<key>/<path:value>")
def show_by_key(call: Call, name: str, key: str, value: str) -> Answer:
    """The record with that external id; 300 and a list if there are several."""
    sobject = call.sobject(name)
    field = key_field(call, sobject, key)
    found = [
        each["Id"]
        for each in rows.by_values(call.connection, sobject, field.name, [value])
        if access.is_visible(call.connection, call.user.id, sobject, each["Id"])
    ]
    if not found:
        raise not_found()
    if len(found) > 1:
        return Answer(300, [call.url_of(sobject, each) for each in found])
    return _show(call, sobject, found[0])


@resource("PATCH", "sobjects/<name>/<key>/<path:value>")
def upsert(call: Call, name: str, key: str, value: str) -> Answer:
    """Create or change the record with that external id; 300 and a list if there are several."""
    sobject = call.sobject(name)
    field = key_field(call, sobject, key)
    api_name = call.names.api(field.name)
    body = call.object_body()
    if api_name.lower() in {each.lower() for each in body}:
        message = f"The {api_name} field should not be specified in the sobject data."
        raise ApiError(400, "INVALID_FIELD", message, [api_name])
    live = [
        each["Id"]
        for each in rows.by_values(call.connection, sobject, field.name, [value])
        if not each["IsDeleted"]
    ]
    if len(live) > 1:
        return Answer(300, [call.url_of(sobject, each) for each in live])
    outcome = _only(writer(call, sobject).upsert(field, [{**body, api_name: value}]))
    where = {"Location": call.url_of(sobject, str(outcome.id))} if outcome.created else {}
    return Answer(201 if outcome.created else 200, _saved(outcome, created=outcome.created), where)
