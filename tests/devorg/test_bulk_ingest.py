"""Bulk API 2.0 loads: operations, columns, results of rows, states, refusals."""

from __future__ import annotations

import gzip
import json

import pytest

from devorg.bulk import ingest_resources
from devorg.schema.fields import typed
from devorg.server import RunningOrg
from tests.devorg.bulk_jobs import Jobs, allow_hard_deletes, rows
from tests.devorg.client import API, Client


@pytest.fixture
def jobs(integration: Client) -> Jobs:
    """The jobs of the integration user."""
    return Jobs(integration)


def test_a_job_goes_from_open_to_complete_with_counts(jobs: Jobs) -> None:
    """X16: good rows are written and named, bad ones say why, the counts add up."""
    made = jobs.client.call("POST", "jobs/ingest", {"object": "contact", "operation": "insert"})
    job = made.json()
    assert job["id"].startswith("750")
    assert (job["state"], job["object"], job["apiVersion"]) == ("Open", "Contact", 68.0)
    assert job["contentUrl"] == f"services/data/v68.0/jobs/ingest/{job['id']}/batches"
    text = "LastName,Email\nFirst,first@example.com\n,none@example.com\nThird,bad\n"
    assert jobs.upload(job["id"], text).status_code == 201
    closed = jobs.patch(job["id"], "UploadComplete").json()
    assert closed["state"] == "UploadComplete"
    done = jobs.wait(job["id"])
    assert (done["state"], done["jobType"]) == ("JobComplete", "V2Ingest")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (3, 2)
    assert "contentUrl" not in done
    (good,) = jobs.good(job["id"])
    assert (good["sf__Created"], good["LastName"]) == ("true", "First")
    stored = {each["Id"]: each for each in jobs.client.records("Contact")}
    assert stored[good["sf__Id"]]["Email"] == "first@example.com"
    errors = [each["sf__Error"] for each in jobs.bad(job["id"])]
    assert errors == [
        "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
        "INVALID_EMAIL_ADDRESS:Email: invalid email address: bad:Email --",
    ]
    assert jobs.results(job["id"], "unprocessedrecords") == []


def test_an_update_leaves_empty_cells_alone_and_nulls_what_says_so(
    jobs: Jobs, main: dict[str, str]
) -> None:
    """X16: an empty cell is no change, #N/A is null; a wrong id fails its row alone."""
    contact = main["contact"]
    before = next(r for r in jobs.client.records("Contact") if r["Id"] == contact)
    text = f"Id,Title,Email,Phone\n{contact},#N/A,,+1 555 0100\nnonsense,x,,\n"
    job = jobs.load("update", text)
    after = next(r for r in jobs.client.records("Contact") if r["Id"] == contact)
    assert (after["Title"], after["Phone"]) == (None, "+1 555 0100")
    assert after["Email"] == before["Email"]
    assert [each["sf__Created"] for each in jobs.good(job)] == ["false"]
    (bad,) = jobs.bad(job)
    assert bad["sf__Error"].startswith("MALFORMED_ID:")


def test_an_upsert_goes_by_its_external_id(jobs: Jobs) -> None:
    """X16: created says which way a row went; a key twice in a file is refused."""
    first = jobs.load(
        "upsert", "Inlay_Key__c,Subject\nt:1,one\n", "Task", externalIdFieldName="Inlay_Key__c"
    )
    assert [each["sf__Created"] for each in jobs.good(first)] == ["true"]
    text = "Inlay_Key__c,Subject\nt:1,two\nt:2,new\nt:2,again\n"
    second = jobs.load("upsert", text, "Task", externalIdFieldName="Inlay_Key__c")
    assert [each["sf__Created"] for each in jobs.good(second)] == ["false", "true"]
    assert jobs.bad(second)[0]["sf__Error"].startswith("DUPLICATE_VALUE:")
    subjects = {each["Inlay_Key__c"]: each["Subject"] for each in jobs.client.records("Task")}
    assert (subjects["t:1"], subjects["t:2"]) == ("two", "new")


