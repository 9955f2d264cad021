"""UI API records, single and batch: what the user may see, and nothing else.

A hidden record answers as one that does not exist; an optional field that is hidden or unknown
is left out; a required one is an error (UI API guide: records, batch get).
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from devorg import access, moments, rows
from devorg.errors import ApiError
from devorg.ids import to_18
from devorg.names import Names
from devorg.rest.call import Answer, Call, not_found
from devorg.rest.routing import resource
from devorg.rows import Record
from devorg.schema import Field, SObject
from devorg.soql.paths import Paths, UnknownPath

MAX_RECORDS = 200
_REFUSED = ("childRelationships", "layoutTypes", "modes", "pageSize", "updateMru")
_DATETIMES = frozenset({"datetime"})


def _asked(call: Call, parameter: str) -> list[str]:
    return [each.strip() for each in call.query.get(parameter, "").split(",") if each.strip()]


def _paths(call: Call, sobject: SObject) -> list[tuple[str, ...]]:
    """The paths asked for of this object, without the object's name. Raises ApiError."""
    found: list[tuple[str, ...]] = []
    for parameter in ("fields", "optionalFields"):
        for name in _asked(call, parameter):
            first, *steps = name.split(".")
            if first.lower() != call.names.entity(sobject).lower() or not steps:
                continue
            try:
                column = Paths(call.names, sobject, call.hidden).column(tuple(steps))
            except UnknownPath as unknown:
                if parameter == "optionalFields":
                    continue
                message = f"No such column '{unknown.name}' on sobject of type {unknown.entity}"
                raise ApiError(400, "INVALID_FIELD", message) from unknown
            found.append(column.path)
    return list(dict.fromkeys(found))


def _record(call: Call, record_id: str) -> dict[str, Any]:
    """One record as the UI API shows it. Raises ApiError."""
    full = to_18(record_id)
    sobject = call.names.schema.object_of(full) if full else None
    if full is None or sobject is None:
        message = f"The requested record ID is not valid: {record_id}"
        raise ApiError(400, "INVALID_ID_FIELD", message)
    for parameter in _REFUSED:
        if call.query.get(parameter):
            message = f"devorg does not have {parameter}; ask for fields and optionalFields."
            raise ApiError(501, "NOT_IMPLEMENTED", message)
    if not (call.query.get("fields") or call.query.get("optionalFields")):
        message = "One of the parameters fields and optionalFields must be given."
        raise ApiError(400, "MISSING_ARGUMENT", message)
    if not access.is_visible(call.connection, call.user.id, sobject, full):
        raise not_found()
    paths = _paths(call, sobject)
    record = rows.by_id(call.connection, sobject, full) or {}
    return _representation(call, sobject, record, paths)


def _representation(
    call: Call, sobject: SObject, record: Record, paths: list[tuple[str, ...]]
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for path in paths:
        if len(path) == 1:
            field = call.names.field(sobject, path[0])
            if field is not None:
                shown[path[0]] = _value(field, record[field.name])
        elif path[0] not in shown:
            inner = [each[1:] for each in paths if each[0] == path[0] and len(each) > 1]
            shown[path[0]] = _parent(call, sobject, record, path[0], inner)
    stamp = record["SystemModstamp"]
    tag = zlib.crc32(f"{record['Id']}{stamp}{sorted(shown)}".encode())
    return {
        "apiName": call.names.entity(sobject),
        "childRelationships": {},
        "eTag": f"{tag:08x}",
        "fields": dict(sorted(shown.items())),
        "id": record["Id"],
        "lastModifiedById": record["LastModifiedById"],
        "lastModifiedDate": moments.ui_api(record["LastModifiedDate"]),
        "recordTypeId": record.get("RecordTypeId"),
        "recordTypeInfo": _record_type(sobject, record.get("RecordTypeId")),
        "systemModstamp": moments.ui_api(stamp),
        "weakEtag": int(datetime.fromisoformat(stamp).timestamp() * 1000),
    }


def _record_type(sobject: SObject, record_type_id: str | None) -> dict[str, Any] | None:
    found = next((each for each in sobject.record_types if each.id == record_type_id), None)
    if found is None:
        return None
    return {
        "available": True,
        "defaultRecordTypeMapping": found is sobject.record_types[0],
        "master": False,
        "name": found.name,
        "recordTypeId": found.id,
    }


def _parent(
    call: Call, sobject: SObject, record: Record, relationship: str, paths: list[tuple[str, ...]]
) -> dict[str, Any]:
    """A parent inside a record: null when there is none, or none that the user may see."""
    field = next(each for each in sobject.fields if call.names.path(each) == relationship)
    parent_id = record[field.name]
    target = call.names.schema.object_of(parent_id) if parent_id else None
    if target is None or not access.is_visible(call.connection, call.user.id, target, parent_id):
        return {"displayValue": None, "value": None}
    parent = rows.by_id(call.connection, target, parent_id) or {}
    known = [each for each in paths if _known(call.names, target, each)]
    inner = _representation(call, target, parent, known)
    return {"displayValue": parent.get("Name"), "value": inner}


def _known(names: Names, target: SObject, path: tuple[str, ...]) -> bool:
    """A polymorphic parent may lack a field that another of its kinds has."""
    return len(path) > 1 or names.field(target, path[0]) is not None


def _value(field: Field, value: Any) -> dict[str, Any]:
    shown: str | None = None
    if value is not None and field.type in {"picklist", "email", "phone", "combobox"}:
        shown = str(value) if field.type == "picklist" else None
    elif value is not None and field.type == "currency":
        shown = f"${value:,.{field.scale}f}"
    elif value is not None and field.type == "percent":
        shown = f"{value:.{field.scale}f}%"
    elif value is not None and field.type == "date":
        day = datetime.fromisoformat(value)
        shown = f"{day.month}/{day.day}/{day.year}"
    elif value is not None and field.type in _DATETIMES:
        moment = datetime.fromisoformat(value)
        clock = moment.strftime("%I:%M %p").lstrip("0")
        shown = f"{moment.month}/{moment.day}/{moment.year}, {clock}"
        value = moments.ui_api(value)
    return {"displayValue": shown, "value": value}


@resource("GET", "ui-api/records/<record_id>")
def show(call: Call, record_id: str) -> Answer:
    """One record with the fields asked for."""
    record = _record(call, record_id)
    return Answer(body=record, headers={"ETag": f'"{record["eTag"]}"'})


@resource("GET", "ui-api/records/batch/<record_ids>")
def show_batch(call: Call, record_ids: str) -> Answer:
    """Several records, of several objects if need be; a status for each."""
    wanted = [each.strip() for each in record_ids.split(",") if each.strip()]
    if len(wanted) > MAX_RECORDS:
        message = f"At most {MAX_RECORDS} records can be asked for at once."
        raise ApiError(400, "LIMIT_EXCEEDED", message)
    results = [_result(call, each) for each in wanted]
    failed = any(each["statusCode"] != 200 for each in results)
    return Answer(body={"hasErrors": failed, "results": results})


def _result(call: Call, record_id: str) -> dict[str, Any]:
    try:
        return {"result": _record(call, record_id), "statusCode": 200}
    except ApiError as error:
        return {"result": error.body(), "statusCode": error.status}
