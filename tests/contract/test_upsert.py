"""Upserts: by a lookup field that every org has, and by a unique key where there is one."""

from __future__ import annotations

from tests.contract.keys import unique_key
from tests.contract.org import Org


def test_an_upsert_makes_a_record_then_changes_it(org: Org) -> None:
    """X16: 201 and created, then 200 and not created, with the same id."""
    org.needs("Contact", "createable", "Email", "Title")
    mail = org.mail()
    path = f"sobjects/Contact/Email/{mail}"
    first = org.call("PATCH", path, {"LastName": org.name()})
    assert first.status_code == 201, first.text
    org.note(first.json()["id"])
    assert (first.json()["created"], first.json()["success"]) == (True, True)
    second = org.call("PATCH", path, {"Title": "Changed"})
    assert second.status_code == 200, second.text
    assert second.json() == {**first.json(), "created": False}
    shown = org.read("Contact", first.json()["id"], "Title", "Email")
    assert (shown["Title"], shown["Email"]) == ("Changed", mail)


def test_several_records_of_one_key_are_listed(org: Org) -> None:
    """X16: 300 with their addresses, and nothing is changed."""
    org.needs("Contact", "createable", "Email", "Title")
    mail = org.mail()
    ids = {org.create("Contact", LastName=org.name(), Email=mail) for _ in range(2)}
    answer = org.call("PATCH", f"sobjects/Contact/Email/{mail}", {"Title": "Never"})
    assert answer.status_code == 300, answer.text
    assert {url.rpartition("/")[2] for url in answer.json()} == ids
    assert all(url.startswith(org.api) for url in answer.json())
    assert {org.read("Contact", each, "Title")["Title"] for each in ids} == {None}


def test_a_field_that_is_no_key_is_refused(org: Org) -> None:
    """X16: 404, as a place that is not there."""
    org.needs("Contact", "createable")
    status, error = org.refusal("PATCH", "sobjects/Contact/Title/x", {"LastName": "x"})
    assert (status, error["errorCode"]) == (404, "NOT_FOUND")


def test_the_body_must_not_name_the_record(org: Org) -> None:
    """X16: the path does."""
    record = org.create("Account", Name=org.name())
    status, error = org.refusal("PATCH", f"sobjects/Account/{record}", {"Id": record, "Site": "x"})
    assert (status, error["errorCode"], error["fields"]) == (400, "INVALID_FIELD", ["Id"])


def test_a_unique_key_is_taken_once(org: Org) -> None:
    """X16: DUPLICATE_VALUE, and the message names the record that has it."""
    sobject, field, body = unique_key(org)
    key = org.name()
    first = org.create(sobject, **body, **{field: key})
    status, error = org.refusal("POST", f"sobjects/{sobject}", {**body, field: key})
    assert (status, error["errorCode"]) == (400, "DUPLICATE_VALUE")
    assert first[:15] in error["message"]


def test_a_key_is_a_place(org: Org) -> None:
    """X16: found, changed and deleted by it, with signs in it that a path must hide."""
    sobject, field, body = unique_key(org)
    path = f"sobjects/{sobject}/{field}/{org.name()}%2Fa%20b%3F"
    made = org.call("PATCH", path, body)
    assert made.status_code == 201, made.text
    record = org.note(made.json()["id"])
    assert org.call("PATCH", path, {"Subject": org.name()}).status_code == 200
    assert org.get(path)["Id"] == record
    assert org.call("DELETE", path).status_code == 204
    assert org.call("GET", path).status_code == 404


def test_a_key_may_come_twice_in_no_collection(org: Org) -> None:
    """X16: the second row of one call is refused."""
    sobject, field, body = unique_key(org)
    row = {"attributes": {"type": sobject}, field: org.name(), **body}
    answer = org.call("PATCH", f"composite/sobjects/{sobject}/{field}", {"records": [row, row]})
    results = org.note_all(answer.json())
    assert results[1]["success"] is False
    assert results[1]["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
