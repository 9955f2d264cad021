"""Single records over REST: fields, keys, conditions, relatives."""

from __future__ import annotations

import pytest

from tests.devorg.client import Client


def test_a_record_is_shown_with_the_fields_asked_for(rep: Client, main: dict[str, str]) -> None:
    """X16: parents' too, in the order asked for; an unknown one is refused."""
    path = f"sobjects/Contact/{main['contact']}"
    shown = rep.call("GET", f"{path}?fields=LastName,Account.Name,Id").json()
    assert list(shown) == ["attributes", "LastName", "Account", "Id"]
    assert shown["Account"]["attributes"]["type"] == "Account"
    assert "Id" not in rep.call("GET", f"{path}?fields=LastName").json()
    refused = rep.call("GET", f"{path}?fields=LastName,Nope")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_a_record_is_found_changed_and_deleted_by_its_key(integration: Client) -> None:
    """X16: created 201, changed 200, then gone."""
    path = "sobjects/Task/Inlay_Key__c/t%3Aby%2Fkey"
    made = integration.call("PATCH", path, {"Subject": "one"})
    assert (made.status_code, made.json()["created"]) == (201, True)
    changed = integration.call("PATCH", path, {"Subject": "two"})
    assert (changed.status_code, changed.json()["created"]) == (200, False)
    assert changed.json()["id"] == made.json()["id"]
    assert integration.call("GET", f"{path}?fields=Subject").json()["Subject"] == "two"
    assert integration.call("DELETE", path).status_code == 204
    assert integration.call("DELETE", path).status_code == 404
    assert integration.call("GET", path).status_code == 404


def test_the_id_is_a_key_as_well(integration: Client, main: dict[str, str]) -> None:
    """X16: in either of its lengths."""
    for record_id in (main["contact"], main["contact"][:15]):
        answer = integration.call("PATCH", f"sobjects/Contact/Id/{record_id}", {"Title": "By Id"})
        assert (answer.status_code, answer.json()["created"]) == (200, False)


def test_an_upsert_may_be_told_to_change_only(integration: Client) -> None:
    """X16: `updateOnly` makes nothing new."""
    answer = integration.call("PATCH", "sobjects/Task/Inlay_Key__c/t:x?updateOnly=true", {})
    assert answer.status_code == 404
    assert "t:x" not in {each["Inlay_Key__c"] for each in integration.records("Task")}


@pytest.mark.parametrize("path", ["sobjects/Contact/{}", "sobjects/Contact/Email/a@example.com"])
def test_the_body_must_not_name_the_record(
    integration: Client, main: dict[str, str], path: str
) -> None:
    """X16: the path does."""
    body = {"Id": main["contact"], "LastName": "X"}
    answer = integration.call("PATCH", path.format(main["contact"]), body)
    assert answer.status_code == 400
    assert answer.json() == [
        {
            "message": "The Id field should not be specified in the sobject data.",
            "errorCode": "INVALID_FIELD",
            "fields": ["Id"],
        }
    ]


def test_an_unchanged_record_need_not_be_sent_again(rep: Client, main: dict[str, str]) -> None:
    """X16: by time for all objects, by tag for accounts."""
    for path in (f"sobjects/Contact/{main['contact']}", f"sobjects/Account/{main['account']}"):
        first = rep.call("GET", path)
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert rep.call("GET", path, headers=since).status_code == 304
        old = {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
        assert rep.call("GET", path, headers=old).status_code == 200
    tag = first.headers["ETag"]
    assert rep.call("GET", path, headers={"If-None-Match": tag}).status_code == 304
    assert rep.call("GET", path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_change_can_depend_on_the_record_being_as_it_was(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: 412 if it is not."""
    path = f"sobjects/Account/{main['account']}"
    tag = rep.call("GET", path).headers["ETag"]
    body = {"Industry": "Energy"}
    assert rep.call("PATCH", path, body, headers={"If-Match": tag}).status_code == 204
    late = rep.call("PATCH", path, body, headers={"If-Match": tag})
    assert (late.status_code, late.json()[0]["errorCode"]) == (412, "PRECONDITION_FAILED")
    old = {"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
    assert rep.call("DELETE", path, headers=old).status_code == 412


def test_relatives_are_found_by_the_name_of_the_relationship(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: the parent, the children, and 204 for no parent."""
    parent = rep.call("GET", f"sobjects/Contact/{main['contact']}/Account?fields=Name").json()
    assert parent["attributes"]["url"].endswith(main["account"])
    children = rep.call("GET", f"sobjects/Account/{main['account']}/Contacts?fields=Id").json()
    assert main["contact"] in {each["Id"] for each in children["records"]}
    assert (children["done"], children["totalSize"]) == (True, len(children["records"]))
    lonely = rep.call("POST", "sobjects/Contact", {"LastName": "Alone"}).json()["id"]
    assert rep.call("GET", f"sobjects/Contact/{lonely}/Account").status_code == 204
    assert rep.call("GET", f"sobjects/Contact/{lonely}/Nothing").status_code == 404


def test_rows_are_read_together_in_the_order_asked_for(rep: Client, main: dict[str, str]) -> None:
    """X16: null for what is not there; by path or by body."""
    ids = [main["contact"], "0035e0000zzzzzz", main["contact"][:15], main["account"]]
    path = "composite/sobjects/Contact"
    by_path = rep.call("GET", f"{path}?ids={','.join(ids)}&fields=LastName,Account.Name").json()
    assert [each is None for each in by_path] == [False, True, False, True]
    assert list(by_path[0]) == ["attributes", "LastName", "Account"]
    body = {"ids": ids, "fields": ["LastName", "Account.Name"]}
    assert rep.call("POST", path, body).json() == by_path
    for wrong in (ids * 501, ["x"], []):
        assert rep.call("POST", path, {"ids": wrong, "fields": ["Id"]}).status_code == 400
    for fields in (["Nope"], [], None):
        assert rep.call("POST", path, {"ids": ids, "fields": fields}).status_code == 400
