"""Loading: the rows of a file, written 200 at a time through the functions of collections.

Each chunk is one transaction, which also keeps its results and the job's progress: a job that
is cut off goes on where it stopped, and writes no row twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from time import monotonic
from typing import Any

from devorg import ids, rows
from devorg.bulk import jobs, tables
from devorg.bulk.columns import Cells, Columns
from devorg.bulk.dialect import FileError
from devorg.bulk.jobs import Job
from devorg.bulk.work import call_for, end, now, pause, stopped
from devorg.dml.write import Outcome, Writer
from devorg.errors import ApiError, RowError
from devorg.org import Org
from devorg.rest.call import Call
from devorg.rest.records import key_field
from devorg.rest.sobjects import writer
from devorg.schema import SObject

CHUNK = 200
SUCCESSFUL, UNSUCCESSFUL = "successfulResults", "failedResults"
Payload = dict[str, Any]


def run(org: Org, job: Job) -> None:
    """Process the rest of a job; returns early when the org closes or somebody ends the job."""
    with org.store.reading() as connection:
        content = tables.content(connection, job.id)
    try:
        total = _check(job, content)
        source = job.dialect.read(content)
        header = next(source, [])
        source = islice(source, job.processed, None)
        done = job.processed
        while done < total:
            chunk = list(islice(source, CHUNK))
            pause(org, len(chunk))
            if stopped(org) or not _one_chunk(org, job.id, header, chunk):
                return
            done += len(chunk)
    except FileError as error:
        end(org, job.id, jobs.FAILED, error.shown())
    else:
        end(org, job.id, jobs.COMPLETE)


def header_of(job: Job, content: bytes) -> list[str]:
    """The names in the first row; none for an empty file. Raises FileError."""
    return next(job.dialect.read(content), [])


def _check(job: Job, content: bytes) -> int:
    """The number of rows, all as wide as the header. Raises FileError."""
    width, total = None, -1
    for cells in job.dialect.read(content):
        width = width or len(cells)
        total += 1
        if len(cells) != width:
            message = f"Row {total} has {len(cells)} columns, the header has {width}"
            raise FileError("InvalidBatch", message)
    return max(total, 0)


def _one_chunk(org: Org, job_id: str, header: Cells, chunk: Sequence[Cells]) -> bool:
    """Write a chunk and its results; False if the job was ended meanwhile. Raises FileError."""
    began = monotonic()
    with org.store.writing() as connection:
        job = jobs.find(connection, job_id)
        if job is None or job.state != jobs.RUNNING:
            return False
        call = call_for(org, job, connection)
        outcomes = _write(call, job, header, chunk)
        failed = _keep(job, call, header, list(zip(chunk, outcomes, strict=True)))
        jobs.change(
            connection,
            job_id,
            processed=job.processed + len(chunk),
            failed=job.failed + failed,
            milliseconds=job.milliseconds + round((monotonic() - began) * 1000),
        )
    return True


def _write(call: Call, job: Job, header: Cells, chunk: Sequence[Cells]) -> list[Outcome]:
    sobject = call.sobject(job.object)
    columns = Columns(call, sobject, header)
    _require(columns, job, header)
    payloads = columns.payloads(chunk)
    good = [each for each in payloads if not isinstance(each, RowError)]
    written = iter(_together(call, job, sobject, good))
    return [
        Outcome(errors=[each]) if isinstance(each, RowError) else next(written) for each in payloads
    ]


def _require(columns: Columns, job: Job, header: Cells) -> None:
    """Refuse a file without the column the operation goes by. Raises FileError."""
    key = job.key_field if job.operation == "upsert" else "Id"
    if job.operation != "insert" and key is not None and key not in columns:
        raise FileError("InvalidBatch", f"Field name not found : {key}")
    if job.operation in {"delete", "hardDelete"} and len(header) > 1:
        message = f"The '{job.operation}' batch must contain only ids"
        raise FileError("InvalidBatch", message)


def _together(call: Call, job: Job, sobject: SObject, payloads: list[Payload]) -> list[Outcome]:
    """Rows in one go; where one of them makes all unreadable, each by itself."""
    call.connection.execute("SAVEPOINT rows")
    try:
        return _operate(call, job, sobject, [dict(each) for each in payloads])
    except ApiError as error:
        call.connection.execute("ROLLBACK TO rows")
        if len(payloads) == 1:
            refused = RowError(error.reason, error.message, list(error.fields or ()))
            return [Outcome(errors=[refused])]
        return [_together(call, job, sobject, [each])[0] for each in payloads]
    finally:
        call.connection.execute("RELEASE rows")


def _operate(call: Call, job: Job, sobject: SObject, payloads: list[Payload]) -> list[Outcome]:
    writes = writer(call, sobject)
    if job.operation == "insert":
        return writes.create(payloads)
    if job.operation == "upsert":
        return writes.upsert(key_field(call, sobject, job.key_field or ""), payloads)
    outcomes = _by_id(writes, job.operation, payloads)
    if job.operation == "hardDelete":
        gone = [each.id for each in outcomes if each.success and each.id]
        rows.purge(call.connection, sobject, gone, now(call.org))
    return outcomes


def _by_id(writes: Writer, operation: str, payloads: list[Payload]) -> list[Outcome]:
    """Operations on records named by their ids; a text that is no id fails its row alone."""
    found = [ids.to_18(str(each.pop("Id", None) or "")) for each in payloads]
    pairs = [(key, each) for key, each in zip(found, payloads, strict=True) if key]
    if operation == "update":
        done = iter(writes.update(pairs))
    else:
        done = iter(writes.delete([key for key, _ in pairs]))
    refused = RowError("MALFORMED_ID", "malformed id", ["Id"])
    return [next(done) if key else Outcome(errors=[refused]) for key in found]


def _keep(job: Job, call: Call, header: Cells, results: Sequence[tuple[Cells, Outcome]]) -> int:
    """Store the results of a chunk; how many rows failed."""
    good = [
        [outcome.id or "", _created(job, outcome), *cells]
        for cells, outcome in results
        if outcome.success
    ]
    bad = [
        [outcome.id or "", shown(outcome.errors[0]), *cells]
        for cells, outcome in results
        if not outcome.success
    ]
    for kind, lines in ((SUCCESSFUL, good), (UNSUCCESSFUL, bad)):
        text = job.dialect.write(lines)
        tables.add_result(call.connection, job.id, kind, job.processed, len(lines), text)
    return len(bad)


def _created(job: Job, outcome: Outcome) -> str:
    made = job.operation == "insert" if outcome.created is None else outcome.created
    return str(made).lower()


def shown(error: RowError) -> str:
    """An error as `sf__Error` has it: code, message and fields."""
    named = ", ".join(error.fields)
    return f"{error.reason}:{error.message}:{named}{' ' if named else ''}--"


def unprocessed(job: Job, content: bytes) -> Iterator[Cells]:
    """The header, and the rows that the job has not come to."""
    source = job.dialect.read(content)
    yield next(source, [])
    yield from islice(source, job.processed, None)
