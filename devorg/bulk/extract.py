"""Extracting: the rows of a query, kept in pages of values, and shown as CSV."""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from collections.abc import Iterator
from time import monotonic
from typing import Any

from devorg.bulk import jobs, tables
from devorg.bulk.jobs import Job
from devorg.bulk.values import shown
from devorg.bulk.work import call_for, end, stopped
from devorg.errors import ApiError
from devorg.org import Org
from devorg.rest.call import Call
from devorg.soql import run as soql
from devorg.soql.nodes import Query, Typeof
from devorg.soql.translate import aggregated
from devorg.soql.tree import parse

HEADER, ROWS = "header", "rows"
# So many rows are shown where the client names no number.
PAGE = 50_000
_COMPOUND = frozenset({"address", "location"})


def columns(call: Call, text: str) -> tuple[str, list[tuple[str, ...]]]:
    """The object of a query and the paths it selects. Raises ApiError for what SOQL refuses,
    and for what a bulk query cannot hold.
    """
    query = parse(text)
    _check(query)
    statement = soql.translator(call).translate(query, deleted=False)
    if any(each.field.type in _COMPOUND for each in statement.columns):
        raise _unsupported("Selecting compound data not supported in Bulk Query")
    return call.names.entity(statement.sobject), [each.path for each in statement.columns]


def _check(query: Query) -> None:
    """Refuse what the guide excludes. Raises ApiError."""
    selected = query.fields or ()
    if any(isinstance(each, Query) for each in selected):
        message = "Aggregate Relationships not supported in Bulk V2 Query with CSV content type"
        raise _unsupported(message)
    if aggregated(query) or query.offset or any(isinstance(each, Typeof) for each in selected):
        raise _unsupported("GROUP BY, OFFSET, TYPEOF and aggregates not supported in Bulk V2 Query")


def _unsupported(message: str) -> ApiError:
    return ApiError(400, "FEATURENOTENABLED", message)


def run(org: Org, job: Job) -> None:
    """Run the query as one view of the data, and keep its rows page by page."""
    began = monotonic()
    try:
        with org.store.reading() as connection:
            call = call_for(org, job, connection)
            _, paths = columns(call, job.query or "")
            _keep_header(org, job, paths)
            count = 0
            for rows in _pages(org, call, job, paths):
                spent = round((monotonic() - began) * 1000)
                if stopped(org) or not _keep(org, job.id, count, rows, spent):
                    return
                count += len(rows)
    except ApiError as error:
        end(org, job.id, jobs.FAILED, f"{error.reason} : {error.message}")
    else:
        end(org, job.id, jobs.COMPLETE)


def _pages(
    org: Org, call: Call, job: Job, paths: list[tuple[str, ...]]
) -> Iterator[list[list[str]]]:
    result = soql.begin(call, job.query or "", deleted=job.operation == "queryAll")
    yield [_cells(record, paths) for record in result.records]
    while result.locator and not stopped(org):
        result = soql.go_on(call, result.locator)
        yield [_cells(record, paths) for record in result.records]


def _cells(record: dict[str, Any], paths: list[tuple[str, ...]]) -> list[str]:
    return [shown(_value(record, path)) for path in paths]


def _value(record: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = record
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _keep_header(org: Org, job: Job, paths: list[tuple[str, ...]]) -> None:
    """A process before this one may have kept some rows; they are of an older view."""
    with org.store.writing() as connection:
        connection.execute("DELETE FROM bulk_result WHERE job_id = ?", [job.id])
        header = json.dumps([".".join(path) for path in paths])
        tables.add_result(connection, job.id, HEADER, 0, 1, header)


def _keep(org: Org, job_id: str, first: int, rows: list[list[str]], milliseconds: int) -> bool:
    """Store a page; False if the job was ended meanwhile."""
    with org.store.writing() as connection:
        job = jobs.find(connection, job_id)
        if job is None or job.state != jobs.RUNNING:
            return False
        tables.add_result(connection, job_id, ROWS, first, len(rows), json.dumps(rows))
        processed = first + len(rows)
        jobs.change(connection, job_id, processed=processed, milliseconds=milliseconds)
        return True


def page(call: Call, job: Job, locator: str, most: int) -> tuple[str, int, str]:
    """One page as CSV with its header, how many rows it has, and where the next one starts
    (`null` at the end). Raises ApiError.
    """
    start = _start(job, locator)
    header = call.connection.execute(
        "SELECT text FROM bulk_result WHERE job_id = ? AND kind = ?", [job.id, HEADER]
    ).fetchone()
    rows = _rows(call.connection, job, start, most)
    following = start + len(rows)
    text = job.dialect.write([json.loads(header[0]), *rows])
    return text, len(rows), _locator(following) if following < job.processed else "null"


def _rows(connection: sqlite3.Connection, job: Job, start: int, most: int) -> list[list[str]]:
    found: list[list[str]] = []
    for part in connection.execute(
        "SELECT first, text FROM bulk_result WHERE job_id = ? AND kind = ?"
        " AND first + count > ? AND first < ? ORDER BY first",
        [job.id, ROWS, start, start + most],
    ):
        found += json.loads(part["text"])[max(start - part["first"], 0) :]
    return found[:most]


def _locator(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def _start(job: Job, locator: str) -> int:
    """The row a locator stands for; the first one without a locator. Raises ApiError."""
    if not locator:
        return 0
    try:
        position = int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except (ValueError, binascii.Error):
        position = -1
    if not 0 < position < job.processed:
        raise ApiError(400, "INVALID_QUERY_LOCATOR", f"Invalid locator: {locator}")
    return position
