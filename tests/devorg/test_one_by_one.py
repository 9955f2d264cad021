"""A collection does what its rows do one by one: per-row results and final state, for random good
and bad rows, with and without allOrNone.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.devorg.client import Client

CONTACT, OTHER, LEAD = "0035e0000000001AAA", "0035e0000000002AAA", "00Q5e0000000001EAA"
OPPORTUNITY, NOBODY = "0065e0000000001AAA", "0035e0000zzzzzz"
_STAMPS = {"Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "CompletedDateTime"}
KEYS = st.sampled_from(["t:1", "t:2", "t:3", "T:1"])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "Subject": st.sampled_from(["fine", "  trim me ", "bad", "s" * 256, None, 7]),
    "WhoId": st.sampled_from([CONTACT, OTHER[:15], LEAD, NOBODY, "x", None]),
    "WhatId": st.sampled_from([OPPORTUNITY, CONTACT, None]),
    "Status": st.sampled_from(["Completed", "Invented", "", "In Progress"]),
    "ActivityDate": st.sampled_from(["2030-01-01", "2031-01-01", None]),
    "CallType": st.sampled_from(["Inbound", "Shouted"]),
    "CallDurationInSeconds": st.sampled_from([5, 1.5, 10**9]),
    "TaskSubtype": st.just("Email"),
    "Nope__c": st.just(1),
}
ROW = st.fixed_dictionaries({}, optional={**FIELDS, "Inlay_Key__c": KEYS})
WITH_KEY = st.fixed_dictionaries({"Inlay_Key__c": KEYS}, optional=FIELDS)
SETTINGS = settings(max_examples=6)


def prepare(client: Client) -> list[str]:
    """The seed, a rule, a fault, and three tasks to change; their ids."""
    client.control("POST", "reset")
    rule = {
        "sobject": "Task", "message": "Bad.",
        "conditions": [{"field": "Subject", "operator": "equals", "value": "bad"}],
    }  # fmt: skip
    client.control("POST", "rules/validation", rule)
    client.control("POST", "faults", {"kind": "lock", "sobject": "Task", "contains": "T:1"})
    made = []
    for number in range(3):
        answer = client.call("POST", "sobjects/Task", {"Inlay_Key__c": f"t:{number}"})
        made.append(str(answer.json()["id"]))
    return made


def state(client: Client) -> list[Any]:
    """What is stored, ids and times aside; last activities too."""
    tasks = [
        {name: value for name, value in each.items() if name not in _STAMPS}
        for each in client.records("Task")
    ]
    dates = [
        each["LastActivityDate"]
        for name in ("Contact", "Lead", "Account", "Opportunity")
        for each in client.records(name)
    ]
    return [tasks, dates]


def code(answer: Any) -> list[str]:
    """The codes of a single-row call."""
    return [] if answer.ok else [each["errorCode"] for each in answer.json()]


def together(client: Client, method: str, path: str, rows: list[Any], **more: Any) -> Any:
    """The codes of each row of a collection."""
    typed = [{"attributes": {"type": "Task"}, **row} for row in rows]
    answer = client.call(method, path, {"records": typed, **more})
    assert answer.status_code == 200, answer.text
    return [[error["statusCode"] for error in each["errors"]] for each in answer.json()]


def check(client: Client, singly: list[list[str]], method: str, path: str, rows: list[Any]) -> None:
    """The collection says and leaves what the single calls said and left; or, all or none."""
    expected = state(client)
    prepare(client)
    untouched = state(client)
    assert together(client, method, path, rows, allOrNone=True) == _all_or_none(singly)
    assert state(client) == (expected if not any(singly) else untouched)
    prepare(client)
    assert together(client, method, path, rows) == singly
    assert state(client) == expected


def _all_or_none(singly: list[list[str]]) -> list[list[str]]:
    """Where one fails, the good ones say so; the bad ones keep their codes."""
    if not any(singly):
        return singly
    return [codes or ["ALL_OR_NONE_OPERATION_ROLLED_BACK"] for codes in singly]


@SETTINGS
@given(st.lists(ROW, max_size=8))
def test_creating_together_is_creating_one_by_one(
    integration: Client, rows: list[dict[str, Any]]
) -> None:
    """X16: random rows, good and bad."""
    prepare(integration)
    singly = [code(integration.call("POST", "sobjects/Task", row)) for row in rows]
    check(integration, singly, "POST", "composite/sobjects", rows)


@SETTINGS
@given(st.lists(st.tuples(st.integers(0, 2), ROW), max_size=8))
def test_updating_together_is_updating_one_by_one(
    integration: Client, changes: list[tuple[int, dict[str, Any]]]
) -> None:
    """X16: the same row may be changed twice, and keys may change hands."""
    made = prepare(integration)
    singly = [
        code(integration.call("PATCH", f"sobjects/Task/{made[at]}", row)) for at, row in changes
    ]
    rows = [{"Id": made[at], **row} for at, row in changes]
    check(integration, singly, "PATCH", "composite/sobjects", rows)


@SETTINGS
@given(st.lists(WITH_KEY, max_size=8, unique_by=lambda row: row["Inlay_Key__c"]))
def test_upserting_together_is_upserting_one_by_one(
    integration: Client, rows: list[dict[str, Any]]
) -> None:
    """X16: each key once; a key twice in one collection is an error of its own."""
    prepare(integration)
    path = "sobjects/Task/Inlay_Key__c/"
    singly = []
    for row in rows:
        body = {name: value for name, value in row.items() if name != "Inlay_Key__c"}
        singly.append(code(integration.call("PATCH", path + row["Inlay_Key__c"], body)))
    check(integration, singly, "PATCH", "composite/sobjects/Task/Inlay_Key__c", rows)
