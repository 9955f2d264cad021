"""`jobs/ingest`: making, filling, closing and reading the jobs that load data."""

from __future__ import annotations

import json
from typing import Any

from devorg.bulk import ingest, jobs, requests, tables
from devorg.bulk.dialect import FileError
from devorg.bulk.jobs import Job
from devorg.bulk.work import now, wake
from devorg.errors import ApiError
from devorg.rest.call import Answer, Call, Form
from devorg.rest.routing import resource

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
# 150 MB after the conversion to base64, which makes four bytes of three.
MOST_BYTES = 150 * 1024 * 1024 * 3 // 4
# No profile has it unless an admin gives it, in devorg as in real orgs.
HARD_DELETE = "BulkApiHardDelete"
CSV = {"Content-Type": "text/csv; charset=UTF-8"}


@resource("POST", "jobs/ingest")
def create(call: Call) -> Answer:
    """A new job; as a form of two parts it brings its data along."""
    form = call.body if isinstance(call.body, Form) else None
    body = _described(form) if form else call.object_body()
    job = _new(call, body)
    jobs.add(call.connection, job)
    if form:
        _store(call, job, form.parts.get("content", b""))
        job = _close(call, job)
    return Answer(body=jobs.with_files(job))


def _described(form: Form) -> dict[str, Any]:
    try:
        body = json.loads(form.parts.get("job", b""))
    except ValueError as error:
        raise ApiError(400, "JSON_PARSER_ERROR", f"The part job is no JSON: {error}") from error
    return body if isinstance(body, dict) else {}


def _new(call: Call, body: dict[str, Any]) -> Job:
    """The job that a body describes. Raises ApiError."""
    operation = requests.chosen(body, "operation", OPERATIONS, None)
    requests.chosen(body, "contentType", ("CSV",), "CSV")
    if body.get("assignmentRuleId"):
        message = "devorg has no assignment rules to run: assignmentRuleId"
        raise ApiError(400, "INVALIDJOB", f"InvalidJob : {message}")
    if operation == "hardDelete" and not call.org.rights.has(call.user, HARD_DELETE):
        message = (
            "hardDelete operation requires special user profile permission, please contact your"
            " system administrator"
        )
        raise ApiError(400, "FEATURENOTENABLED", message)
    sobject = requests.sobject(call, body)
    key = None
    if operation == "upsert":
        given = str(body.get("externalIdFieldName") or "")
        field = call.field(sobject, given)
        if field is None or not (field.external_id or field.id_lookup):
            message = f"Field name provided, {given} does not match an External ID for"
            raise ApiError(
                400, "INVALIDJOB", f"InvalidJob : {message} {call.names.entity(sobject)}"
            )
        key = call.names.api(field)
    return requests.job(
        call, body, kind=jobs.INGEST, operation=operation, state=jobs.OPEN, key_field=key,
        object=call.names.entity(sobject),
    )  # fmt: skip


@resource("GET", "jobs/ingest")
def listed(call: Call) -> Answer:
    """All jobs of the caller, a thousand at a time."""
    return Answer(body=jobs.page(call, jobs.INGEST))


@resource("GET", "jobs/ingest/<job_id>")
def show(call: Call, job_id: str) -> Answer:
    """One job with its progress."""
    job = jobs.of_caller(call, job_id, jobs.INGEST)
    requests.see_to(call, job)
    return Answer(body=jobs.in_full(job))


@resource("PUT", "jobs/ingest/<job_id>/batches")
def upload(call: Call, job_id: str) -> Answer:
    """The data, in one piece, once."""
    job = jobs.of_caller(call, job_id, jobs.INGEST)
    if job.state != jobs.OPEN:
        raise jobs.wrong_state(f"Uploading data to a job in state {job.state} is not allowed.")
    if job.uploaded:
        message = (
            f"Found multiple contents for job: <{job.id[:15]}>, please 'Close' / 'Abort' / 'Delete'"
            " the current Job then create a new Job and make sure you only do 'PUT' once on a"
            " given Job."
        )
        raise ApiError(400, "BULK_API_ERROR", message)
    if not isinstance(call.body, bytes):
        message = "Content-Type header must be text/csv."
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)
    _store(call, job, call.body)
    return Answer(201)


