"""What is common to all REST calls: versions, methods, bodies, compression, refusals."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.client import API, Client


def test_versions_are_listed_to_anybody_and_others_refused(org: RunningOrg, rep: Client) -> None:
    """X16: 31 to 68; retired ones are gone, unknown ones not found."""
    listed = requests.get(f"{org.url}/services/data/", timeout=30).json()
    assert [each["version"] for each in listed] == [f"{n}.0" for n in range(31, 69)]
    labels = {each["version"]: each["label"] for each in listed}
    assert (labels["31.0"], labels["59.0"], labels["60.0"], labels["68.0"]) == (
        "Summer '14", "Winter '24", "Spring '24", "Winter '27",
    )  # fmt: skip
    assert listed[-1]["url"] == "/services/data/v68.0"
    for version, status in (
        ("v60.0", 200),
        ("v31.0", 200),
        ("v30.0", 410),
        ("v99.0", 404),
        ("x60.0", 404),
    ):
        answer = rep.http.get(f"{org.url}/services/data/{version}/limits", timeout=30)
        assert answer.status_code == status


def test_every_resource_that_is_listed_answers(rep: Client) -> None:
    """X16: and the identity is the caller's."""
    found = rep.call("GET", "").json()
    assert found.pop("identity").startswith(rep.url)
    assert found.pop("ui-api").endswith("/ui-api")  # a prefix of others, nothing by itself
    for path in found.values():
        answer = rep.http.get(f"{rep.url}{path}", timeout=30)
        assert answer.status_code in {200, 400}, path


