"""Taking the next job and working through it, as the user who made it."""

from __future__ import annotations

import sqlite3
from functools import partial

from devorg import moments, users
from devorg.bulk import jobs
from devorg.bulk.jobs import Job
from devorg.errors import ApiError
from devorg.org import Org
from devorg.rest.call import Call


def wake(org: Org) -> None:
    """There is, or may be, a job to be done."""
    org.bulk.wake(partial(_next, org))


def _next(org: Org) -> bool:
    """Work through the oldest waiting job; False if none waits."""
    job = _claim(org)
    if job is None:
        return False
    try:
        _run(org, job)
    except Exception as error:  # noqa: BLE001 - the job says so, where nobody waits for it
        if not org.bulk.closing.is_set():
            end(org, job.id, jobs.FAILED, f"InternalError : {error}")
    finally:
        org.bulk.leave(job.id)
    return True


def _run(org: Org, job: Job) -> None:
    from devorg.bulk import extract, ingest  # they need `call_for` and `end` of this module

    (ingest if job.kind == jobs.INGEST else extract).run(org, job)


def _claim(org: Org) -> Job | None:
    """A job whose data is complete, or one that a process before this one did not finish."""
    with org.store.writing() as connection:
        taken = org.bulk.in_hand()
        marks = ", ".join("?" * len(taken))
        row = connection.execute(
            f"SELECT * FROM bulk_job WHERE state IN (?, ?) AND id NOT IN ({marks})"  # noqa: S608 - marks alone
            " ORDER BY created, id LIMIT 1",
            [jobs.UPLOADED, jobs.RUNNING, *taken],
        ).fetchone()
        if row is None:
            return None
        job = Job(**dict(row))
        org.bulk.take(job.id)
        jobs.change(connection, job.id, state=jobs.RUNNING, modified=now(org))
        return job


def stopped(org: Org) -> bool:
    """True once the org is being closed."""
    return org.bulk.closing.is_set()


def pause(org: Org, rows: int) -> None:
    """The milliseconds per row that a test asked for; nobody is held up by them."""
    org.bulk.closing.wait(org.per_row_ms * rows / 1000)


def now(org: Org) -> str:
    """The org's current second."""
    return moments.write(org.clock.now())


def call_for(org: Org, job: Job, connection: sqlite3.Connection) -> Call:
    """A call in the name of the job's user, whom rights and faults see as any other's."""
    user = users.find(job.user_id)
    if user is None:
        raise ApiError(403, "INSUFFICIENT_ACCESS", "The user of this job is no longer there.")
    return Call(
        org, user, connection, job.version, "POST", job.path, {},
        {"sforce-call-options": job.call_options}, None, job.base_url,
        org.rights.hidden_fields(connection, user),
    )  # fmt: skip


def end(org: Org, job_id: str, state: str, message: str | None = None) -> None:
    """Close a job that is still being worked at."""
    with org.store.writing() as connection:
        job = jobs.find(connection, job_id)
        if job is not None and job.state == jobs.RUNNING:
            jobs.change(connection, job_id, state=state, error=message, modified=now(org))
