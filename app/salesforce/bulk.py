"""Bulk API 2.0: many rows of one object, written by Salesforce in the background.

Source: the Bulk API 2.0 guide (jobs, states, CSV files, limits). A job does nothing before it is
closed: until then it may be aborted and made anew without a row being written. Every request is a
counted call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from app.salesforce import bulk_csv
from app.salesforce.client import Client
from app.salesforce.composite import data_url
from app.salesforce.errors import SalesforceDown
from app.salesforce.transport import Answer

#: Salesforce works through a job in batches of so many rows; a larger job gains nothing.
MOST_ROWS = 10_000
#: What a job takes is 150 MB in base64, which makes four bytes of three.
MOST_BYTES = 150 * 1024 * 1024 * 3 // 4
#: Seconds between two questions after a job; the last one for good. A job of 10,000 rows takes a
#: minute or several.
_WAITS = (1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 45.0, 60.0)


class JobState(StrEnum):
    """What a job says of itself."""

    OPEN = "Open"
    UPLOAD_COMPLETE = "UploadComplete"
    IN_PROGRESS = "InProgress"
    COMPLETE = "JobComplete"
    FAILED = "Failed"
    ABORTED = "Aborted"


#: Results can be read, and nothing more will be written.
ENDED = frozenset({JobState.COMPLETE, JobState.FAILED, JobState.ABORTED})


class Results(StrEnum):
    """What became of the rows of a job that has ended, each row in one of them."""

    SUCCESSFUL = "successfulResults"
    FAILED = "failedResults"
    UNPROCESSED = "unprocessedrecords"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as Salesforce last showed it; ``processed`` counts the failed rows too."""

    id: str
    state: JobState
    processed: int = 0
    failed: int = 0
    message: str = ""


def wait_seconds(asked: int) -> float:
    """How long to wait before a job is asked after again, that was asked after so many times."""
    return _WAITS[min(asked, len(_WAITS) - 1)]


class Bulk:
    """Ingest jobs of one org, booked to one feature. All methods raise SalesforceError."""

    def __init__(self, client: Client, *, feature: str) -> None:
        self._client = client
        self._feature = feature

    def create(self, sobject: str, *, key_field: str | None = None) -> Job:
        """A new, empty job: an upsert by this external id (its API name in the org), or an insert.

        Raises:
            RequestRefused: The object, the field or the user is not fit for it.
        """
        body = {
            "object": sobject,
            "operation": "insert" if key_field is None else "upsert",
            "contentType": "CSV",
            "columnDelimiter": bulk_csv.DELIMITER_NAME,
            "lineEnding": bulk_csv.LINE_ENDING_NAME,
        }
        if key_field is not None:
            body["externalIdFieldName"] = key_field
        return _job(self._call("POST", data_url("jobs/ingest"), body=body))

    def upload(self, job_id: str, content: bytes) -> None:
        """The job's rows, as ``bulk_csv`` writes them: once, in one piece.

        Raises:
            ValueError: It is more than a job takes.
        """
        if len(content) > MOST_BYTES:
            raise ValueError(f"a job takes {MOST_BYTES} bytes, not {len(content)}")
        headers = {"Content-Type": "text/csv"}
        self._call("PUT", _path(job_id, "/batches"), content=content, headers=headers)

    def close(self, job_id: str) -> Job:
        """All rows are there; from here on Salesforce writes them."""
        return self._set_state(job_id, JobState.UPLOAD_COMPLETE)

    def abort(self, job_id: str) -> Job:
        """Write no more of it; what is written stays."""
        return self._set_state(job_id, JobState.ABORTED)

    def job(self, job_id: str) -> Job:
        """How far it is.

        Raises:
            RequestRefused: NOT_FOUND: it was deleted, or is older than seven days.
        """
        return _job(self._call("GET", _path(job_id)))

    def delete(self, job_id: str) -> None:
        """Forget a job that is not being worked at, with its results."""
        self._call("DELETE", _path(job_id))

    def results(
        self, job_id: str, which: Results, columns: Collection[str]
    ) -> list[dict[str, str]]:
        """These columns of the rows of a job that has ended; all others are dropped as they come.

        Beside the file's own columns there are ``sf__Id``, ``sf__Created`` and ``sf__Error``; those
        that a file lacks are left out.
        """

        def read(pieces: Iterator[bytes]) -> list[dict[str, str]]:
            return list(bulk_csv.read(pieces, columns))

        headers = {"Accept": "text/csv"}
        path = _path(job_id, f"/{which}")
        answer = self._call("GET", path, headers=headers, read=read)
        found: list[dict[str, str]] = answer.body
        return found

    def _set_state(self, job_id: str, state: JobState) -> Job:
        return _job(self._call("PATCH", _path(job_id), body={"state": state.value}))

    def _call(self, method: str, path: str, **options: Any) -> Answer:
        return self._client.call(method, path, feature=self._feature, **options)


def _path(job_id: str, below: str = "") -> str:
    return data_url(f"jobs/ingest/{quote(job_id, safe='')}{below}")


def _job(answer: Answer) -> Job:
    shown: Mapping[str, Any] = answer.body if isinstance(answer.body, dict) else {}
    try:
        return Job(
            id=str(shown["id"]),
            state=JobState(shown["state"]),
            processed=int(shown.get("numberRecordsProcessed") or 0),
            failed=int(shown.get("numberRecordsFailed") or 0),
            message=str(shown.get("errorMessage") or "")[:1000],
        )
    except (KeyError, ValueError):
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=answer.status) from None
