"""What is common to all calls: versions, tokens, methods, bodies, limits."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

import gzip
import json
import re

import requests

from tests.contract.org import Org


def test_versions_are_listed_without_a_token(org: Org) -> None:
    """X16: each with label, url and number, the oldest first."""
    listed = requests.get(f"{org.url}/services/data/", timeout=60).json()
    numbers = [float(each["version"]) for each in listed]
    assert numbers == sorted(numbers)
    for each in listed:
        assert set(each) == {"label", "url", "version"}
        assert each["url"] == f"/services/data/v{each['version']}"


def test_a_version_lists_its_resources(org: Org) -> None:
    """X16: by name, each with the path of the same version; with a slash at the end or without."""
    found = org.get(org.api)
    assert org.get(f"{org.api}/") == found
    for name in ("sobjects", "query", "queryAll", "limits", "composite", "jobs"):
        assert found[name] == f"{org.api}/{name}"


def test_a_slash_at_the_end_changes_nothing(org: Org) -> None:
    """X16: as recorded clients write it."""
    for path in ("sobjects/", "limits/", "query/?q=SELECT+Id+FROM+User+LIMIT+1"):
        assert org.call("GET", path).status_code == 200, path


def test_a_version_that_is_not_there_is_not_found(org: Org) -> None:
    """X16: 404."""
    status, error = org.refusal("GET", "/services/data/v999.0/limits")
    assert (status, error["errorCode"]) == (404, "NOT_FOUND")


def test_a_token_that_is_not_good_is_refused(org: Org) -> None:
    """X16: 401, in Salesforce's words."""
    headers = {"Authorization": "Bearer 00Dnobody!nothing"}
    answer = requests.get(f"{org.url}{org.api}/limits", headers=headers, timeout=60)
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_a_call_without_a_token_is_refused(org: Org) -> None:
    """X16: 401."""
    answer = requests.get(f"{org.url}{org.api}/limits", timeout=60)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


def test_what_is_not_there_is_not_found(org: Org) -> None:
    """X16: resources and objects alike, with the same body."""
    expected = {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    for path in ("nowhere/at/all", "sobjects/Nothing__c", "sobjects/Nothing__c/describe"):
        assert org.refusal("GET", path) == (404, expected), path


def test_a_method_that_is_not_there_says_which_are(org: Org) -> None:
    """X16: 405."""
    status, error = org.refusal("DELETE", "limits")
    assert (status, error["errorCode"]) == (405, "METHOD_NOT_ALLOWED")
    assert re.fullmatch(r"HTTP Method 'DELETE' not allowed\. Allowed are .*GET.*", error["message"])


def test_a_body_that_is_no_json_is_refused(org: Org) -> None:
    """X16: JSON_PARSER_ERROR, with the place."""
    headers = {"Content-Type": "application/json"}
    status, error = org.refusal("POST", "sobjects/Account", data="{'Name': 1}", headers=headers)
    assert (status, error["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert "[line:1, column:" in error["message"]


def test_answers_are_json_and_tell_the_usage(org: Org) -> None:
    """X16: calls of the day and their limit."""
    answer = org.call("GET", "limits")
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert re.search(r"\bapi-usage=\d+/\d+", answer.headers["Sforce-Limit-Info"])


def test_limits_have_a_most_and_a_rest(org: Org) -> None:
    """X16: of requests, bulk jobs and storage."""
    limits = org.get("limits")
    for name in ("DailyApiRequests", "DailyBulkV2QueryJobs", "DataStorageMB"):
        assert 0 <= limits[name]["Remaining"] <= limits[name]["Max"]


def test_records_are_counted_by_object(org: Org) -> None:
    """X16: roughly, and only objects that are asked for and have any."""
    found = org.get("limits/recordCount?sObjects=User,Account")["sObjects"]
    assert {each["name"] for each in found} <= {"User", "Account"}
    assert all(set(each) == {"count", "name"} and each["count"] > 0 for each in found)


def test_names_are_read_without_regard_to_case(org: Org) -> None:
    """X16: of objects, fields and words; answers have the names as they are."""
    org.needs("Account", "createable")
    name = org.name()
    made = org.call("POST", "sobjects/account", {"NAME": name})
    assert made.status_code == 201, made.text
    record = org.note(made.json()["id"])
    soql = f"select id, nAME from ACCOUNT where ID = '{record}'"
    assert org.query(soql) == [{"Id": record, "Name": name}]
    assert org.get(f"sobjects/aCCOUNT/{record}?fields=name")["Name"] == name


def test_a_method_may_travel_in_the_query(org: Org) -> None:
    """X16: for clients that cannot send PATCH."""
    record = org.create("Account", Name=org.name())
    path = f"sobjects/Account/{record}?_HttpMethod=PATCH"
    assert org.call("POST", path, {"Site": "B"}).status_code == 204
    assert org.read("Account", record, "Site")["Site"] == "B"


def test_bodies_may_be_compressed_both_ways(org: Org) -> None:
    """X16: gzip, to and from the org."""
    org.needs("Account", "createable")
    body = gzip.compress(json.dumps({"Name": org.name()}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    made = org.call("POST", "sobjects/Account", data=body, headers=headers)
    assert made.status_code == 201, made.text
    org.note(made.json()["id"])
    answer = org.call("GET", "sobjects", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["sobjects"]


def test_who_calls_is_told(org: Org) -> None:
    """X16: userinfo, where the token may ask for it."""
    answer = org.call("GET", "/services/oauth2/userinfo")
    if answer.status_code == 403:
        org.cannot("the token has no scope for userinfo")
    assert answer.status_code == 200, answer.text
    info = answer.json()
    assert org.query(f"SELECT Id FROM User WHERE Id = '{info['user_id']}'")
    (row,) = org.query("SELECT Id FROM Organization")
    assert row["Id"] == info["organization_id"]


def test_a_batch_gives_each_part_its_status(org: Org) -> None:
    """X16: one that fails leaves the others."""
    version = f"v{org.version}.0"
    parts = [
        {"method": "GET", "url": f"{version}/sobjects/User/describe"},
        {"method": "GET", "url": f"{version}/nowhere"},
        {"method": "GET", "url": f"{version}/query?q=SELECT+COUNT()+FROM+User"},
    ]
    answer = org.call("POST", "composite/batch", {"batchRequests": parts})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["hasErrors"] is True
    assert [each["statusCode"] for each in found["results"]] == [200, 404, 200]
    assert found["results"][1]["result"][0]["errorCode"] == "NOT_FOUND"
    assert found["results"][2]["result"]["totalSize"] > 0
    halted = org.call(
        "POST", "composite/batch", {"batchRequests": parts, "haltOnError": True}
    ).json()["results"][2]
    assert halted["statusCode"] == 412
    assert halted["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


def test_an_object_tells_of_itself(org: Org) -> None:
    """X16: its describe in short, and what the user saw last."""
    found = org.get("sobjects/Account")
    assert set(found) == {"objectDescribe", "recentItems"}
    assert (found["objectDescribe"]["name"], found["objectDescribe"]["keyPrefix"]) == (
        "Account", "001",
    )  # fmt: skip