def test_deleting_takes_ids_and_nothing_else(jobs: Jobs) -> None:
    """X16: into the recycle bin; a file with more columns fails as a whole."""
    made = jobs.good(jobs.load("insert", "LastName\nA\nB\n"))
    job = jobs.load("delete", f"Id\n{made[0]['sf__Id']}\n0035e0000zzzzzz\n")
    assert len(jobs.good(job)) == 1
    assert (
        jobs.bad(job)[0]["sf__Error"] == "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--"
    )
    stored = {each["Id"]: each["IsDeleted"] for each in jobs.client.records("Contact")}
    assert stored[made[0]["sf__Id"]] is True
    wide = jobs.load("delete", f"Id,LastName\n{made[1]['sf__Id']},B\n")
    assert jobs.info(wide)["state"] == "Failed"
    assert (
        jobs.info(wide)["errorMessage"] == "InvalidBatch : The 'delete' batch must contain only ids"
    )


def test_a_hard_delete_leaves_nothing_behind(jobs: Jobs) -> None:
    """X16: not even in the recycle bin; but it takes a permission that nobody has by default."""
    made = jobs.good(jobs.load("insert", "LastName\nA\n"))[0]["sf__Id"]
    body = {"operation": "hardDelete", "object": "Contact"}
    refused = jobs.client.call("POST", "jobs/ingest", body)
    assert refused.json()[0]["errorCode"] == "FEATURENOTENABLED"
    allow_hard_deletes(jobs.client, "integration")
    job = jobs.load("hardDelete", f"Id\n{made}\n")
    assert [each["sf__Id"] for each in jobs.good(job)] == [made]
    assert made not in {each["Id"] for each in jobs.client.records("Contact")}


def test_a_parent_is_found_by_its_key(jobs: Jobs) -> None:
    """X16: `Relationship.Key` columns; a key that nobody has fails its row."""
    text = "Subject,Who.Email\nx,nobody@example.com\n"
    refused = jobs.load("insert", text, "Task")
    assert jobs.info(refused)["errorMessage"] == "InvalidBatch : Field name not found : Who.Email"
    jobs.load("insert", "LastName,Email\nOne,one@example.com\n")
    text = "Subject,Contact:Who.Email\nx,ONE@example.com\ny,nobody@example.com\nz,\n"
    job = jobs.load("insert", text, "Task")
    assert [each["Subject"] for each in jobs.good(job)] == ["x", "z"]
    assert jobs.bad(job)[0]["sf__Error"] == (
        "INVALID_FIELD:Foreign key external ID: nobody@example.com not found for field Email"
        " in entity Contact:--"
    )
    who = next(each for each in jobs.client.records("Task") if each["Subject"] == "x")["WhoId"]
    assert who.startswith("003")


def test_cells_are_read_by_the_type_of_their_field(jobs: Jobs) -> None:
    """X16: booleans by many words, dates and times, numbers; what is none fails its row."""
    header = "Subject,StartDateTime,EndDateTime,IsAllDayEvent\n"
    good = "a,2026-03-01T10:00:00Z,2026-03-01 11:00:00,no\n"
    bad = "b,soon,2026-03-01T11:00:00Z,no\nc,2026-03-01T10:00:00Z,2026-03-01T11:00:00Z,perhaps\n"
    job = jobs.load("insert", header + good + bad, "Event")
    assert [each["Subject"] for each in jobs.good(job)] == ["a"]
    errors = [each["sf__Error"] for each in jobs.bad(job)]
    assert errors == [
        "INVALID_TYPE_ON_FIELD_IN_RECORD:value not of required type: soon:StartDateTime --",
        "INVALID_TYPE_ON_FIELD_IN_RECORD:value not of required type: perhaps:IsAllDayEvent --",
    ]
    stored = next(each for each in jobs.client.records("Event") if each["Subject"] == "a")
    assert stored["DurationInMinutes"] == 60


