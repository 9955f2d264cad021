"""Bulk API 2.0 against an org in a box: a job from its making to its results."""

from __future__ import annotations

from typing import Any

import pytest

from app.db import Database
from app.orgs.models import Org
from app.salesforce import bulk, bulk_csv
from app.salesforce.bulk import Bulk, Job, JobState, Results
from app.salesforce.client import Client
from app.salesforce.errors import RequestRefused, SalesforceDown, SalesforceSlow
from app.salesforce.gateway import Gateway
from app.salesforce.names import ActivityField, Names
from app.salesforce.profile import profile
from app.salesforce.soql import soql
from devorg.server import RunningOrg
from tests.salesforce.conftest import MakeGateway
from tests.salesforce.scripted import Reply, Scripted
from tests.salesforce.test_accounting import booked

pytestmark = pytest.mark.any_database  # calls are its subject

KEPT = ["sf__Id", "sf__Error", "Subject"]


@pytest.fixture
def names(connected: Gateway, org: Org) -> Names:
    return profile(connected, org.id).names


@pytest.fixture
def jobs(connected: Gateway, org: Org) -> Bulk:
    return Bulk(connected.for_org(org.id), feature="backfill")


def content(names: Names, count: int, **fields: Any) -> bytes:
    """So many tasks; the third has a text with everything in it that CSV must quote."""
    key = names.api(ActivityField.KEY)
    rows = [{key: f"t:{n}", "Subject": f"Task {n}", "Status": "Completed"} for n in range(count)]
    rows[2] |= {"Description": 'a "b", c\nd\r\ne', **fields}
    return bulk_csv.write([key, "Subject", "Status", "Description", *fields], rows)


def ended(jobs: Bulk, job_id: str) -> Job:
    """Ask until it has ended."""
    for _ in range(10_000):
        job = jobs.job(job_id)
        if job.state in bulk.ENDED:
            return job
    raise AssertionError("the job does not end")


def run(jobs: Bulk, names: Names, file: bytes) -> Job:
    """A job with this file, at its end."""
    made = jobs.create("Task", key_field=names.api(ActivityField.KEY))
    assert made.state is JobState.OPEN
    jobs.upload(made.id, file)
    assert jobs.close(made.id).state is JobState.UPLOAD_COMPLETE
    return ended(jobs, made.id)


def test_rows_are_upserted_and_each_has_its_result(
    jobs: Bulk, names: Names, devorg: RunningOrg, connected: Gateway, org: Org, database: Database
) -> None:
    """Each request is a counted call, booked to its feature (X14); the namespace is in headers."""
    devorg.org.usage.reset()
    done = run(jobs, names, content(names, 250, Priority="Low"))
    assert (done.state, done.processed, done.failed) == (JobState.COMPLETE, 250, 0)
    good = jobs.results(done.id, Results.SUCCESSFUL, KEPT)
    assert [row["Subject"] for row in good] == [f"Task {n}" for n in range(250)]
    assert len({row["sf__Id"] for row in good}) == 250
    assert jobs.results(done.id, Results.FAILED, KEPT) == []
    assert jobs.results(done.id, Results.UNPROCESSED, KEPT) == []
    connected.accounting.flush()
    assert booked(database, org)["backfill"] == devorg.org.usage.total()

    asked = soql("SELECT Description, Priority FROM Task WHERE Id = {}", good[2]["sf__Id"])
    (task,) = connected.for_org(org.id).query(asked, feature="test")
    assert (task["Description"], task["Priority"]) == ('a "b", c\nd\ne', "Low")


def test_the_same_rows_again_make_no_second_activity(jobs: Bulk, names: Names) -> None:
    """X4: upsert by the key, also when rows go through twice."""
    ids = [
        [row["sf__Id"] for row in jobs.results(done.id, Results.SUCCESSFUL, KEPT)]
        for done in (run(jobs, names, content(names, 3)), run(jobs, names, content(names, 3)))
    ]
    assert ids[0] == ids[1]


