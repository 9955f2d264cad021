"""What the resources of both kinds of jobs share: reading bodies, and refusing them."""

from __future__ import annotations

from typing import Any

from devorg.bulk import jobs
from devorg.bulk.dialect import DELIMITERS, LINE_ENDINGS
from devorg.bulk.jobs import Job
from devorg.bulk.work import now, wake
from devorg.errors import ApiError
from devorg.rest.call import Call
from devorg.schema import SObject


def chosen(body: dict[str, Any], name: str, allowed: tuple[str, ...], default: str | None) -> str:
    """One of the words a property may be. Raises ApiError."""
    value = body.get(name) or default
    if value not in allowed:
        raise invalid(name, value)
    return str(value)


def invalid(name: str, value: object) -> ApiError:
    """The refusal of a property's value."""
    given = "" if value is None else value
    return ApiError(400, "API_ERROR", f"Invalid value: '{given}' supplied for property: '{name}'")


def sobject(call: Call, body: dict[str, Any]) -> SObject:
    """The object a job is about. Raises ApiError."""
    name = str(body.get("object") or "")
    found = call.names.sobject(name)
    if found is None or not call.org.rights.may(call.user, found, "read"):
        raise ApiError(400, "INVALIDJOB", f"InvalidJob : Unable to find object: {name}")
    if not found.writable:
        message = f"Entity '{found.name}' is not supported by the Bulk API."
        raise ApiError(400, "INVALIDENTITY", message)
    return found


def job(call: Call, body: dict[str, Any], **more: Any) -> Job:
    """A job of the caller, made now, its files written as the body says. Raises ApiError."""
    moment = now(call.org)
    return Job(
        id=jobs.new_id(call.connection),
        user_id=call.user.id,
        version=call.version,
        base_url=call.base_url,
        created=moment,
        modified=moment,
        delimiter=chosen(body, "columnDelimiter", tuple(DELIMITERS), "COMMA"),
        line_ending=chosen(body, "lineEnding", tuple(LINE_ENDINGS), "LF"),
        call_options=call.headers.get("sforce-call-options", ""),
        **more,
    )


def see_to(call: Call, job: Job) -> None:
    """Whoever asks after a job that nobody works at (after a restart) sets it going again."""
    if job.state in {jobs.UPLOADED, jobs.RUNNING} and job.id not in call.org.bulk.in_hand():
        wake(call.org)


def abort(call: Call, job: Job) -> Job:
    """End a job that has not ended. Raises ApiError."""
    if job.state in jobs.ENDED:
        done = "Completed" if job.state == jobs.COMPLETE else job.state
        raise jobs.wrong_state(f"Aborting already {done} Job not allowed")
    jobs.change(call.connection, job.id, state=jobs.ABORTED, modified=now(call.org))
    return jobs.of_caller(call, job.id, job.kind)
