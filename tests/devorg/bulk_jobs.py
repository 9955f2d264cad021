"""Bulk API 2.0 as a client uses it: one job from making it to its results."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import requests

from tests.devorg.client import API, Client

ENDED = {"JobComplete", "Failed", "Aborted"}
_PATIENCE_SECONDS = 60


class Jobs:
    """The jobs of one user."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def create(self, operation: str, sobject: str = "Contact", **more: Any) -> str:
        """A new ingest job that must be accepted; its id."""
        body = {"operation": operation, "object": sobject, **more}
        answer = self.client.call("POST", "jobs/ingest", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def upload(self, job: str, text: str, **headers: str) -> requests.Response:
        """Put a file into a job."""
        url = f"{self.client.url}{API}/jobs/ingest/{job}/batches"
        headers = {"Content-Type": "text/csv", **headers}
        return self.client.http.put(url, data=text.encode(), headers=headers, timeout=30)

    def patch(self, job: str, state: str, kind: str = "ingest") -> requests.Response:
        """Ask for a state."""
        return self.client.call("PATCH", f"jobs/{kind}/{job}", {"state": state})

    def info(self, job: str, kind: str = "ingest") -> dict[str, Any]:
        """What a job says of itself."""
        answer = self.client.call("GET", f"jobs/{kind}/{job}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def wait(self, job: str, kind: str = "ingest", *, rows: int | None = None) -> dict[str, Any]:
        """Ask until the job has ended, or until it has come to so many rows."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            found = self.info(job, kind)
            if found["state"] in ENDED or (rows and found["numberRecordsProcessed"] >= rows):
                return found
            time.sleep(0.01)
        raise AssertionError(f"The job did not come so far: {found}")

    def load(self, operation: str, text: str, sobject: str = "Contact", **more: Any) -> str:
        """Make a job, fill it, close it and wait for its end; its id."""
        job = self.create(operation, sobject, **more)
        assert self.upload(job, text).status_code == 201
        assert self.patch(job, "UploadComplete").status_code == 200
        self.wait(job)
        return job

    def results(self, job: str, kind: str, delimiter: str = ",") -> list[dict[str, str]]:
        """The rows of one of a job's result files."""
        answer = self.client.call("GET", f"jobs/ingest/{job}/{kind}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/csv")
        return rows(answer.content.decode(), delimiter)

    def good(self, job: str) -> list[dict[str, str]]:
        """The rows that were written."""
        return self.results(job, "successfulResults")

    def bad(self, job: str) -> list[dict[str, str]]:
        """The rows that were refused."""
        return self.results(job, "failedResults")

    def query(self, soql: str, operation: str = "query", **more: Any) -> str:
        """A query job that must succeed, once it has; its id."""
        body = {"operation": operation, "query": soql, **more}
        answer = self.client.call("POST", "jobs/query", body)
        assert answer.status_code == 200, answer.text
        job = str(answer.json()["id"])
        assert self.wait(job, "query")["state"] == "JobComplete"
        return job


def allow_hard_deletes(client: Client, user: str) -> None:
    """Give a user the permission that no profile has by itself."""
    permissions = [{"name": "BulkApiHardDelete", "enabled": True}]
    made = {"fullName": "HardDelete", "label": "Hard delete", "userPermissions": permissions}
    client.control("POST", "metadata", {"permissionSets": [made]})
    client.control("POST", "assign", {"user": user, "permission_set": "HardDelete"})


def rows(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    """A CSV text as rows by column."""
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
