"""Jobs outlive the process: what was not done is done after the next start, and nothing twice."""

from __future__ import annotations

from pathlib import Path

from devorg import DevorgConfig
from devorg.server import running
from tests.devorg.bulk_jobs import Jobs
from tests.devorg.client import Client

ROWS = 3000


def test_a_job_goes_on_after_a_restart(tmp_path: Path) -> None:
    """X16: where it stopped; its results are whole."""
    config = DevorgConfig(data_path=tmp_path / "org.sqlite")
    with running(config) as served:
        jobs = Jobs(Client(served, "integration"))
        jobs.client.control("POST", "config", {"per_row_ms": 1})
        job = jobs.create("insert")
        jobs.upload(job, "LastName\n" + "".join(f"Row {number}\n" for number in range(ROWS)))
        jobs.patch(job, "UploadComplete")
        assert jobs.wait(job, rows=1)["state"] == "InProgress"
    with running(config) as served:
        jobs = Jobs(Client(served, "integration"))
        assert jobs.wait(job)["numberRecordsProcessed"] == ROWS
        written = [each["sf__Id"] for each in jobs.good(job)]
        names = [each["LastName"] for each in jobs.client.records("Contact")]
        assert len(set(written)) == ROWS
        assert sum(name.startswith("Row ") for name in names) == ROWS
        again = jobs.client.call("GET", f"jobs/ingest/{job}/successfulResults")
        assert again.status_code == 200


def test_uploaded_data_waits_for_its_closing(tmp_path: Path) -> None:
    """X16: an open job is as it was."""
    config = DevorgConfig(data_path=tmp_path / "org.sqlite")
    with running(config) as served:
        jobs = Jobs(Client(served, "integration"))
        job = jobs.create("insert")
        jobs.upload(job, "LastName\nKept\n")
    with running(config) as served:
        jobs = Jobs(Client(served, "integration"))
        assert jobs.info(job)["state"] == "Open"
        jobs.patch(job, "UploadComplete")
        jobs.wait(job)
        assert [each["LastName"] for each in jobs.good(job)] == ["Kept"]
