"""Composite batch, and what composite does with the headers of its parts."""

from __future__ import annotations

import time
from typing import Any

from tests.devorg.client import API, Client


def send(client: Client, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A batch that must be accepted."""
    answer = client.call("POST", "composite/batch", {"batchRequests": list(parts), **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def part(method: str, path: str, **more: Any) -> dict[str, Any]:
    """A subrequest; URLs begin with the version."""
    return {"method": method, "url": f"v68.0/{path}", **more}


def test_a_batch_answers_each_part_and_counts_each(integration: Client) -> None:
    """X16: a failure leaves the others alone."""
    integration.control("POST", "usage/reset")
    found = send(
        integration,
        part("POST", "sobjects/Account", richInput={"Name": "In a batch"}),
        part("GET", "sobjects/Nothing"),
        part("GET", "query?q=SELECT+Id+FROM+Account+WHERE+Name+=+'In a batch'"),
    )
    assert found["hasErrors"] is True
    assert [each["statusCode"] for each in found["results"]] == [201, 404, 200]
    assert found["results"][0]["result"]["success"] is True
    assert found["results"][1]["result"][0]["errorCode"] == "NOT_FOUND"
    assert found["results"][2]["result"]["totalSize"] == 1
    assert integration.control("GET", "usage")["counted_calls"] == 3


def test_a_batch_can_stop_at_the_first_failure(integration: Client) -> None:
    """X16: the rest is not tried."""
    found = send(
        integration,
        part("GET", "sobjects/Nothing"),
        part("POST", "sobjects/Account", richInput={"Name": "Never"}),
        haltOnError=True,
    )
    assert [each["statusCode"] for each in found["results"]] == [404, 412]
    assert found["results"][1]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
    assert "Never" not in {each["Name"] for each in integration.records("Account")}


def test_faults_and_time_per_row_reach_into_a_batch(integration: Client) -> None:
    """X16: as into a composite."""
    fault = {"kind": "status", "match": "sobjects/Account", "status": 503, "times": 1}
    integration.control("POST", "faults", fault)
    made = part("POST", "sobjects/Account", richInput={"Name": "Once"})
    found = send(integration, made, made)
    assert [each["statusCode"] for each in found["results"]] == [503, 201]
    integration.control("POST", "config", {"per_row_ms": 100})
    began = time.monotonic()
    send(integration, made, made)
    assert time.monotonic() - began >= 0.2


def test_a_batch_of_nonsense_is_refused_as_a_whole(integration: Client) -> None:
    """X16: too many parts, parts without a path, a batch in a batch."""
    many = {"batchRequests": [part("GET", "limits")] * 26}
    for body in (many, {"batchRequests": [{"method": "GET"}]}, {}):
        assert integration.call("POST", "composite/batch", body).status_code == 400
    inner = send(integration, part("POST", "composite/batch", richInput={"batchRequests": []}))
    assert inner["results"][0]["statusCode"] == 400


def test_parts_of_a_composite_set_their_own_headers_but_three(integration: Client) -> None:
    """X16: conditions work inside; Authorization and the like are the whole request's."""
    url = f"{API}/sobjects"
    body = {"method": "GET", "url": url, "referenceId": "all"}
    changed = integration.call("GET", "sobjects").headers["Last-Modified"]
    parts = [{**body, "httpHeaders": {"If-Modified-Since": changed}}]
    answer = integration.call("POST", "composite", {"compositeRequest": parts})
    assert answer.json()["compositeResponse"][0]["httpStatusCode"] == 304
    for name in ("Authorization", "accept", "Content-Type"):
        parts = [{**body, "httpHeaders": {name: "x"}}]
        answer = integration.call("POST", "composite", {"compositeRequest": parts})
        assert answer.status_code == 400


def test_parts_refer_to_rows_of_collections_and_to_nested_values(integration: Client) -> None:
    """X16: `@{made[1].id}` in texts, lists and objects; and a part of a collection's own."""
    rows = [{"attributes": {"type": "Account"}, "Name": f"Row & {n}%"} for n in range(2)]
    soql = "SELECT Id, Name FROM Account WHERE Id = '@{made[1].id}'"
    again = "SELECT Id FROM Account WHERE Name = '@{found.records[0].Name}'"
    parts = [
        {"method": "POST", "url": f"{API}/composite/sobjects", "referenceId": "made",
         "body": {"records": rows}},
        {"method": "GET", "url": f"{API}/query?q={soql}", "referenceId": "found"},
        {"method": "POST", "url": f"{API}/composite/sobjects", "referenceId": "people",
         "body": {"records": [{"attributes": {"type": "Contact"}, "LastName": "Of row 1",
                               "AccountId": "@{found.records[0].Id}",
                               "Description": "at @{found.records[0].Name}!"}]}},
        {"method": "DELETE", "url": f"{API}/composite/sobjects?ids=@{{made[0].id}}",
         "referenceId": "gone"},
        {"method": "GET", "url": f"{API}/query?q={again}", "referenceId": "again"},
    ]  # fmt: skip
    answer = integration.call("POST", "composite", {"compositeRequest": parts}).json()
    assert [each["httpStatusCode"] for each in answer["compositeResponse"]] == [200] * 5
    made = [each["id"] for each in answer["compositeResponse"][0]["body"]]
    assert answer["compositeResponse"][4]["body"]["totalSize"] == 1
    person = next(r for r in integration.records("Contact") if r["LastName"] == "Of row 1")
    assert (person["AccountId"], person["Description"]) == (made[1], "at Row & 1%!")
    accounts = {each["Id"]: each["IsDeleted"] for each in integration.records("Account")}
    assert (accounts[made[0]], accounts[made[1]]) == (True, False)


def test_a_composite_collates_or_not_and_answers_the_same(integration: Client) -> None:
    """X16: collateSubrequests is about speed alone."""
    part_ = {"method": "GET", "url": f"{API}/limits/recordCount?sObjects=Account",
             "referenceId": "count"}  # fmt: skip
    body = {"collateSubrequests": True, "compositeRequest": [part_]}
    answer = integration.call("POST", "composite", body).json()
    assert answer["compositeResponse"][0]["body"]["sObjects"][0]["name"] == "Account"