def test_a_method_may_travel_in_the_query(rep: Client, main: dict[str, str]) -> None:
    """X16: for clients that cannot send PATCH; HEAD is GET without the body."""
    path = f"sobjects/Contact/{main['contact']}"
    answer = rep.call("POST", f"{path}?_HttpMethod=PATCH", {"Title": "By override"})
    assert answer.status_code == 204
    assert rep.call("GET", path).json()["Title"] == "By override"
    head = rep.call("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert "api-usage=" in head.headers["Sforce-Limit-Info"]


def test_a_method_that_is_not_there_says_which_are(rep: Client) -> None:
    """X16: in the body and in Allow."""
    answer = rep.call("DELETE", "limits")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert answer.json() == [
        {
            "message": "HTTP Method 'DELETE' not allowed. Allowed are GET,HEAD",
            "errorCode": "METHOD_NOT_ALLOWED",
        }
    ]


def test_people_may_ask_for_json_that_they_can_read(rep: Client) -> None:
    """X16: X-PrettyPrint, as real orgs have it."""
    answer = rep.call("GET", "limits/recordCount?sObjects=Lead", headers={"X-PrettyPrint": "1"})
    assert answer.text.startswith('{\n  "sObjects" : [\n    {\n      "count" : ')


def test_bodies_may_be_compressed_both_ways(rep: Client) -> None:
    """X16: gzip and deflate in, gzip out for who accepts it."""
    body = json.dumps({"Name": "Packed"}).encode()
    url = f"{rep.url}{API}/sobjects/Account"
    for packing, data in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        headers = {"Content-Type": "application/json", "Content-Encoding": packing}
        answer = rep.http.post(url, data=data, headers=headers, timeout=30)
        assert answer.status_code == 201, answer.text
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    broken = rep.http.post(url, data=b"not packed", headers=headers, timeout=30)
    assert broken.status_code == 400
    large = rep.call("GET", "sobjects")
    assert large.headers["Content-Encoding"] == "gzip"
    assert large.json()["sobjects"]
    plain = rep.call("GET", "sobjects", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.json() == large.json()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{'Name': 1}", "Unexpected character (''' (code 39))"),
        ('{"Name": "x"', "Unexpected end-of-input"),
        ('{"Name": NaN}', "Non-standard token 'NaN'"),
        ("[]", "must be a JSON object"),
    ],
)
def test_a_body_that_is_no_json_is_refused_with_the_place(
    rep: Client, text: str, part: str
) -> None:
    """X16: JSON_PARSER_ERROR."""
    url = f"{rep.url}{API}/sobjects/Account"
    headers = {"Content-Type": "application/json"}
    answer = rep.http.post(url, data=text, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert part in answer.json()[0]["message"]


def test_xml_is_refused_in_both_directions(rep: Client) -> None:
    """X16: real orgs speak it; devorg says that it does not."""
    answer = rep.call("GET", "limits", headers={"Accept": "application/xml"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (406, "NOT_ACCEPTABLE")
    url = f"{rep.url}{API}/sobjects/Account"
    for kind in ("application/xml", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        answer = rep.http.post(url, data="<Account/>", headers=headers, timeout=30)
        assert answer.status_code == 415
        assert answer.json()[0]["errorCode"] == "UNSUPPORTED_MEDIA_TYPE"


def test_both_words_for_a_token_are_understood(rep: Client) -> None:
    """X16: Bearer and OAuth; nobody else's word is."""
    token = str(rep.http.headers["Authorization"]).split()[1]
    for scheme, status in (("OAuth", 200), ("Bearer", 200), ("Basic", 401)):
        headers = {"Authorization": f"{scheme} {token}"}
        assert rep.call("GET", "limits", headers=headers).status_code == status


@pytest.mark.parametrize(
    "path",
    ["composite/graph", "composite/tree/Account", "search?q=FIND", "parameterizedSearch", "tabs",
     "theme", "tooling/query", "actions/standard", "sobjects/Account/describe/layouts"],
)  # fmt: skip
def test_what_devorg_lacks_it_says_by_name(rep: Client, path: str) -> None:
    """X16: 501, not a wrong answer."""
    answer = rep.call("GET", path)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (501, "NOT_IMPLEMENTED")


def test_there_is_no_apex_and_no_first_bulk_api(rep: Client) -> None:
    """X16: JSON errors, as real orgs give where no class matches."""
    apex = rep.http.get(f"{rep.url}/services/apexrest/mine/x", timeout=30)
    assert (apex.status_code, apex.json()[0]["message"]) == (404, "Could not find a match for URL")
    assert rep.http.post(f"{rep.url}/services/async/60.0/job", timeout=30).status_code == 501
    assert rep.call("GET", "nowhere/at/all").json() == [
        {"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}
    ]


def test_recent_items_are_none_for_who_only_calls_the_api(rep: Client) -> None:
    """X16: records count as viewed where a page shows them."""
    assert rep.call("GET", "recent").json() == []


def test_limits_have_the_names_of_a_real_org(rep: Client) -> None:
    """X16: each with Max and Remaining; requests and query jobs really count."""
    before = rep.call("GET", "limits").json()
    assert {"DailyApiRequests", "DataStorageMB", "PermissionSets", "SingleEmail"} <= set(before)
    assert all({"Max", "Remaining"} <= set(each) for each in before.values())
    query = {"operation": "query", "query": "SELECT Id FROM Lead"}
    assert rep.call("POST", "jobs/query", query).status_code == 200
    after = rep.call("GET", "limits").json()
    for name, used in (("DailyApiRequests", 2), ("DailyBulkV2QueryJobs", 1)):
        assert before[name]["Remaining"] - after[name]["Remaining"] == used


def test_a_mistake_of_devorg_is_told_in_json(
    org: RunningOrg, rep: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X16: as real orgs tell theirs; clients parse it."""
    monkeypatch.setattr(org.org, "rights", None)
    answer = rep.call("GET", "limits")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (500, "UNKNOWN_EXCEPTION")


def test_counts_of_rows_are_told_for_some_or_all_objects(rep: Client) -> None:
    """X16: objects without rows are left out."""
    some = rep.call("GET", "limits/recordCount?sObjects=Account,Nothing").json()["sObjects"]
    assert [each["name"] for each in some] == ["Account"]
    names = {each["name"] for each in rep.call("GET", "limits/recordCount").json()["sObjects"]}
    assert {"Account", "Contact", "User"} <= names
