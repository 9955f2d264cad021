"""sObject Collections: up to 200 rows written in one call, each with its own result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from typing import Any

from devorg import ids
from devorg.dml.write import Outcome
from devorg.errors import ApiError, RowError
from devorg.rest.call import Answer, Call
from devorg.rest.records import key_field
from devorg.rest.routing import resource
from devorg.rest.sobjects import writer
from devorg.schema import SObject

MAX_ROWS = 200
MAX_CHUNKS = 10
Row = dict[str, Any]
_ROLLED_BACK = (
    "Record rolled back because not all records were valid and the request was using AllOrNone"
    " header"
)


def _limit(count: int) -> None:
    if count > MAX_ROWS:
        message = f"The number of records cannot exceed {MAX_ROWS}; this request has {count}."
        raise ApiError(400, "LIMIT_EXCEEDED", message, [])


def _records(call: Call) -> list[Row]:
    """The rows of the body. Raises ApiError for what is no list of objects."""
    records = call.object_body().get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        message = "The body must have records, a list of objects."
        raise ApiError(400, "JSON_PARSER_ERROR", message)
    _limit(len(records))
    return records


def _type_of(row: Row) -> str:
    attributes = row.get("attributes")
    return str(attributes.get("type", "")) if isinstance(attributes, dict) else ""


def _chunks(rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Runs of rows of one type. Raises ApiError for more than ten."""
    chunks = [(name, list(some)) for name, some in groupby(rows, key=_type_of)]
    if len(chunks) > MAX_CHUNKS:
        message = f"A request can hold at most {MAX_CHUNKS} chunks of one type."
        raise ApiError(400, "LIMIT_EXCEEDED", message, [])
    yield from chunks


def _typed(
    call: Call, name: str, rows: list[Row], write: Callable[[SObject], list[Outcome]]
) -> list[Outcome]:
    """Write a chunk; rows of an unknown type are refused one by one."""
    sobject = call.names.sobject(name)
    if sobject is None:
        message = f"sObject type '{name}' is not supported."
        return [Outcome(errors=[RowError("INVALID_TYPE", message)]) for _ in rows]
    try:
        return write(sobject)
    except ApiError as error:
        if error.reason != "INVALID_TYPE_FOR_OPERATION":
            raise
        return [Outcome(errors=[RowError(error.reason, error.message)]) for _ in rows]


def _answer(call: Call, all_or_none: object, write: Callable[[], list[Outcome]]) -> Answer:
    """Write, take everything back if asked to, and show what became of each row."""
    call.connection.execute("SAVEPOINT collection")
    outcomes = write()
    if all_or_none is True and not all(each.success for each in outcomes):
        call.connection.execute("ROLLBACK TO collection")
        for each in outcomes:
            if each.success:
                each.id = None
                each.errors = [RowError("ALL_OR_NONE_OPERATION_ROLLED_BACK", _ROLLED_BACK)]
    call.connection.execute("RELEASE collection")
    return Answer(body=[_shown(each) for each in outcomes])


def _shown(outcome: Outcome) -> Row:
    shown: Row = {"id": outcome.id} if outcome.id else {}
    shown |= {"success": outcome.success, "errors": [each.entry() for each in outcome.errors]}
    if outcome.created is not None and outcome.success:
        shown["created"] = outcome.created
    return shown


@resource("POST", "composite/sobjects")
def create(call: Call) -> Answer:
    """New rows, of several objects if need be."""
    records = _records(call)
    chunks = list(_chunks(records))

    def insert(some: list[Row], sobject: SObject) -> list[Outcome]:
        return writer(call, sobject).create(some)

    def write() -> list[Outcome]:
        found: list[Outcome] = []
        for name, some in chunks:
            found += _typed(call, name, some, partial(insert, some))
        return found

    return _answer(call, call.object_body().get("allOrNone"), write)


@resource("PATCH", "composite/sobjects")
def update(call: Call) -> Answer:
    """Changes of rows, each with its id."""
    chunks = list(_chunks(_records(call)))

    def change(some: list[Row], sobject: SObject) -> list[Outcome]:
        pairs = [(_id_of(row), {k: v for k, v in row.items() if k.lower() != "id"}) for row in some]
        return writer(call, sobject).update(pairs)

    def write() -> list[Outcome]:
        found: list[Outcome] = []
        for name, some in chunks:
            found += _typed(call, name, some, partial(change, some))
        return found

    return _answer(call, call.object_body().get("allOrNone"), write)


def _id_of(row: Row) -> str:
    return str(next((value for key, value in row.items() if key.lower() == "id"), ""))


@resource("DELETE", "composite/sobjects")
def delete(call: Call) -> Answer:
    """`?ids=…&allOrNone=`: rows into the recycle bin."""
    wanted = [each for each in call.query.get("ids", "").split(",") if each]
    _limit(len(wanted))
    if not wanted:
        raise ApiError(400, "MISSING_ARGUMENT", "The parameter ids must be given.", [])

    def write() -> list[Outcome]:
        runs = groupby(wanted, key=partial(_object_of, call))
        return [each for sobject, some in runs for each in _delete(call, sobject, list(some))]

    return _answer(call, call.query.get("allOrNone", "").lower() == "true", write)


def _object_of(call: Call, given: str) -> SObject | None:
    record_id = ids.to_18(given)
    sobject = call.names.schema.object_of(record_id) if record_id else None
    return sobject if sobject and sobject.writable else None


def _delete(call: Call, sobject: SObject | None, wanted: list[str]) -> list[Outcome]:
    """Ids of one object; None for what is no id of anything that can be deleted."""
    if sobject is None:
        return [Outcome(errors=[RowError("MALFORMED_ID", f"malformed id {w}")]) for w in wanted]
    return writer(call, sobject).delete([ids.to_18(each) or each for each in wanted])


@resource("PATCH", "composite/sobjects/<name>/<key>")
def upsert(call: Call, name: str, key: str) -> Answer:
    """Rows of one object, created or changed by an external id."""
    sobject = call.sobject(name)
    field = key_field(call, sobject, key)
    records = _records(call)
    wanted = call.names.entity(sobject)
    wrong = [each for each in records if _type_of(each).lower() != wanted.lower()]
    if wrong:
        message = f"Every record must be of type {wanted}; one is of {_type_of(wrong[0])!r}."
        raise ApiError(400, "INVALID_TYPE", message, [])
    return _answer(
        call,
        call.object_body().get("allOrNone"),
        lambda: writer(call, sobject).upsert(field, records),
    )
