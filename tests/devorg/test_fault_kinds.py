"""Faults of every kind: of the service, of objects, of a share of rows, of automation."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.client import API, Client
from tests.devorg.test_collections import part, send, task, upsert


def fault(client: Client, kind: str, **words: Any) -> int:
    """One more fault; its number."""
    return int(client.control("POST", "faults", {"kind": kind, **words})["number"])


def struck(client: Client, number: int) -> int:
    """How often a fault has struck."""
    found = client.control("GET", "faults")["faults"]
    return int(next(each["struck"] for each in found if each["number"] == number))


def codes(results: list[dict[str, Any]]) -> list[str]:
    """The code of each row, empty for those that went well."""
    return [each["errors"][0]["statusCode"] if each["errors"] else "" for each in results]


def test_the_daily_limit_refuses_calls_after_some_more(rep: Client) -> None:
    """X16: 403 with Salesforce's sentence, without fields; logins go on."""
    fault(rep, "limit", skip=2)
    answers = [rep.call("GET", "limits") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 403]
    assert answers[2].json() == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]
    login = requests.post(f"{rep.url}/services/oauth2/token", data={}, timeout=30)
    assert login.status_code == 400


def test_maintenance_lets_nobody_in(rep: Client) -> None:
    """X16: 503 for the API and for logins, until the fault is taken away."""
    number = fault(rep, "maintenance")
    answer = rep.call("GET", "limits")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (503, "SERVER_UNAVAILABLE")
    login = requests.post(f"{rep.url}/services/oauth2/token", data={}, timeout=30)
    assert login.status_code == 503
    rep.control("DELETE", f"faults/{number}")
    assert rep.call("GET", "limits").status_code == 200


def test_a_session_can_end_in_the_middle(rep: Client) -> None:
    """X16: 401 for this call and all later ones with the token; a new token is good."""
    fault(rep, "expire", skip=1, times=1)
    found = [rep.call("GET", "limits").status_code for _ in range(3)]
    assert found == [200, 401, 401]
    token = rep.control("POST", "token", {"user": "rep"})["access_token"]
    rep.http.headers["Authorization"] = f"Bearer {token}"
    assert rep.call("GET", "limits").status_code == 200


def test_a_fault_of_an_object_strikes_calls_that_touch_it(rep: Client) -> None:
    """X16: by path, by query, by the rows of a collection; nothing else."""
    number = fault(rep, "status", status=500, sobject="Event")
    rows = {"records": [{"attributes": {"type": "Event"}}]}
    statuses = [
        rep.call("GET", "sobjects/Event/describe").status_code,
        rep.call("GET", "query", params={"q": "SELECT Id FROM Event"}).status_code,
        rep.call("POST", "composite/sobjects", rows).status_code,
        rep.call("GET", "sobjects/Task/describe").status_code,
        rep.call("GET", "query", params={"q": "SELECT Id FROM Task"}).status_code,
    ]
    assert statuses == [500, 500, 500, 200, 200]
    assert struck(rep, number) == 3


def test_an_object_can_be_slow_alone(rep: Client) -> None:
    """X16: latency by object."""
    number = fault(rep, "delay", sobject="Event", seconds=0.25)
    started = time.monotonic()
    rep.call("GET", "query", params={"q": "SELECT Id FROM Event LIMIT 1"})
    assert time.monotonic() - started >= 0.25
    rep.call("GET", "query", params={"q": "SELECT Id FROM Task LIMIT 1"})
    assert struck(rep, number) == 1


def test_a_share_of_rows_fails_the_same_way_with_the_same_seed(
    org: RunningOrg, integration: Client
) -> None:
    """X16: about a third, decided by the seed alone."""
    rows = [task(Inlay_Key__c=f"t:{number}") for number in range(120)]

    def run(seed: int) -> list[str]:
        integration.control("POST", "reset")
        number = fault(integration, "error", sobject="Task", share=0.3, seed=seed)
        found = codes(upsert(integration, rows))
        assert struck(integration, number) == sum(each != "" for each in found)
        return found

    first = run(7)
    assert 15 < sum(each != "" for each in first) < 60
    assert run(7) == first
    assert run(8) != first


