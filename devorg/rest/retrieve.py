"""sObject Collections, reading: up to 2,000 rows of one object, in the order asked for."""

from __future__ import annotations

from devorg import ids
from devorg.errors import ApiError
from devorg.rest.call import Answer, Call
from devorg.rest.records import asked_fields, shown
from devorg.rest.routing import resource

MAX_READ = 2000


@resource("GET", "composite/sobjects/<name>")
def retrieve(call: Call, name: str) -> Answer:
    """`?ids=…&fields=…`: rows of one object, in the order asked for."""
    ids_, fields = (
        [each.strip() for each in call.query.get(key, "").split(",") if each.strip()]
        for key in ("ids", "fields")
    )
    return _retrieve(call, name, ids_, fields)


@resource("POST", "composite/sobjects/<name>")
def retrieve_many(call: Call, name: str) -> Answer:
    """The same, for more ids than a path can hold."""
    body = call.object_body()
    lists = [body.get(key) for key in ("ids", "fields")]
    if not all(isinstance(each, list) for each in lists):
        raise ApiError(400, "JSON_PARSER_ERROR", "The body must have the lists ids and fields.")
    return _retrieve(call, name, *([str(one) for one in each or ()] for each in lists))


def _retrieve(call: Call, name: str, wanted: list[str], fields: list[str]) -> Answer:
    """Null stands for a row that is missing, deleted, hidden, or of another object."""
    sobject = call.sobject(name)
    if len(wanted) > MAX_READ:
        message = f"The number of ids cannot exceed {MAX_READ}; this request has {len(wanted)}."
        raise ApiError(400, "LIMIT_EXCEEDED", message, [])
    if not wanted or not fields:
        raise ApiError(400, "MISSING_ARGUMENT", "Both ids and fields must be given.", [])
    full = [ids.to_18(each) for each in wanted]
    bad = next((each for each, found in zip(wanted, full, strict=True) if found is None), None)
    if bad is not None:
        raise ApiError(400, "MALFORMED_ID", f"malformed id {bad}", [])
    names = asked_fields(call, sobject, fields)
    found = shown(call, sobject, [each for each in full if each], names)
    return Answer(body=[found.get(each or "") for each in full])
