"""Single records: read, create, change, delete, upsert by external id, and their relatives."""

from __future__ import annotations

from typing import Any

from devorg import access
from devorg.dml.write import Outcome, Writer
from devorg.errors import ApiError
from devorg.faults import RowFaults
from devorg.ids import to_18
from devorg.rest import conditions
from devorg.rest.call import Answer, Call, not_found
from devorg.rest.records import asked_fields, key_field, live, shown, with_key
from devorg.rest.relatives import relatives
from devorg.rest.routing import resource
from devorg.schema import SObject


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


def _show(call: Call, sobject: SObject, record_id: str) -> dict[str, Any]:
    """One record with the fields asked for, or all."""
    given = [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]
    found = shown(call, sobject, [record_id], asked_fields(call, sobject, given))
    if record_id not in found:
        raise not_found()
    return found[record_id]


def _saved(outcome: Outcome, **more: Any) -> dict[str, Any]:
    return {"id": outcome.id, "success": True, "errors": [], **more}


def _without(call: Call, *names: str) -> dict[str, Any]:
    """The body, which must not name what the path names. Raises ApiError."""
    body = call.object_body()
    given = {each.lower() for each in body}
    for name in names:
        if name.lower() in given:
            message = f"The {name} field should not be specified in the sobject data."
            raise ApiError(400, "INVALID_FIELD", message, [name])
    return body


@resource("GET", "sobjects/<name>/<record_id>")
def show(call: Call, name: str, record_id: str) -> Answer:
    """One record, unless the client has seen it as it is."""
    sobject = call.sobject(name)
    record = live(call, sobject, record_id)
    headers = conditions.stamps(sobject, record)
    return conditions.unchanged(call, sobject, record) or Answer(
        body=_show(call, sobject, record["Id"]), headers=headers
    )


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
    record = live(call, sobject, record_id)
    conditions.check(call, sobject, record)
    _only(writer(call, sobject).update([(record["Id"], _without(call, "Id"))]))
    return Answer(204)


@resource("DELETE", "sobjects/<name>/<record_id>")
def delete(call: Call, name: str, record_id: str) -> Answer:
    """Into the recycle bin."""
    sobject = call.sobject(name)
    record = live(call, sobject, record_id)
    conditions.check(call, sobject, record)
    _only(writer(call, sobject).delete([record["Id"]]))
    return Answer(204)


@resource("GET", "sobjects/<name>/<key>/<path:value>")
def show_by_key(call: Call, name: str, key: str, value: str) -> Answer:
    """The record with that external id, 300 and a list if there are several; after an id, the
    record's relatives.
    """
    sobject = call.sobject(name)
    if _is_id(sobject, key):
        return relatives(call, sobject, live(call, sobject, key), value)
    field = key_field(call, sobject, key)
    found = [
        each
        for each in with_key(call, sobject, field, value)
        if access.is_visible(call.connection, call.user.id, sobject, each)
    ]
    if not found:
        raise not_found()
    if len(found) > 1:
        return _several(call, sobject, found)
    return Answer(body=_show(call, sobject, found[0]))


def _is_id(sobject: SObject, text: str) -> bool:
    return to_18(text) is not None and text.startswith(sobject.prefix)


def _several(call: Call, sobject: SObject, ids: list[str]) -> Answer:
    return Answer(300, [call.url_of(sobject, each) for each in ids])


@resource("PATCH", "sobjects/<name>/<key>/<path:value>")
def upsert(call: Call, name: str, key: str, value: str) -> Answer:
    """Create or change the record with that external id; 300 and a list if there are several.

    `?updateOnly=true` changes alone.
    """
    sobject = call.sobject(name)
    field = key_field(call, sobject, key)
    api_name = call.names.api(field)
    body = _without(call, api_name, "Id")
    found = with_key(call, sobject, field, value)
    if len(found) > 1:
        return _several(call, sobject, found)
    if not found and call.query.get("updateOnly", "").lower() == "true":
        raise not_found()
    outcome = _only(writer(call, sobject).upsert(field, [{**body, api_name: value}]))
    where = {"Location": call.url_of(sobject, str(outcome.id))} if outcome.created else {}
    return Answer(201 if outcome.created else 200, _saved(outcome, created=outcome.created), where)


@resource("DELETE", "sobjects/<name>/<key>/<path:value>")
def delete_by_key(call: Call, name: str, key: str, value: str) -> Answer:
    """The record with that external id, into the recycle bin."""
    sobject = call.sobject(name)
    found = with_key(call, sobject, key_field(call, sobject, key), value)
    if len(found) > 1:
        return _several(call, sobject, found)
    if not found:
        raise not_found()
    _only(writer(call, sobject).delete([live(call, sobject, found[0])["Id"]]))
    return Answer(204)
