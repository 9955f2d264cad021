"""Faults, latency, concurrency: what a worker's crash tests stand on."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.client import Client
from tests.devorg.test_collections import part, send, task, upsert
from tests.devorg.test_fault_kinds import struck
from tests.support.waiting import wait_until


def test_a_status_fault_strikes_so_often_as_told(rep: Client) -> None:
    """X16: 403 REQUEST_LIMIT_EXCEEDED twice, then as before."""
    rep.control("POST", "faults", {"kind": "status", "match": "limits", "status": 403, "times": 2})
    answers = [rep.call("GET", "limits") for _ in range(3)]
    assert [each.status_code for each in answers] == [403, 403, 200]
    assert answers[0].json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


def test_after_does_the_work_and_then_fails(rep: Client) -> None:
    """X16: the ambiguous answer: an error, and the row is there."""
    rep.control("POST", "faults", {"kind": "status", "status": 503, "after": True, "times": 1})
    body = {"records": [task(Inlay_Key__c="t:there")]}
    answer = rep.call("PATCH", "composite/sobjects/Task/Inlay_Key__c", body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (503, "SERVER_UNAVAILABLE")
    assert len(rep.query("SELECT Id FROM Task WHERE Inlay_Key__c = 't:there'")) == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_dropped_connection_ends_without_an_answer(rep: Client, after: bool) -> None:
    """X16: before the work or after it."""
    rep.control("POST", "faults", {"kind": "drop", "match": "Task", "after": after, "times": 1})
    with pytest.raises(requests.ConnectionError):
        rep.call("POST", "sobjects/Task", {"Inlay_Key__c": "t:dropped"})
    found = rep.query("SELECT Id FROM Task WHERE Inlay_Key__c = 't:dropped'")
    assert len(found) == (1 if after else 0)


def test_a_hanging_call_blocks_nobody_and_ends_with_the_faults(
    org: RunningOrg, rep: Client
) -> None:
    """X16: 40 calls hang; others, also writes, go on; DELETE faults lets all of them go."""
    hang_all = {"kind": "hang", "match": "composite", "seconds": 60}
    number = int(rep.control("POST", "faults", hang_all)["number"])

    def hang() -> bool:
        try:
            Client(org, "rep").call("POST", "composite", {"compositeRequest": []})
        except requests.ConnectionError:
            return True
        return False

    with ThreadPoolExecutor(40) as pool:
        hanging = [pool.submit(hang) for _ in range(40)]
        wait_until(lambda: struck(rep, number) == 40, 50, "the hanging of all")
        assert rep.call("POST", "sobjects/Task", {"Subject": "on we go"}).status_code == 201
        assert not any(each.done() for each in hanging)
        rep.control("DELETE", "faults")
        assert all(each.result(timeout=50) for each in hanging)


def test_a_locked_row_is_refused_alone(rep: Client) -> None:
    """X16: UNABLE_TO_LOCK_ROW in the row's result; only rows that hold the text."""
    rep.control("POST", "faults", {"kind": "lock", "match": "Task", "contains": "t:2", "times": 1})
    rows = [task(Inlay_Key__c="t:1"), task(Inlay_Key__c="t:2"), task(Inlay_Key__c="t:3")]
    results = upsert(rep, rows)
    assert [each["success"] for each in results] == [True, False, True]
    assert results[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert [each["success"] for each in upsert(rep, rows)] == [True, True, True]


def test_an_error_fault_carries_the_code_it_was_given(rep: Client) -> None:
    """X16: also in a call for one row."""
    rule = {"kind": "error", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "No."}
    rep.control("POST", "faults", rule)
    answer = rep.call("POST", "sobjects/Task", {"Subject": "x"})
    assert answer.status_code == 400
    assert answer.json() == [
        {"message": "No.", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": []}
    ]


def test_a_part_of_a_composite_can_be_refused_as_a_whole(rep: Client) -> None:
    """X16: one collection inside fails, the composite itself answers."""
    fault = {"kind": "status", "match": "sobjects/Event", "status": 400, "message": "CPU"}
    rep.control("POST", "faults", fault)
    results = send(
        rep,
        part("tasks", "POST", "sobjects/Task", {"Subject": "x"}),
        part("events", "POST", "sobjects/Event", {"Subject": "x"}),
    )
    assert [each["httpStatusCode"] for each in results.values()] == [201, 400]


def test_a_part_of_a_composite_can_be_done_and_say_it_failed(rep: Client) -> None:
    """X16: the ambiguous answer inside a composite keeps what was done."""
    fault = {"kind": "status", "match": "sobjects/Task", "status": 500, "after": True, "times": 1}
    rep.control("POST", "faults", fault)
    done = part("task", "POST", "sobjects/Task", {"Subject": "x", "Inlay_Key__c": "t:part"})
    assert send(rep, done)["task"]["httpStatusCode"] == 500
    assert len(rep.query("SELECT Id FROM Task WHERE Inlay_Key__c = 't:part'")) == 1


def test_rows_take_the_time_they_are_told_and_hold_up_nobody(rep: Client) -> None:
    """X16: 200 rows of 5 ms each; reads in the meantime do not wait for them."""
    rep.control("POST", "config", {"per_row_ms": 5})
    rows = [task(Inlay_Key__c=f"t:{number}") for number in range(200)]
    taken: list[float] = []

    def write() -> None:
        started = time.monotonic()
        send(rep, part("rows", "PATCH", "composite/sobjects/Task/Inlay_Key__c", {"records": rows}))
        taken.append(time.monotonic() - started)

    other, reads = Client(rep.org, "admin"), 0
    thread = threading.Thread(target=write)
    thread.start()
    wait_until(lambda: rep.org.org.usage.total() == 1, what="the write's call")
    while not taken:
        assert other.call("GET", "sobjects/Task/describe").status_code == 200
        reads += 1
    thread.join()
    assert taken[0] >= 1
    assert reads > 2, "whoever waits for the rows reads once, and after them"


def test_two_writers_of_one_key_make_one_row(org: RunningOrg) -> None:
    """X16: concurrent upserts of the same keys, each row exactly once."""
    rows = [task(Inlay_Key__c=f"t:{number}", Subject="x") for number in range(50)]
    clients = [Client(org, "integration") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: upsert(client, rows), clients))
    created = sum(each["created"] for results in answers for each in results)
    assert created == 50
    keys = [each["Inlay_Key__c"] for each in clients[0].records("Task") if each["Inlay_Key__c"]]
    assert len(keys) == len(set(keys)) == 50


@pytest.mark.parametrize("fault", [{"kind": "flood"}, {"kind": "drop", "colour": "red"}, {}])
def test_a_fault_that_makes_no_sense_is_refused(rep: Client, fault: dict[str, str]) -> None:
    """X16: 400 with a sentence."""
    answer = rep.http.post(f"{rep.url}/_devorg/faults", json=fault, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["message"]
