"""Bulk API 2.0: jobs that write, jobs that ask, and what they tell."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

from tests.contract import jobs
from tests.contract.org import Org


def test_an_insert_tells_good_and_bad_rows(org: Org) -> None:
    """X16: in two files, each with the row as it was sent."""
    org.needs("Contact", "createable", "Email")
    name = org.name()
    text = f"LastName,Email\n{name},{org.mail()}\n{name},nobody\n"
    good, bad = jobs.outcome(org, jobs.load(org, "insert", text))
    assert [each["sf__Created"] for each in good] == ["true"]
    assert good[0]["LastName"] == name
    assert [each["sf__Error"].partition(":")[0] for each in bad] == ["INVALID_EMAIL_ADDRESS"]
    assert list(bad[0])[:2] == ["sf__Id", "sf__Error"]


def test_a_job_says_what_it_did(org: Org) -> None:
    """X16: counts of rows, its object, and that nothing is left."""
    org.needs("Contact", "createable")
    name = org.name()
    job = jobs.load(org, "insert", f"LastName\n{name}\n{'A' * 81}\n")
    jobs.outcome(org, job)
    info = org.get(f"jobs/ingest/{job}")
    assert (info["numberRecordsProcessed"], info["numberRecordsFailed"]) == (2, 1)
    assert (info["object"], info["contentType"], info["jobType"]) == ("Contact", "CSV", "V2Ingest")
    assert jobs.rows(org, f"jobs/ingest/{job}/unprocessedrecords") == []


def test_an_upsert_an_update_and_a_delete(org: Org) -> None:
    """X16: created or not; changed; gone."""
    org.needs("Contact", "createable", "Email", "Title")
    old, new, name = org.mail(), org.mail(), org.name()
    first = org.create("Contact", LastName=name, Email=old)
    text = f"Email,LastName\n{old},{name}o\n{new},{name}n\n"
    good, _ = jobs.outcome(org, jobs.load(org, "upsert", text, externalIdFieldName="Email"))
    created = {each["sf__Id"]: each["sf__Created"] for each in good}
    assert created.pop(first) == "false"
    ((second, how),) = created.items()
    assert how == "true"
    jobs.outcome(org, jobs.load(org, "update", f"Id,Title\n{second},T\n"))
    assert org.read("Contact", second, "Title", "LastName")["Title"] == "T"
    good, bad = jobs.outcome(org, jobs.load(org, "delete", f"Id\n{first}\n{second}\n"))
    assert (len(good), bad) == (2, [])
    assert org.query(f"SELECT Id FROM Contact WHERE LastName LIKE '{name}%'") == []


def test_dialects_are_understood(org: Org) -> None:
    """X16: another delimiter, other line ends, text in quotes over two lines."""
    org.needs("Account", "createable", "Description")
    name = org.name()
    text = f'Name;Description\r\n{name};"a ""b""\nc;d"\r\n'
    dialect = {"columnDelimiter": "SEMICOLON", "lineEnding": "CRLF"}
    job = jobs.load(org, "insert", text, "Account", **dialect)
    soql = f"SELECT Id, Description FROM Account WHERE Name = '{name}'"
    (row,) = org.query(soql)
    org.note(row["Id"])
    assert row["Description"].replace("\r\n", "\n") == 'a "b"\nc;d'
    assert org.get(f"jobs/ingest/{job}")["columnDelimiter"] == "SEMICOLON"


def test_a_job_can_be_given_up(org: Org) -> None:
    """X16: Aborted, and then deleted."""
    org.needs("Contact", "createable")
    body = {"operation": "insert", "object": "Contact"}
    made = org.call("POST", "jobs/ingest", body)
    if made.status_code == 403:
        org.cannot("the user may not use Bulk API 2.0")
    path = f"jobs/ingest/{made.json()['id']}"
    given_up = org.call("PATCH", path, {"state": "Aborted"})
    assert (given_up.status_code, given_up.json()["state"]) == (200, "Aborted")
    assert org.call("DELETE", path).status_code == 204
    assert org.call("GET", path).status_code == 404


def test_a_query_job_gives_rows_by_parts(org: Org) -> None:
    """X16: locators lead from one part to the next."""
    org.needs("Contact", "createable", "Title")
    name = org.name()
    ids = {org.create("Contact", LastName=f"{name}{number}") for number in range(3)}
    soql = f"SELECT Id, Title FROM Contact WHERE LastName LIKE '{name}%'"
    made = org.call("POST", "jobs/query", {"operation": "query", "query": soql})
    assert made.status_code == 200, made.text
    path = f"jobs/query/{made.json()['id']}"
    assert jobs.wait(org, path)["state"] == "JobComplete"
    found, locator = [], ""
    while locator != "null":
        more = f"&locator={locator}" if locator else ""
        answer = org.call("GET", f"{path}/results?maxRecords=2{more}")
        assert answer.status_code == 200, answer.text
        lines = answer.text.splitlines()
        assert lines[0].replace('"', "") == "Id,Title"
        assert int(answer.headers["Sforce-NumberOfRecords"]) == len(lines) - 1
        found += [line.partition(",")[0].strip('"') for line in lines[1:]]
        locator = answer.headers["Sforce-Locator"]
    assert len(found) == 3
    assert set(found) == ids


def test_a_wrong_job_is_refused(org: Org) -> None:
    """X16: 400 for an operation or an object that is not there."""
    for body in (
        {"operation": "replace", "object": "Contact"},
        {"operation": "insert", "object": "Nothing__c"},
        {"operation": "upsert", "object": "Contact"},
    ):
        assert org.refusal("POST", "jobs/ingest", body)[0] == 400, body


def test_a_new_job_tells_how_it_wants_its_file(org: Org) -> None:
    """X16: all that a client reads before it sends."""
    org.needs("Contact", "createable")
    made = org.call("POST", "jobs/ingest", {"operation": "insert", "object": "Contact"})
    if made.status_code == 403:
        org.cannot("the user may not use Bulk API 2.0")
    job = made.json()
    path = f"jobs/ingest/{job['id']}"
    assert job["contentUrl"] == f"{org.api}/{path}/batches".removeprefix("/")
    assert {
        "operation", "object", "createdById", "createdDate", "systemModstamp", "state",
        "concurrencyMode", "contentType", "apiVersion", "lineEnding", "columnDelimiter",
    } <= set(job)  # fmt: skip
    assert (job["concurrencyMode"], job["lineEnding"], job["columnDelimiter"]) == (
        "Parallel", "LF", "COMMA",
    )  # fmt: skip
    listed = org.get("jobs/ingest")
    assert {"done", "records", "nextRecordsUrl"} <= set(listed)
    assert org.call("PATCH", path, {"state": "Aborted"}).status_code == 200
    late = org.call("PUT", f"{path}/batches", data=b"LastName\nx\n",
                    headers={"Content-Type": "text/csv"})  # fmt: skip
    assert late.status_code == 400
    assert late.json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert org.call("DELETE", path).status_code == 204


def test_a_column_that_is_not_there_fails_the_job(org: Org) -> None:
    """X16: as a whole, with the reason."""
    org.needs("Contact", "createable")
    made = org.call("POST", "jobs/ingest", {"operation": "insert", "object": "Contact"})
    if made.status_code == 403:
        org.cannot("the user may not use Bulk API 2.0")
    path = f"jobs/ingest/{made.json()['id']}"
    headers = {"Content-Type": "text/csv"}
    org.call("PUT", f"{path}/batches", data=b"LastName,Nope\nx,y\n", headers=headers)
    org.call("PATCH", path, {"state": "UploadComplete"})
    info = jobs.wait(org, path)
    assert info["state"] == "Failed"
    assert info["errorMessage"].startswith("InvalidBatch : Field name not found : Nope")
