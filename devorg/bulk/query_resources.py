"""`jobs/query`: making and reading the jobs that extract data."""

from __future__ import annotations

from devorg.bulk import extract, jobs, requests
from devorg.bulk.ingest_resources import CSV
from devorg.bulk.work import wake
from devorg.errors import ApiError
from devorg.rest.call import Answer, Call
from devorg.rest.routing import resource


@resource("POST", "jobs/query")
def create(call: Call) -> Answer:
    """A new job, which begins at once."""
    body = call.object_body()
    operation = requests.chosen(body, "operation", ("query", "queryAll"), None)
    requests.chosen(body, "contentType", ("CSV",), "CSV")
    text = str(body.get("query") or "")
    if not text:
        raise requests.invalid("query", None)
    name, _ = extract.columns(call, text)
    job = requests.job(
        call, body, kind=jobs.QUERY, operation=operation, object=name, query=text,
        state=jobs.UPLOADED,
    )  # fmt: skip
    jobs.add(call.connection, job)
    wake(call.org)
    return Answer(body=jobs.with_files(job))


@resource("GET", "jobs/query")
def listed(call: Call) -> Answer:
    """All jobs of the caller, a thousand at a time."""
    return Answer(body=jobs.page(call, jobs.QUERY))


@resource("GET", "jobs/query/<job_id>")
def show(call: Call, job_id: str) -> Answer:
    """One job with its progress."""
    job = jobs.of_caller(call, job_id, jobs.QUERY)
    requests.see_to(call, job)
    return Answer(body=jobs.in_full(job))


@resource("PATCH", "jobs/query/<job_id>")
def change(call: Call, job_id: str) -> Answer:
    """End a job early."""
    job = jobs.of_caller(call, job_id, jobs.QUERY)
    requests.chosen(call.object_body(), "state", (jobs.ABORTED,), None)
    return Answer(body=jobs.in_short(requests.abort(call, job)))


@resource("DELETE", "jobs/query/<job_id>")
def delete(call: Call, job_id: str) -> Answer:
    """Forget a job and its results."""
    jobs.delete(call, jobs.of_caller(call, job_id, jobs.QUERY))
    return Answer(204)


@resource("GET", "jobs/query/<job_id>/results")
def results(call: Call, job_id: str) -> Answer:
    """One page of the rows; its headers say how many there are, and how to go on."""
    job = jobs.of_caller(call, job_id, jobs.QUERY)
    if job.state != jobs.COMPLETE:
        raise jobs.wrong_state(f"The job is in state {job.state}; results come with JobComplete.")
    if job.version != call.version:
        message = f"Results are read with the version the job was made with, {job.version}."
        raise ApiError(409, "API_ERROR", message)
    given = call.query.get("maxRecords", str(extract.PAGE))
    if not given.isdecimal() or int(given) < 1:
        raise requests.invalid("maxRecords", given)
    text, count, following = extract.page(call, job, call.query.get("locator", ""), int(given))
    headers = {"Sforce-Locator": following, "Sforce-NumberOfRecords": str(count), **CSV}
    return Answer(raw=text.encode(), headers=headers)