def test_too_many_rows_in_one_transaction_exceed_apex_limits(integration: Client) -> None:
    """X16: all rows of the object fail together; smaller batches pass."""
    fault(integration, "automation", sobject="Task", more_than=50)
    rows = [task(Inlay_Key__c=f"t:{number}") for number in range(60)]
    results = upsert(integration, rows)
    assert set(codes(results)) == {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"}
    message = "TaskTrigger: System.LimitException: Apex CPU time limit exceeded"
    assert results[0]["errors"][0]["message"] == message
    assert set(codes(upsert(integration, rows[:50]))) == {""}
    event = {"StartDateTime": "2026-03-01T10:00:00Z", "DurationInMinutes": 5}
    assert integration.call("POST", "sobjects/Event", event).status_code == 201


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ({"value": "Rewritten"}, "Rewritten"),
        ({"transform": "upper"}, "HELLO"),
        ({"transform": "lower"}, "hello"),
        ({"transform": "append", "value": " !"}, "Hello !"),
        ({"transform": "truncate", "value": 2}, "He"),
        ({"transform": "clear"}, None),
    ],
)
def test_automation_rewrites_a_value_before_it_is_saved(
    rep: Client, words: dict[str, Any], kept: str | None
) -> None:
    """X16: what comes back is not what was sent; other operations are left alone."""
    fault(rep, "rewrite", sobject="Task", field="Subject", operation="create", **words)
    made = rep.call("POST", "sobjects/Task", {"Subject": "Hello"}).json()["id"]
    assert rep.call("GET", f"sobjects/Task/{made}").json()["Subject"] == kept
    rep.call("PATCH", f"sobjects/Task/{made}", {"Subject": "Hello"})
    assert rep.call("GET", f"sobjects/Task/{made}").json()["Subject"] == "Hello"


def test_a_rewrite_obeys_the_rules_of_its_field(rep: Client) -> None:
    """X16: automation that writes too long a text makes the row fail."""
    fault(rep, "rewrite", sobject="Contact", field="LastName", value="x" * 81)
    answer = rep.call("POST", "sobjects/Contact", {"LastName": "A"}).json()[0]
    assert answer["errorCode"] == "STRING_TOO_LONG"


def test_rows_become_visible_after_the_stamp_they_carry(rep: Client) -> None:
    """X16: a poll that has passed that moment does not find them again."""
    rep.control("POST", "clock", {"at": "2027-01-01T10:00:00Z", "stop": True})
    token = rep.control("POST", "token", {"user": "rep"})["access_token"]
    rep.http.headers["Authorization"] = f"Bearer {token}"
    fault(rep, "lag", sobject="Contact", seconds=120)
    rep.call("POST", "sobjects/Contact", {"LastName": "Late"})
    poll = "SELECT SystemModstamp FROM Contact WHERE SystemModstamp > 2027-01-01T{}:00Z"
    assert rep.query(poll.replace("{}", "09:59")) == []
    late = {"SystemModstamp": "2027-01-01T09:58:00.000+0000"}
    assert rep.query(poll.replace("{}", "09:57")) == [late]


def test_lock_contention_names_the_record(rep: Client, main: dict[str, str]) -> None:
    """X16: UNABLE_TO_LOCK_ROW for updates alone."""
    fault(rep, "lock", sobject="Contact", operation="update")
    answer = rep.call("PATCH", f"sobjects/Contact/{main['contact']}", {"Title": "x"}).json()[0]
    assert answer["errorCode"] == "UNABLE_TO_LOCK_ROW"
    assert answer["message"].endswith(main["contact"])
    assert rep.call("POST", "sobjects/Contact", {"LastName": "New"}).status_code == 201


def test_faults_add_up(rep: Client) -> None:
    """X16: a rewrite, a refusal and a refused part in one composite, each counted."""
    rewrite = fault(rep, "rewrite", sobject="Task", field="Priority", value="High")
    refusal = fault(
        rep, "error", sobject="Task", contains="bad", errorCode="ANY", fields=["Subject"]
    )
    down = fault(rep, "status", match="sobjects/Lead", status=503)
    results = send(
        rep,
        part("good", "POST", "sobjects/Task", {"Subject": "good"}),
        part("bad", "POST", "sobjects/Task", {"Subject": "bad"}),
        part("lead", "GET", "sobjects/Lead/describe"),
    )
    assert [each["httpStatusCode"] for each in results.values()] == [201, 400, 503]
    assert results["bad"]["body"][0]["fields"] == ["Subject"]
    made = rep.call("GET", f"sobjects/Task/{results['good']['body']['id']}").json()
    assert made["Priority"] == "High"
    assert [struck(rep, each) for each in (rewrite, refusal, down)] == [1, 1, 1]


def test_a_used_up_fault_is_still_listed(rep: Client) -> None:
    """X16: so that a test can see that it struck."""
    number = fault(rep, "status", match="limits", times=1)
    rep.http.get(f"{rep.url}{API}/limits", timeout=30)
    assert rep.call("GET", "limits").status_code == 200
    assert struck(rep, number) == 1


@pytest.mark.parametrize(
    "words",
    [
        {"kind": "lag", "operation": "read"},
        {"kind": "rewrite", "sobject": "Task"},
        {"kind": "rewrite", "sobject": "Task", "field": "Subject", "transform": "shout"},
        {"kind": "automation", "limit": "heap"},
        {"kind": "error", "share": "half"},
        {"kind": "error", "seconds": -1},
        {"kind": "error", "fields": "Subject"},
        {"kind": "error", "message": 7},
        {"kind": "error", "seed": [1]},
        {"kind": "drop", "after": "yes"},
    ],
)
def test_words_that_make_no_sense_are_refused(rep: Client, words: dict[str, Any]) -> None:
    """X16: 400 with a sentence."""
    answer = rep.http.post(f"{rep.url}/_devorg/faults", json=words, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["message"]
