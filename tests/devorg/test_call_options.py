"""`Sforce-Call-Options`: a client of the package leaves its prefix out."""

from __future__ import annotations

import pytest

from tests.devorg.bulk_jobs import Jobs
from tests.devorg.client import Client

OPTIONS = {"Sforce-Call-Options": "client=Tester/1.0, defaultNamespace=inlay"}


@pytest.fixture
def packaged(integration: Client) -> Client:
    """A client of an org that has the package installed."""
    integration.control("POST", "namespace", {"namespace": "inlay"})
    return integration


def test_rows_keys_and_queries_need_no_prefix(packaged: Client) -> None:
    """X16: and answers have none; with the prefix they are understood as well."""
    path = "sobjects/Task/Inlay_Key__c/t:1"
    made = packaged.call("PATCH", path, {"Inlay_Kind__c": "visit"}, headers=OPTIONS)
    assert made.status_code == 201, made.text
    shown = packaged.call("GET", path, headers=OPTIONS).json()
    assert shown["Inlay_Kind__c"] == "visit"
    for name in ("Inlay_Key__c", "inlay__Inlay_Key__c"):
        soql = "SELECT KEY FROM Task WHERE KEY = 't:1'".replace("KEY", name)
        answer = packaged.call("GET", "query", params={"q": soql}, headers=OPTIONS)
        found = answer.json()["records"]
        assert [each["Inlay_Key__c"] for each in found] == ["t:1"]


def test_bulk_jobs_keep_the_namespace_they_were_made_with(packaged: Client) -> None:
    """X16: though later calls do not name it."""
    body = {"object": "Task", "operation": "upsert", "externalIdFieldName": "Inlay_Key__c"}
    answer = packaged.call("POST", "jobs/ingest", body, headers=OPTIONS)
    jobs, job = Jobs(packaged), answer.json()["id"]
    jobs.upload(job, "Inlay_Key__c,Subject\nt:1,one\n")
    jobs.patch(job, "UploadComplete")
    assert jobs.wait(job)["numberRecordsFailed"] == 0
    assert [each["sf__Created"] for each in jobs.good(job)] == ["true"]


def test_describe_composites_and_other_namespaces_take_no_notice(packaged: Client) -> None:
    """X16: as documented."""
    fields = packaged.call("GET", "sobjects/Task/describe", headers=OPTIONS).json()["fields"]
    assert "inlay__Inlay_Key__c" in {each["name"] for each in fields}
    rows = {"records": [{"attributes": {"type": "Task"}, "Inlay_Key__c": "t:2"}]}
    result = packaged.call("POST", "composite/sobjects", rows, headers=OPTIONS).json()
    assert result[0]["errors"][0]["statusCode"] == "INVALID_FIELD"
    other = {"Sforce-Call-Options": "defaultNamespace=other"}
    answer = packaged.call("GET", "query?q=SELECT Inlay_Key__c FROM Task", headers=other)
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD"
