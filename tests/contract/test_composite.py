"""Composite: references, what becomes of the others when a part fails, and its bounds."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

from typing import Any

from tests.contract.org import Org, Row


def part(org: Org, name: str, method: str, path: str, body: Any = None) -> Row:
    """A subrequest."""
    url = f"{org.api}/{path}"
    return {"referenceId": name, "method": method, "url": url, **({"body": body} if body else {})}


def send(org: Org, *parts: Row, **more: Any) -> dict[str, Row]:
    """The parts' answers by name."""
    answer = org.call("POST", "composite", {"compositeRequest": list(parts), **more})
    assert answer.status_code == 200, answer.text
    found = answer.json()["compositeResponse"]
    for each in found:
        assert set(each) == {"body", "httpHeaders", "httpStatusCode", "referenceId"}
        if each["httpStatusCode"] == 201:
            org.note(each["body"]["id"])
    return {each["referenceId"]: each for each in found}


def test_later_parts_use_what_earlier_ones_gave(org: Org) -> None:
    """X16: in bodies, in paths, and out of lists."""
    org.needs("Account", "createable")
    org.needs("Contact", "createable")
    given, name = "@{account.id}", org.name()
    results = send(
        org,
        part(org, "account", "POST", "sobjects/Account", {"Name": name}),
        part(org, "contact", "POST", "sobjects/Contact", {"LastName": name, "AccountId": given}),
        part(org, "found", "GET", f"query?q=SELECT Id FROM Contact WHERE AccountId = '{given}'"),
        part(org, "again", "GET", "sobjects/Contact/@{found.records[0].Id}?fields=AccountId"),
    )  # fmt: skip
    assert [each["httpStatusCode"] for each in results.values()] == [201, 201, 200, 200]
    account = results["account"]["body"]["id"]
    assert results["again"]["body"]["AccountId"] == account
    assert results["account"]["httpHeaders"]["Location"] == f"{org.api}/sobjects/Account/{account}"


def _failing(org: Org) -> tuple[Row, ...]:
    return (
        part(org, "good", "POST", "sobjects/Account", {"Name": org.name()}),
        part(org, "bad", "POST", "sobjects/Contact", {"FirstName": "No last name"}),
        part(org, "lost", "GET", "sobjects/Contact/@{bad.id}"),
        part(org, "nowhere", "GET", "sobjects/Foo__c"),
    )


def test_a_failed_part_leaves_the_others(org: Org) -> None:
    """X16: but not the one that refers to it."""
    org.needs("Account", "createable")
    org.needs("Contact", "createable")
    results = send(org, *_failing(org))
    assert [each["httpStatusCode"] for each in results.values()] == [201, 400, 400, 404]
    assert results["bad"]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert results["lost"]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert results["nowhere"]["body"] == [
        {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    ]


def test_all_or_none_takes_everything_back(org: Org) -> None:
    """X16: the good parts say so."""
    org.needs("Account", "createable")
    org.needs("Contact", "createable")
    parts = _failing(org)
    results = send(org, *parts, allOrNone=True)
    assert results["good"]["httpStatusCode"] == 400
    assert results["good"]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert results["bad"]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    name = parts[0]["body"]["Name"]
    assert org.query(f"SELECT Id FROM Account WHERE Name = '{name}'") == []


def test_collections_and_queries_go_into_it(org: Org) -> None:
    """X16: with the answers that they have alone."""
    org.needs("Contact", "createable")
    rows = [
        {"attributes": {"type": "Contact"}, "LastName": each} for each in (org.name(), "A" * 81)
    ]
    results = send(
        org,
        part(org, "rows", "POST", "composite/sobjects", {"records": rows}),
        part(org, "count", "GET", "query?q=SELECT COUNT() FROM Contact"),
    )
    made = org.note_all(results["rows"]["body"])
    assert results["rows"]["httpStatusCode"] == 200
    assert [each["success"] for each in made] == [True, False]
    assert set(results["count"]["body"]) == {"totalSize", "done", "records"}


def test_it_has_bounds(org: Org) -> None:
    """X16: 25 parts, five of them queries, each with a name of its own."""
    many = [part(org, f"r{number}", "GET", "limits") for number in range(26)]
    queries = [part(org, f"q{n}", "GET", "query?q=SELECT COUNT() FROM User") for n in range(6)]
    twice = [part(org, "same", "GET", "limits"), part(org, "same", "GET", "limits")]
    for parts in (many, queries, twice):
        status, _ = org.refusal("POST", "composite", {"compositeRequest": parts})
        assert status == 400
    assert len(send(org, *queries[:5])) == 5


def test_results_of_a_collection_can_be_referred_to(org: Org) -> None:
    """X16: by their place in the list."""
    org.needs("Account", "createable")
    org.needs("Contact", "createable", "AccountId")
    name = org.name()
    rows = [{"attributes": {"type": "Account"}, "Name": f"{name}{each}"} for each in "ab"]
    contact = {"LastName": name, "AccountId": "@{rows[1].id}"}
    results = send(
        org,
        part(org, "rows", "POST", "composite/sobjects", {"records": rows}),
        part(org, "contact", "POST", "sobjects/Contact", contact),
    )
    made = org.note_all(results["rows"]["body"])
    person = results["contact"]["body"]["id"]
    assert org.read("Contact", person, "AccountId")["AccountId"] == made[1]["id"]


def test_parts_have_headers_of_their_own(org: Org) -> None:
    """X16: an unchanged describe is not sent again, as recorded."""
    first = org.call("GET", "sobjects/User/describe")
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    results = send(
        org, {**part(org, "user", "GET", "sobjects/User/describe"), "httpHeaders": since}
    )
    assert (results["user"]["httpStatusCode"], results["user"]["body"]) == (304, None)


def test_records_are_changed_and_deleted_in_it(org: Org) -> None:
    """X16: 204 and no body, in their order."""
    record = org.create("Account", Name=org.name())
    path = f"sobjects/Account/{record}"
    results = send(
        org,
        part(org, "changed", "PATCH", path, {"Site": "B"}),
        part(org, "read", "GET", f"{path}?fields=Site"),
        part(org, "deleted", "DELETE", path),
        part(org, "gone", "GET", path),
    )
    assert [each["httpStatusCode"] for each in results.values()] == [204, 200, 204, 404]
    assert results["changed"]["body"] is None
    assert results["read"]["body"]["Site"] == "B"


def test_upserts_in_it_tell_what_they_did(org: Org) -> None:
    """X16: made, then found by a later part."""
    org.needs("Contact", "createable", "Email")
    path = f"sobjects/Contact/Email/{org.mail()}"
    results = send(
        org,
        part(org, "made", "PATCH", path, {"LastName": org.name()}),
        part(org, "found", "PATCH", path, {"LastName": org.name()}),
    )
    assert [each["httpStatusCode"] for each in results.values()] == [201, 200]
    assert [each["body"]["created"] for each in results.values()] == [True, False]