def test_a_value_that_makes_a_request_unreadable_fails_its_row_alone(
    org: RunningOrg, jobs: Jobs
) -> None:
    """X16: where REST refuses the whole call, a job refuses the row."""
    schema = org.org.schema
    contact = schema.objects["Contact"].with_fields(typed("time", "At__c", "At"))
    org.org.use_schema(schema.with_objects(contact))
    job = jobs.load("insert", "LastName,At__c\nA,10:00:00.000Z\nB,nonsense\nC,\n")
    assert [each["LastName"] for each in jobs.good(job)] == ["A", "C"]
    assert [each["LastName"] for each in jobs.bad(job)] == ["B"]


def test_files_may_have_other_delimiters_and_line_endings(jobs: Jobs) -> None:
    """X16: results are written the way the data was; the wrong ending fails the job."""
    dialect = {"columnDelimiter": "SEMICOLON", "lineEnding": "CRLF"}
    text = '\ufeffLastName;Description\r\n"Semi;colon";"two\r\nlines ""quoted"""\r\n'
    job = jobs.load("insert", text, **dialect)
    (good,) = jobs.results(job, "successfulResults", ";")
    assert good["LastName"] == "Semi;colon"
    assert good["Description"] == 'two\r\nlines "quoted"'
    wrong = jobs.load("insert", "LastName\r\nA\r\n")
    assert jobs.info(wrong)["errorMessage"] == (
        "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"
    )


def test_a_file_that_cannot_be_read_fails_and_is_given_back(jobs: Jobs) -> None:
    """X16: nothing of it is written; its rows are the unprocessed ones."""
    before = len(jobs.client.records("Contact"))
    job = jobs.load("insert", "LastName,Nope__c\nA,1\nB,2\n")
    info = jobs.info(job)
    assert (info["state"], info["numberRecordsProcessed"]) == ("Failed", 0)
    assert info["errorMessage"] == "InvalidBatch : Field name not found : Nope__c"
    assert [each["LastName"] for each in jobs.results(job, "unprocessedrecords")] == ["A", "B"]
    short = jobs.load("insert", "LastName,Email\nA\n")
    assert jobs.info(short)["state"] == "Failed"
    missing = jobs.load("update", "LastName\nA\n")
    assert jobs.info(missing)["errorMessage"] == "InvalidBatch : Field name not found : Id"
    assert len(jobs.client.records("Contact")) == before


def test_a_job_can_be_made_with_its_data_in_one_go(jobs: Jobs) -> None:
    """X16: a form of two parts."""
    described = json.dumps({"object": "Contact", "operation": "insert"})
    parts = {
        "job": (None, described, "application/json"),
        "content": ("content", "LastName\nForm\n", "text/csv"),
    }
    url = f"{jobs.client.url}{API}/jobs/ingest"
    answer = jobs.client.http.post(url, files=parts, timeout=30)
    assert answer.json()["state"] == "UploadComplete"
    job = answer.json()["id"]
    assert jobs.wait(job)["state"] == "JobComplete"
    assert jobs.good(job)[0]["LastName"] == "Form"


def test_data_comes_once_and_only_into_an_open_job(jobs: Jobs) -> None:
    """X16: the second file is refused; a closed job takes no data and no second closing."""
    job = jobs.create("insert")
    assert jobs.upload(job, "LastName\nA\n").status_code == 201
    twice = jobs.upload(job, "LastName\nB\n")
    assert (twice.status_code, twice.json()[0]["errorCode"]) == (400, "BULK_API_ERROR")
    other = {"Content-Type": "text/csv; charset=ISO-8859-1"}
    assert jobs.upload(jobs.create("insert"), "LastName\nA\n", **other).status_code == 415
    early = jobs.client.call("GET", f"jobs/ingest/{job}/successfulResults")
    assert early.json()[0]["errorCode"] == "INVALIDJOBSTATE"
    jobs.patch(job, "UploadComplete")
    jobs.wait(job)
    for answer in (jobs.upload(job, "LastName\nB\n"), jobs.patch(job, "UploadComplete")):
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")
    message = jobs.patch(job, "Aborted").json()[0]["message"]
    assert message == "Aborting already Completed Job not allowed"


