"""Single records: made, read, changed, deleted; and how each refusal looks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.org import Org

#: Object, what is wrong with it, the code, the fields that are named.
_REFUSED: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("Contact", {"FirstName": "Ada"}, "REQUIRED_FIELD_MISSING", ["LastName"]),
    ("Contact", {"LastName": "A", "Email": "no address"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
    ("Contact", {"LastName": "A" * 81}, "STRING_TOO_LONG", ["LastName"]),
    ("Contact", {"LastName": "A", "Name": "A"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"]),
    ("Contact", {"LastName": "A", "AccountId": "nobody"}, "MALFORMED_ID", ["AccountId"]),
    ("Account", {}, "REQUIRED_FIELD_MISSING", ["Name"]),
    (
        "Event",
        {"StartDateTime": "2026-03-01T10:00:00Z", "DurationInMinutes": 5, "ShowAs": "Invented"},
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        ["ShowAs"],
    ),
    ("Opportunity", {"Name": "O", "StageName": "New"}, "REQUIRED_FIELD_MISSING", ["CloseDate"]),
]  # fmt: skip


def test_a_record_is_made_read_changed_and_deleted(org: Org) -> None:
    """X16: 201 with its id, 200, 204 and 204, then 404."""
    org.needs("Account", "deletable")
    name = org.name()
    made = org.call("POST", "sobjects/Account", {"Name": name})
    assert made.status_code == 201, made.text
    record = org.note(made.json()["id"])
    assert made.json() == {"id": record, "success": True, "errors": []}
    path = f"sobjects/Account/{record}"
    assert made.headers["Location"].endswith(f"{org.api}/{path}")
    assert org.call("PATCH", path, {"Site": "B"}).status_code == 204
    shown = org.get(f"{path}?fields=Name,Site")
    assert shown.pop("attributes") == {"type": "Account", "url": f"{org.api}/{path}"}
    assert shown.pop("Id", record) == record
    assert shown == {"Name": name, "Site": "B"}
    assert org.call("DELETE", path).status_code == 204
    assert org.call("GET", path).status_code == 404
    assert org.refusal("DELETE", path)[1]["errorCode"] == "ENTITY_IS_DELETED"


def test_a_record_is_shown_whole(org: Org) -> None:
    """X16: with every field the user may see, and found by its short id too."""
    record = org.create("Contact", LastName=org.name())
    shown = org.get(f"sobjects/Contact/{record[:15]}")
    assert shown["Id"] == record
    assert set(org.fields("Contact")) <= set(shown) | {"attributes"}


@pytest.mark.parametrize(("sobject", "body", "code", "fields"), _REFUSED)
def test_a_bad_record_gets_its_code(
    org: Org, sobject: str, body: dict[str, Any], code: str, fields: list[str]
) -> None:
    """X16: 400, a list of one, with the fields that it is about."""
    org.needs(sobject, "createable", *fields)
    answer = org.call("POST", f"sobjects/{sobject}", body)
    assert answer.status_code == 400, answer.text
    (error,) = answer.json()
    assert set(error) == {"message", "errorCode", "fields"}
    assert (error["errorCode"], error["fields"]) == (code, fields)


def test_messages_are_salesforces_own(org: Org) -> None:
    """X16: clients look for these words."""
    org.needs("Contact", "createable")
    org.needs("Account", "createable")
    words = {
        "Required fields are missing: [LastName]": {"FirstName": "A"},
        "No such column 'Shoe__c' on sobject of type Contact": {"LastName": "A", "Shoe__c": 1},
        "Last Name: data value too large: ": {"LastName": "A" * 81},
        "Email: invalid email address: nobody": {"LastName": "A", "Email": "nobody"},
    }
    for text, body in words.items():
        _, error = org.refusal("POST", "sobjects/Contact", body)
        assert error["message"].startswith(text), error


def test_an_unknown_field_is_refused(org: Org) -> None:
    """X16: INVALID_FIELD, written or read."""
    org.needs("Account", "createable")
    status, error = org.refusal("POST", "sobjects/Account", {"Name": "A", "Shoe__c": 1})
    assert (status, error["errorCode"]) == (400, "INVALID_FIELD")
    record = org.create("Account", Name=org.name())
    status, error = org.refusal("GET", f"sobjects/Account/{record}?fields=Shoe__c")
    assert (status, error["errorCode"]) == (400, "INVALID_FIELD")


def test_a_record_that_never_was_is_not_found(org: Org) -> None:
    """X16: 404 for each method."""
    for method in ("GET", "PATCH", "DELETE"):
        status, error = org.refusal(method, "sobjects/Account/001000000000000AAA", {"Site": "x"})
        assert (status, error["errorCode"]) == (404, "NOT_FOUND"), method


def test_text_is_trimmed_and_nothing_is_null(org: Org) -> None:
    """X16: blanks at both ends go, an empty text is no value."""
    org.needs("Account", "createable", "Site", "AccountNumber")
    name = org.name()
    record = org.create("Account", Name=f"  {name} ", Site="", AccountNumber=" 7 ")
    shown = org.read("Account", record, "Name", "Site", "AccountNumber")
    assert (shown["Name"], shown["Site"], shown["AccountNumber"]) == (name, None, "7")


def test_numbers_are_rounded_to_their_scale(org: Org) -> None:
    """X16: an amount of two decimals."""
    org.needs("Opportunity", "createable", "Amount")
    record = org.create(
        "Opportunity", Name=org.name(), StageName=_stage(org), CloseDate="2026-03-01", Amount=10.126
    )
    scale = org.fields("Opportunity")["Amount"]["scale"]
    assert org.read("Opportunity", record, "Amount")["Amount"] == round(10.126, scale)


def test_moments_lose_their_milliseconds_and_become_utc(org: Org) -> None:
    """X16: and are written with +0000."""
    org.needs("Task", "createable", "ReminderDateTime")
    moment = "2026-03-01T12:00:05.987+02:00"
    record = org.create("Task", Subject=org.name(), IsReminderSet=True, ReminderDateTime=moment)
    shown = org.read("Task", record, "ReminderDateTime")["ReminderDateTime"]
    assert shown == "2026-03-01T10:00:05.000+0000"


def _stage(org: Org) -> str:
    values = org.fields("Opportunity")["StageName"]["picklistValues"]
    return str(next(each["value"] for each in values if each["active"]))