def _store(call: Call, job: Job, content: bytes) -> None:
    if len(content) > MOST_BYTES:
        message = f"The data of a job cannot exceed 150 MB in base64: {len(content)} bytes"
        raise ApiError(400, "EXCEEDED_MAX_SIZE_REQUEST", message)
    call.connection.execute("INSERT INTO bulk_data VALUES (?, ?)", [job.id, content])
    jobs.change(call.connection, job.id, uploaded=1, modified=now(call.org))


@resource("PATCH", "jobs/ingest/<job_id>")
def change(call: Call, job_id: str) -> Answer:
    """The data is complete, or the job is to end."""
    job = jobs.of_caller(call, job_id, jobs.INGEST)
    state = requests.chosen(call.object_body(), "state", (jobs.UPLOADED, jobs.ABORTED), None)
    if state == jobs.ABORTED:
        return Answer(body=jobs.in_short(requests.abort(call, job)))
    if job.state != jobs.OPEN:
        raise jobs.wrong_state(f"Closing a job in state {job.state} is not allowed.")
    return Answer(body=jobs.in_short(_close(call, job)))


def _close(call: Call, job: Job) -> Job:
    jobs.change(call.connection, job.id, state=jobs.UPLOADED, modified=now(call.org))
    # The worker begins once this call's transaction is over.
    wake(call.org)
    return jobs.of_caller(call, job.id, jobs.INGEST)


@resource("DELETE", "jobs/ingest/<job_id>")
def delete(call: Call, job_id: str) -> Answer:
    """Forget a job and its results."""
    jobs.delete(call, jobs.of_caller(call, job_id, jobs.INGEST))
    return Answer(204)


@resource("GET", "jobs/ingest/<job_id>/successfulResults")
def successful(call: Call, job_id: str) -> Answer:
    """The rows that were written, with their ids."""
    return _results(call, job_id, ingest.SUCCESSFUL, "sf__Created")


@resource("GET", "jobs/ingest/<job_id>/failedResults")
def failed(call: Call, job_id: str) -> Answer:
    """The rows that were refused, each with the reason."""
    return _results(call, job_id, ingest.UNSUCCESSFUL, "sf__Error")


def _results(call: Call, job_id: str, kind: str, column: str) -> Answer:
    job = _ended(call, job_id)
    try:
        header = ingest.header_of(job, tables.content(call.connection, job.id))
    except FileError:
        header = []
    parts = call.connection.execute(
        "SELECT text FROM bulk_result WHERE job_id = ? AND kind = ? ORDER BY first",
        [job.id, kind],
    )
    text = job.dialect.write([["sf__Id", column, *header]])
    return Answer(raw="".join([text, *(row[0] for row in parts)]).encode(), headers=dict(CSV))


def _ended(call: Call, job_id: str) -> Job:
    job = jobs.of_caller(call, job_id, jobs.INGEST)
    if job.state not in jobs.ENDED:
        raise jobs.wrong_state(f"The job is in state {job.state}; results come when it has ended.")
    return job


@resource("GET", "jobs/ingest/<job_id>/unprocessedrecords")
def unprocessed(call: Call, job_id: str) -> Answer:
    """The rows that a failed or aborted job has not come to."""
    job = _ended(call, job_id)
    content = tables.content(call.connection, job.id)
    try:
        text = job.dialect.write(ingest.unprocessed(job, content)) if content else ""
    except FileError:
        # A file that cannot be read comes back as it is.
        return Answer(raw=content, headers=dict(CSV))
    return Answer(raw=text.encode(), headers=dict(CSV))


@resource("GET", "jobs/ingest/<job_id>/unprocessedRecords")
def unprocessed_records(call: Call, job_id: str) -> Answer:
    """The same; simple-salesforce writes the path so, and real orgs answer it."""
    return unprocessed(call, job_id)
