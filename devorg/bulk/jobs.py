"""Jobs: what is kept of them, and the forms in which clients see them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields
from typing import Any

from devorg import ids
from devorg.bulk import tables
from devorg.bulk.dialect import Dialect
from devorg.errors import ApiError
from devorg.rest.call import Call, not_found

PREFIX = "750"
INGEST, QUERY = "V2Ingest", "V2Query"
OPEN, UPLOADED, RUNNING = "Open", "UploadComplete", "InProgress"
COMPLETE, FAILED, ABORTED = "JobComplete", "Failed", "Aborted"
ENDED = frozenset({COMPLETE, FAILED, ABORTED})
# A list of jobs holds so many.
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it is stored."""

    id: str
    kind: str
    operation: str
    object: str
    user_id: str
    version: str
    base_url: str
    created: str
    modified: str
    state: str
    delimiter: str
    line_ending: str
    key_field: str | None = None
    query: str | None = None
    call_options: str = ""
    uploaded: int = 0
    processed: int = 0
    failed: int = 0
    milliseconds: int = 0
    error: str | None = None

    @property
    def dialect(self) -> Dialect:
        """How its files are written."""
        return Dialect(self.delimiter, self.line_ending)

    @property
    def path(self) -> str:
        """Its path below the version."""
        return f"jobs/{'ingest' if self.kind == INGEST else 'query'}/{self.id}"


_COLUMNS = tuple(each.name for each in fields(Job))


def new_id(connection: sqlite3.Connection) -> str:
    """The next id of a job."""
    row = connection.execute(
        "INSERT INTO counter (prefix, used) VALUES (?, 1)"
        " ON CONFLICT (prefix) DO UPDATE SET used = used + 1 RETURNING used",
        [PREFIX],
    ).fetchone()
    return ids.make(PREFIX, int(row[0]))


def add(connection: sqlite3.Connection, job: Job) -> None:
    """Keep a new job."""
    marks = ", ".join("?" * len(_COLUMNS))
    connection.execute(
        f"INSERT INTO bulk_job ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - names of devorg's own columns
        [getattr(job, name) for name in _COLUMNS],
    )


def change(connection: sqlite3.Connection, job_id: str, **values: Any) -> None:
    """Set some of a job's properties."""
    columns = ", ".join(f"{name} = ?" for name in values)
    connection.execute(
        f"UPDATE bulk_job SET {columns} WHERE id = ?",  # noqa: S608 - names of devorg's own columns
        [*values.values(), job_id],
    )


def find(connection: sqlite3.Connection, job_id: str) -> Job | None:
    """A job by its 18-character id."""
    row = connection.execute("SELECT * FROM bulk_job WHERE id = ?", [job_id]).fetchone()
    return Job(**dict(row)) if row else None


def of_caller(call: Call, job_id: str, kind: str) -> Job:
    """A job of the calling user. Raises the 404 of a real org."""
    job = find(call.connection, ids.to_18(job_id) or job_id)
    if job is None or job.kind != kind or job.user_id != call.user.id:
        raise not_found()
    return job


def wrong_state(message: str) -> ApiError:
    """The refusal of what a job's state does not allow."""
    return ApiError(400, "INVALIDJOBSTATE", message)


def page(call: Call, kind: str) -> dict[str, Any]:
    """One page of the caller's jobs, by their ids, as `GET jobs/…` shows it."""
    wanted = call.query.get("jobType") or kind
    after = call.query.get("queryLocator", "")
    # Jobs of Bulk API 2.0 run in parallel, and are chunked by nobody's asking.
    none = (
        call.query.get("isPkChunkingEnabled", "").lower() == "true"
        or call.query.get("concurrencyMode", "parallel").lower() != "parallel"
    )
    found = call.connection.execute(
        "SELECT * FROM bulk_job WHERE user_id = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
        [call.user.id, "" if none else wanted, after, PAGE + 1],
    ).fetchall()
    listed = [Job(**dict(row)) for row in found[:PAGE]]
    more = None
    if len(found) > PAGE:
        more = f"{call.root}/{call.path.rstrip('/')}?queryLocator={listed[-1].id}"
    return {
        "done": more is None,
        "records": [in_short(job) for job in listed],
        "nextRecordsUrl": more,
    }


def in_short(job: Job) -> dict[str, Any]:
    """What a new, a closed and a listed job say of themselves."""
    shown: dict[str, Any] = {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": job.user_id,
        "createdDate": job.created,
        "systemModstamp": job.modified,
        "state": job.state,
        "externalIdFieldName": job.key_field,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.version.removeprefix("v")),
    }
    if job.key_field is None:
        del shown["externalIdFieldName"]
    return shown


def with_files(job: Job) -> dict[str, Any]:
    """A new job: also how its files are written, and where the data belongs."""
    where = {"contentUrl": f"services/data/{job.version}/{job.path}/batches"}
    return {
        **in_short(job),
        **(where if job.kind == INGEST and job.state == OPEN else {}),
        "lineEnding": job.line_ending,
        "columnDelimiter": job.delimiter,
    }


def in_full(job: Job) -> dict[str, Any]:
    """A job with its progress."""
    shown = {
        **with_files(job),
        "jobType": job.kind,
        "numberRecordsProcessed": job.processed,
        "retries": 0,
        "totalProcessingTime": job.milliseconds,
    }
    if job.kind == INGEST:
        shown["numberRecordsFailed"] = job.failed
        # There is no Apex here; the API's part is all the time there is.
        shown["apiActiveProcessingTime"] = job.milliseconds
        shown["apexProcessingTime"] = 0
    else:
        shown["isPkChunkingSupported"] = True
    if job.error is not None:
        shown["errorMessage"] = job.error
    return shown


def delete(call: Call, job: Job) -> None:
    """Forget a job that is not being filled or processed. Raises ApiError."""
    if job.state in {OPEN, RUNNING}:
        raise wrong_state(f"Deleting a job in state {job.state} is not allowed.")
    tables.remove(call.connection, job.id)
