"""Collections and composite: row results, all or nothing, references, limits, counting."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.devorg.client import API, Client


def task(**fields: Any) -> dict[str, Any]:
    """A row of a collection."""
    return {"attributes": {"type": "Task"}, **fields}


def upsert(client: Client, records: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    """A collection upsert by the package's key; its results."""
    body = {"records": records, **more}
    answer = client.call("PATCH", "composite/sobjects/Task/Inlay_Key__c", body)
    assert answer.status_code == 200, answer.text
    results = answer.json()
    assert isinstance(results, list)
    return results


def test_each_row_has_its_own_result_in_order(integration: Client, main: dict[str, str]) -> None:
    """X16: good rows are kept, bad ones say why, `created` tells an upsert's two ways."""
    upsert(integration, [task(Inlay_Key__c="t:1", Subject="before")])
    results = upsert(
        integration,
        [
            task(Inlay_Key__c="t:1", Subject="after"),
            task(Inlay_Key__c="t:2", WhoId=main["contact"]),
            task(Inlay_Key__c="t:3", Subject="s" * 256),
            task(Subject="no key"),
            task(Inlay_Key__c="t:2"),
        ],
    )
    assert [each["success"] for each in results] == [True, True, False, False, False]
    assert [each.get("created") for each in results[:2]] == [False, True]
    codes = [each["errors"][0]["statusCode"] for each in results[2:]]
    assert codes == ["STRING_TOO_LONG", "MISSING_ARGUMENT", "DUPLICATE_VALUE"]
    assert results[2]["errors"][0]["fields"] == ["Subject"]
    assert set(results[2]) == {"success", "errors"}
    stored = {each["Inlay_Key__c"]: each["Subject"] for each in integration.records("Task")}
    assert stored["t:1"] == "after"
    assert "t:3" not in stored


def test_all_or_none_takes_everything_back(integration: Client) -> None:
    """X16: the good rows say that they were rolled back."""
    before = integration.records("Task")
    rows = [task(Inlay_Key__c="t:a"), task(Inlay_Key__c="t:b", Subject="s" * 256)]
    results = upsert(integration, rows, allOrNone=True)
    codes = [each["errors"][0]["statusCode"] for each in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "STRING_TOO_LONG"]
    assert integration.records("Task") == before


