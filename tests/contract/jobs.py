"""Jobs of Bulk API 2.0, from making one to its results."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

from tests.contract.org import Org

_ENDED = {"JobComplete", "Failed", "Aborted"}
_PATIENCE_SECONDS = 300


def load(org: Org, operation: str, text: str, sobject: str = "Contact", **more: Any) -> str:
    """Make a job, fill and close it, and wait for its end; its id."""
    body = {"operation": operation, "object": sobject, "lineEnding": "LF", **more}
    made = org.call("POST", "jobs/ingest", body)
    if made.status_code == 403:
        org.cannot(f"the user may not use Bulk API 2.0 to {operation}: {made.json()}")
    assert made.status_code == 200, made.text
    assert (made.json()["state"], made.json()["operation"]) == ("Open", operation)
    job = str(made.json()["id"])
    headers = {"Content-Type": "text/csv"}
    upload = org.call("PUT", f"jobs/ingest/{job}/batches", data=text.encode(), headers=headers)
    assert upload.status_code == 201, upload.text
    closed = org.call("PATCH", f"jobs/ingest/{job}", {"state": "UploadComplete"})
    assert (closed.status_code, closed.json()["state"]) == (200, "UploadComplete")
    assert wait(org, f"jobs/ingest/{job}")["state"] == "JobComplete"
    return job


def wait(org: Org, path: str) -> dict[str, Any]:
    """Ask until a job has ended, less and less often."""
    pause, until = 0.02, time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        found: dict[str, Any] = org.get(path)
        if found["state"] in _ENDED:
            return found
        time.sleep(pause)
        pause = min(pause * 1.5, 5)
    raise AssertionError(f"The job did not end in {_PATIENCE_SECONDS} s: {found['state']}")


def rows(org: Org, path: str) -> list[dict[str, str]]:
    """A result file as rows by column."""
    answer = org.call("GET", path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def outcome(org: Org, job: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows that were written, which are taken away after the test, and those refused."""
    good = rows(org, f"jobs/ingest/{job}/successfulResults")
    for each in good:
        org.note(each["sf__Id"])
    return good, rows(org, f"jobs/ingest/{job}/failedResults")
