"""Collections: a result for each row, all or nothing, several objects, several ways."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

from typing import Any

from tests.contract.org import Org, Row


def contact(**fields: Any) -> Row:
    """A row of a collection."""
    return {"attributes": {"type": "Contact"}, **fields}


def create(org: Org, *rows: Row, **more: Any) -> list[Row]:
    """The results of a collection of new records."""
    answer = org.call("POST", "composite/sobjects", {"records": list(rows), **more})
    assert answer.status_code == 200, answer.text
    return org.note_all(answer.json())


def test_each_row_has_its_own_result(org: Org) -> None:
    """X16: in their order; good ones are kept, bad ones say why."""
    org.needs("Contact", "createable", "Email")
    name = org.name()
    results = create(
        org, contact(LastName=name), contact(LastName="A" * 81), contact(FirstName=name)
    )
    assert set(results[0]) == {"id", "success", "errors"}
    assert (results[0]["success"], results[0]["errors"]) == (True, [])
    for result, code in zip(
        results[1:], ("STRING_TOO_LONG", "REQUIRED_FIELD_MISSING"), strict=True
    ):
        assert set(result) == {"success", "errors"}
        (error,) = result["errors"]
        assert set(error) == {"statusCode", "message", "fields"}
        assert (error["statusCode"], error["fields"]) == (code, ["LastName"])
    assert len(org.query(f"SELECT Id FROM Contact WHERE LastName = '{name}'")) == 1


def test_all_or_none_keeps_nothing(org: Org) -> None:
    """X16: good rows say that they were rolled back."""
    org.needs("Contact", "createable")
    name = org.name()
    results = create(org, contact(LastName=name), contact(LastName="A" * 81), allOrNone=True)
    codes = [each["errors"][0]["statusCode"] for each in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "STRING_TOO_LONG"]
    assert [each["success"] for each in results] == [False, False]
    assert org.query(f"SELECT Id FROM Contact WHERE LastName = '{name}'") == []


def test_rows_of_several_objects_go_together(org: Org) -> None:
    """X16: made, changed and deleted."""
    org.needs("Contact", "deletable")
    org.needs("Account", "deletable")
    account = {"attributes": {"type": "Account"}, "Name": org.name()}
    made = create(org, account, contact(LastName=org.name()))
    ids = [each["id"] for each in made]
    changes = [
        {"attributes": {"type": "Account"}, "id": ids[0], "Site": "B"},
        contact(Id=ids[1], Title="T"),
        contact(id="003000000000000AAA", Title="T"),
    ]
    changed = org.call("PATCH", "composite/sobjects", {"records": changes}).json()
    assert [each["success"] for each in changed] == [True, True, False]
    assert changed[2]["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"
    gone = org.call("DELETE", "composite/sobjects", params={"ids": ",".join(ids)}).json()
    assert gone == [{"id": each, "success": True, "errors": []} for each in ids]
    again = org.call("DELETE", "composite/sobjects", params={"ids": ids[0]}).json()
    assert again[0]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"


def test_an_upsert_tells_which_rows_are_new(org: Org) -> None:
    """X16: by e-mail; whatever matches several records is refused."""
    org.needs("Contact", "createable", "Email")
    old, new, twice = org.mail(), org.mail(), org.mail()
    for mail in (old, twice, twice):
        org.create("Contact", LastName=org.name(), Email=mail)
    rows = [contact(Email=mail, LastName=org.name()) for mail in (old, new, twice)]
    answer = org.call("PATCH", "composite/sobjects/Contact/Email", {"records": rows})
    assert answer.status_code == 200, answer.text
    results = org.note_all(answer.json())
    assert [each["success"] for each in results] == [True, True, False]
    assert [each["created"] for each in results[:2]] == [False, True]
    assert results[2]["errors"][0]["statusCode"] == "DUPLICATE_EXTERNAL_ID"


def test_an_id_of_null_asks_for_a_new_record(org: Org) -> None:
    """X16: as recorded of a real org."""
    org.needs("Account", "createable")
    row = {"attributes": {"type": "Account"}, "Id": None, "Name": org.name()}
    answer = org.call("PATCH", "composite/sobjects/Account/Id", {"records": [row]})
    assert org.note_all(answer.json())[0]["created"] is True


def test_more_than_200_rows_are_refused_together(org: Org) -> None:
    """X16: 400, and nothing is written."""
    org.needs("Contact", "createable")
    name = org.name()
    rows = {"records": [contact(LastName=name)] * 201}
    status, error = org.refusal("POST", "composite/sobjects", rows)
    assert status == 400
    assert "200" in error["message"]
    assert org.query(f"SELECT Id FROM Contact WHERE LastName = '{name}'") == []


def test_rows_are_read_in_the_order_asked_for(org: Org) -> None:
    """X16: null for what is not there."""
    first, second = (org.create("Contact", LastName=org.name()) for _ in range(2))
    ids = [second, "003000000000000AAA", first]
    body = {"ids": ids, "fields": ["Id", "LastName"]}
    found = org.call("POST", "composite/sobjects/Contact", body).json()
    assert [each and each["Id"] for each in found] == [second, None, first]


def test_a_delete_of_all_or_none_keeps_all(org: Org) -> None:
    """X16: where one of them is gone."""
    org.needs("Contact", "deletable")
    gone, there = (org.create("Contact", LastName=org.name()) for _ in range(2))
    assert org.call("DELETE", f"sobjects/Contact/{gone}").status_code == 204
    asked = {"ids": f"{there},{gone}", "allOrNone": "true"}
    results = org.call("DELETE", "composite/sobjects", params=asked).json()
    assert [each["success"] for each in results] == [False, False]
    codes = [each["errors"][0]["statusCode"] for each in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "ENTITY_IS_DELETED"]
    assert org.read("Contact", there, "Id")["Id"] == there