def test_a_file_has_a_size_that_base64_makes_larger(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X16: 150 MB after the conversion; what is larger is refused, and the job stays open."""
    assert ingest_resources.MOST_BYTES * 4 // 3 == 150 * 1024 * 1024
    monkeypatch.setattr(ingest_resources, "MOST_BYTES", 20)
    job = jobs.create("insert")
    large = jobs.upload(job, "LastName\n" + "x" * 30)
    assert (large.status_code, large.json()[0]["errorCode"]) == (400, "EXCEEDED_MAX_SIZE_REQUEST")
    assert jobs.upload(job, "LastName\nA\n").status_code == 201


def test_an_aborted_job_can_be_deleted_an_open_one_cannot(jobs: Jobs) -> None:
    """X16: and another user's job is not found."""
    job = jobs.create("insert")
    jobs.upload(job, "LastName\nA\n")
    path = f"jobs/ingest/{job}"
    assert jobs.client.call("DELETE", path).json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert jobs.patch(job, "Aborted").json()["state"] == "Aborted"
    assert [each["LastName"] for each in jobs.results(job, "unprocessedrecords")] == ["A"]
    assert jobs.client.call("DELETE", path).status_code == 204
    assert jobs.client.call("GET", path).status_code == 404


def test_jobs_are_seen_by_their_own_user(jobs: Jobs, rep: Client) -> None:
    """X16: and listed, with filters."""
    made = {jobs.create("insert"), jobs.create("update")}
    listed = jobs.client.call("GET", "jobs/ingest").json()
    assert (listed["done"], listed["nextRecordsUrl"]) == (True, None)
    assert {each["id"] for each in listed["records"]} == made
    for none in ("jobType=Classic", "isPkChunkingEnabled=true", "concurrencyMode=serial"):
        assert jobs.client.call("GET", f"jobs/ingest?{none}").json()["records"] == []
    assert rep.call("GET", "jobs/ingest").json()["records"] == []
    assert rep.call("GET", f"jobs/ingest/{made.pop()}").status_code == 404


def test_a_long_list_of_jobs_comes_in_pages(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """X16: by the URL that each page gives for the next."""
    monkeypatch.setattr("devorg.bulk.jobs.PAGE", 2)
    made = [jobs.create("insert") for _ in range(5)]
    found: list[str] = []
    url = f"{API}/jobs/ingest"
    while url:
        page = jobs.client.http.get(f"{jobs.client.url}{url}", timeout=30).json()
        found += [each["id"] for each in page["records"]]
        assert page["done"] == (page["nextRecordsUrl"] is None)
        url = page["nextRecordsUrl"]
    assert found == made


def test_data_may_come_in_pieces_or_compressed(jobs: Jobs) -> None:
    """X16: clients that stream send chunks; others pack what they send."""
    pieces = ["LastName\n", "First\n", "Second\n"]
    packed = gzip.compress("".join(pieces).encode())
    for data, more in ((iter([p.encode() for p in pieces]), {}),
                       (packed, {"Content-Encoding": "gzip"})):  # fmt: skip
        job = jobs.create("insert")
        url = f"{jobs.client.url}{API}/jobs/ingest/{job}/batches"
        headers = {"Content-Type": "text/csv", **more}
        sent = jobs.client.http.put(url, data=data, headers=headers, timeout=30)
        assert sent.status_code == 201
        jobs.patch(job, "UploadComplete")
        jobs.wait(job)
        assert [each["LastName"] for each in jobs.good(job)] == ["First", "Second"]


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"object": "Contact", "operation": "merge"}, "API_ERROR",
         "Invalid value: 'merge' supplied for property: 'operation'"),
        ({"object": "Foo", "operation": "insert"}, "INVALIDJOB",
         "InvalidJob : Unable to find object: Foo"),
        ({"object": "Organization", "operation": "insert"}, "INVALIDENTITY",
         "Entity 'Organization' is not supported by the Bulk API."),
        ({"object": "Contact", "operation": "upsert", "externalIdFieldName": "Title"}, "INVALIDJOB",
         "InvalidJob : Field name provided, Title does not match an External ID for Contact"),
        ({"object": "Contact", "operation": "insert", "columnDelimiter": "DOT"}, "API_ERROR",
         "Invalid value: 'DOT' supplied for property: 'columnDelimiter'"),
        ({"object": "Contact", "operation": "insert", "contentType": "JSON"}, "API_ERROR",
         "Invalid value: 'JSON' supplied for property: 'contentType'"),
    ],
)  # fmt: skip
def test_a_job_that_makes_no_sense_is_refused(
    jobs: Jobs, body: dict[str, str], code: str, message: str
) -> None:
    """X16: before any data comes."""
    answer = jobs.client.call("POST", "jobs/ingest", body)
    assert answer.status_code == 400
    assert answer.json() == [{"message": message, "errorCode": code}]