def test_a_row_that_is_refused_says_why_and_the_others_are_written(
    jobs: Bulk, names: Names
) -> None:
    done = run(jobs, names, content(names, 5, ActivityDate="some day"))
    assert (done.state, done.processed, done.failed) == (JobState.COMPLETE, 5, 1)
    (bad,) = jobs.results(done.id, Results.FAILED, KEPT)
    assert bad["Subject"] == "Task 2"
    assert bad["sf__Error"].startswith("INVALID_TYPE_ON_FIELD_IN_RECORD:")


def test_a_file_that_salesforce_cannot_use_fails_the_job_and_comes_back(
    jobs: Bulk, names: Names
) -> None:
    done = run(jobs, names, content(names, 3, Nope__c="x"))
    assert (done.state, done.processed) == (JobState.FAILED, 0)
    assert "Nope__c" in done.message
    assert len(jobs.results(done.id, Results.UNPROCESSED, KEPT)) == 3


def test_an_aborted_job_writes_nothing_and_can_be_forgotten(jobs: Bulk, names: Names) -> None:
    made = jobs.create("Task")
    jobs.upload(made.id, content(names, 3))
    assert jobs.abort(made.id).state is JobState.ABORTED
    assert len(jobs.results(made.id, Results.UNPROCESSED, KEPT)) == 3
    jobs.delete(made.id)
    with pytest.raises(RequestRefused) as caught:
        jobs.job(made.id)
    assert caught.value.code == "NOT_FOUND"


def test_a_token_that_ended_before_the_upload_is_renewed_and_the_file_sent_whole(
    jobs: Bulk, names: Names, devorg: RunningOrg
) -> None:
    made = jobs.create("Task")
    devorg.org.tokens.end_all()
    jobs.upload(made.id, content(names, 300))
    jobs.close(made.id)
    assert ended(jobs, made.id).processed == 300


def test_what_an_org_refuses_is_typed(jobs: Bulk, names: Names) -> None:
    with pytest.raises(RequestRefused) as caught:
        jobs.create("Task", key_field="Subject")
    assert caught.value.code == "INVALIDJOB"
    made = jobs.create("Task")
    jobs.upload(made.id, content(names, 3))
    with pytest.raises(RequestRefused, match="administrator"):
        jobs.upload(made.id, content(names, 3))


def test_a_file_above_the_limit_is_not_sent(jobs: Bulk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_BYTES", 10)
    with pytest.raises(ValueError, match="takes 10 bytes"):
        jobs.upload("750000000000001AAA", b"x" * 11)


@pytest.fixture
def odd(make_gateway: MakeGateway, script: Scripted) -> Client:
    """A client of a server that answers as told."""
    return make_gateway(script.url).for_user("00D5e000000DEVOEA4", script.url, "token")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(body={"id": "1", "state": "Queued"}), SalesforceDown),
        (Reply(body=[]), SalesforceDown),
        (Reply(503, b"<html>"), SalesforceDown),
        (Reply(429, b""), SalesforceSlow),
        (Reply(400, [{"errorCode": "INVALIDJOBSTATE", "message": "no"}]), RequestRefused),
    ],
)
def test_an_odd_answer_has_its_name(
    odd: Client, script: Scripted, reply: Reply, kind: type[Exception]
) -> None:
    script.answers(reply)
    with pytest.raises(kind):
        Bulk(odd, feature="backfill").job("1")


def test_results_that_break_off_are_no_results(odd: Client, script: Scripted) -> None:
    """What came of them is not taken for the whole."""
    jobs = Bulk(odd, feature="backfill")
    script.answers(Reply(body=b'"sf__Id"\n"1"\n', cut=10))
    with pytest.raises(SalesforceDown):
        jobs.results("1", Results.SUCCESSFUL, ["sf__Id"])
    script.answers(Reply(body=b'"sf__Id"\n"1"\n"2'))
    with pytest.raises(SalesforceDown):
        jobs.results("1", Results.SUCCESSFUL, ["sf__Id"])
    script.answers(Reply(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "x"}]))
    with pytest.raises(Exception, match="used up"):
        jobs.results("1", Results.SUCCESSFUL, ["sf__Id"])


def test_waits_grow() -> None:
    waits = [bulk.wait_seconds(n) for n in range(12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (1.0, 60.0)