def test_create_update_and_delete_take_several_objects(integration: Client) -> None:
    """X16: chunks of one type after the other."""
    account = {"attributes": {"type": "Account"}, "Name": "New one"}
    wrong = {"attributes": {"type": "Foo"}, "Name": "x"}
    body = {"records": [account, task(Subject="a"), wrong]}
    made = integration.call("POST", "composite/sobjects", body).json()
    assert [each["success"] for each in made] == [True, True, False]
    assert made[2]["errors"][0]["statusCode"] == "INVALID_TYPE"
    ids = [each["id"] for each in made[:2]]
    changes = [
        {"attributes": {"type": "Account"}, "Id": ids[0], "Industry": "Energy"},
        task(id=ids[1], Status="Completed"),
        task(id="00T5e0000zzzzzz", Status="Completed"),
    ]
    changed = integration.call("PATCH", "composite/sobjects", {"records": changes}).json()
    assert [each["success"] for each in changed] == [True, True, False]
    assert changed[2]["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"
    gone = integration.call("DELETE", "composite/sobjects", params={"ids": ",".join(ids)}).json()
    assert [each["success"] for each in gone] == [True, True]
    account_row = next(r for r in integration.records("Account") if r["Id"] == ids[0])
    assert (account_row["IsDeleted"], account_row["Industry"]) == (True, "Energy")


def test_more_than_200_rows_are_refused_as_a_whole(integration: Client) -> None:
    """X16: 400, nothing written."""
    rows = [task(Inlay_Key__c=f"t:{number}") for number in range(201)]
    answer = integration.call("PATCH", "composite/sobjects/Task/Inlay_Key__c", {"records": rows})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "LIMIT_EXCEEDED"


def test_an_id_of_null_asks_for_a_new_row(integration: Client) -> None:
    """X16: as in the recorded upsert by Id."""
    row = {"attributes": {"type": "Account"}, "Id": None, "Name": "Xyzzy", "AccountNumber": "420"}
    answer = integration.call("PATCH", "composite/sobjects/Account/Id", {"records": [row]})
    assert answer.json()[0]["created"] is True


def part(name: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """A subrequest."""
    url = f"{API}/{path}"
    return {"referenceId": name, "method": method, "url": url, **({"body": body} if body else {})}


def send(client: Client, *parts: dict[str, Any], **more: Any) -> dict[str, dict[str, Any]]:
    """A composite's results by reference."""
    answer = client.call("POST", "composite", {"compositeRequest": list(parts), **more})
    assert answer.status_code == 200, answer.text
    return {each["referenceId"]: each for each in answer.json()["compositeResponse"]}


def test_later_parts_use_what_earlier_ones_gave(integration: Client) -> None:
    """X16: by path, in bodies and URLs; counted as one call."""
    integration.control("POST", "usage/reset")
    given = "@{account.id}"
    results = send(
        integration,
        part("account", "POST", "sobjects/Account", {"Name": "Ref & Co"}),
        part("contact", "POST", "sobjects/Contact", {"LastName": "X", "AccountId": given}),
        part("found", "GET", "query?q=SELECT Id FROM Contact WHERE AccountId = '@{account.id}'"),
        part("again", "GET", "sobjects/Contact/@{found.records[0].Id}"),
    )  # fmt: skip
    assert [each["httpStatusCode"] for each in results.values()] == [201, 201, 200, 200]
    assert results["again"]["body"]["AccountId"] == results["account"]["body"]["id"]
    assert results["account"]["httpHeaders"]["Location"].endswith(results["account"]["body"]["id"])
    usage = integration.control("GET", "usage")
    assert (usage["counted_calls"], usage["calls"]) == (1, {"composite": 1})


def test_a_failed_part_leaves_the_others_unless_all_or_none(integration: Client) -> None:
    """X16: and what refers to it is halted."""
    parts = (
        part("good", "POST", "sobjects/Account", {"Name": "Stays"}),
        part("bad", "POST", "sobjects/Contact", {"FirstName": "No last name"}),
        part("lost", "GET", "sobjects/Contact/@{bad.id}"),
        part("nowhere", "GET", "sobjects/Foo"),
    )
    results = send(integration, *parts)
    assert [each["httpStatusCode"] for each in results.values()] == [201, 400, 400, 404]
    assert results["lost"]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert results["nowhere"]["body"][0]["errorCode"] == "NOT_FOUND"
    count = len(integration.records("Account"))
    halted = send(integration, *parts, allOrNone=True)
    assert halted["good"]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert halted["bad"]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert len(integration.records("Account")) == count


def test_a_composite_has_limits(integration: Client) -> None:
    """X16: 25 parts, five of them queries or collections, references unique."""
    many = [part(f"r{number}", "GET", "limits") for number in range(26)]
    large = [part(f"q{number}", "GET", "query?q=SELECT Id FROM Lead") for number in range(6)]
    twice = [part("same", "GET", "limits"), part("same", "GET", "limits")]
    for parts in (many, large, twice):
        answer = integration.call("POST", "composite", {"compositeRequest": parts})
        assert answer.status_code == 400
    assert len(send(integration, *large[:5])) == 5


CONTACT = "0035e0000000001AAA"
ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "Subject": st.sampled_from(["fine", "s" * 256, None]),
            "WhoId": st.sampled_from([CONTACT, "00Q5e0000000001EAA", "0035e0000zzzzzz", "x"]),
            "WhatId": st.sampled_from(["0065e0000000001AAA", CONTACT, None]),
            "Status": st.sampled_from(["Completed", "Invented", ""]),
            "Inlay_Key__c": st.sampled_from(["t:1", "t:2", "t:3", "T:1", None]),
            "Nope__c": st.just(1),
        },
    ),
    max_size=8,
)  # fmt: skip
_STAMPS = {"Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "CompletedDateTime"}


def outcome(client: Client, results: list[list[str]]) -> tuple[Any, ...]:
    """Error codes in order, and what is stored, ids and times aside."""
    stored = [
        {key: value for key, value in each.items() if key not in _STAMPS}
        for each in client.records("Task")
    ]
    return results, stored


@settings(max_examples=25)
@given(ROWS)
def test_a_collection_does_what_its_rows_do_one_by_one(
    integration: Client, rows: list[dict[str, Any]]
) -> None:
    """X16: random good and bad rows; only the way they are sent differs."""
    integration.control("POST", "reset")
    singly = []
    for row in rows:
        answer = integration.call("POST", "sobjects/Task", row)
        singly.append([] if answer.ok else [answer.json()[0]["errorCode"]])
    expected = outcome(integration, singly)
    integration.control("POST", "reset")
    body = {"records": [task(**row) for row in rows]}
    answers = integration.call("POST", "composite/sobjects", body).json()
    together = [[error["statusCode"] for error in each["errors"]] for each in answers]
    assert outcome(integration, together) == expected