def test_rows_beyond_a_chunk_keep_their_order_and_their_faults(jobs: Jobs) -> None:
    """X16: 450 rows are three chunks; a fault of one row is that row's alone."""
    fault = {"kind": "lock", "match": "jobs/ingest", "contains": "Row 300"}
    jobs.client.control("POST", "faults", fault)
    text = "LastName\n" + "".join(f"Row {number}\n" for number in range(450))
    job = jobs.load("insert", text)
    info = jobs.info(job)
    assert (info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (450, 1)
    good = [each["LastName"] for each in jobs.good(job)]
    assert good == [f"Row {number}" for number in range(450) if number != 300]
    assert jobs.bad(job)[0]["sf__Error"].startswith("UNABLE_TO_LOCK_ROW:")


def test_a_job_that_is_aborted_while_it_runs_keeps_what_is_done(jobs: Jobs) -> None:
    """X16: what it has not come to is unprocessed."""
    jobs.client.control("POST", "config", {"per_row_ms": 1})
    job = jobs.create("insert")
    jobs.upload(job, "LastName\n" + "".join(f"Row {number}\n" for number in range(10_000)))
    jobs.patch(job, "UploadComplete")
    assert jobs.wait(job, rows=1)["state"] == "InProgress"
    assert jobs.patch(job, "Aborted").json()["state"] == "Aborted"
    done = jobs.info(job)["numberRecordsProcessed"]
    assert 0 < done < 10_000
    assert len(jobs.good(job)) == done
    assert len(jobs.results(job, "unprocessedrecords")) == 10_000 - done


def test_a_reset_forgets_jobs_even_running_ones(org: RunningOrg, jobs: Jobs) -> None:
    """X16: and their rows stay away."""
    jobs.client.control("POST", "config", {"per_row_ms": 1})
    job = jobs.create("insert")
    jobs.upload(job, "LastName\n" + "".join(f"Row {number}\n" for number in range(1000)))
    jobs.patch(job, "UploadComplete")
    org.org.reset()
    assert jobs.client.call("GET", f"jobs/ingest/{job}").status_code == 404
    names = {each["LastName"] for each in jobs.client.records("Contact")}
    assert not any(name.startswith("Row ") for name in names)


def test_an_empty_result_has_a_header(jobs: Jobs) -> None:
    """X16: clients read column names from it."""
    job = jobs.load("insert", "LastName\n")
    assert jobs.info(job)["numberRecordsProcessed"] == 0
    text = jobs.client.call("GET", f"jobs/ingest/{job}/failedResults").text
    assert text == '"sf__Id","sf__Error","LastName"\n'
    assert rows(text) == []
