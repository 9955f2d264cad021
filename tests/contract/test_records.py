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


def test_a_number_may_come_as_text(org: Org) -> None:
    """X16: as recorded clients send it; a number it must be."""
    org.needs("Account", "createable", "NumberOfEmployees", "AnnualRevenue")
    record = org.create("Account", Name=org.name(), NumberOfEmployees="10000", AnnualRevenue="5")
    shown = org.read("Account", record, "NumberOfEmployees", "AnnualRevenue")
    assert (shown["NumberOfEmployees"], shown["AnnualRevenue"]) == (10000, 5)
    body = {"Name": org.name(), "NumberOfEmployees": "many"}
    status, error = org.refusal("POST", "sobjects/Account", body)
    assert (status, error["errorCode"]) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize(
    ("field", "value"),
    [("ActivityDate", "2026-02-30"), ("ActivityDate", "soon"), ("IsReminderSet", "maybe")],
)
def test_a_value_of_another_type_is_unreadable(org: Org, field: str, value: str) -> None:
    """X16: JSON_PARSER_ERROR, as for broken JSON."""
    org.needs("Task", "createable", field)
    body = {"Subject": org.name(), field: value}
    status, error = org.refusal("POST", "sobjects/Task", body)
    assert (status, error["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_parts_are_put_together(org: Org) -> None:
    """X16: names and addresses, which are read whole and written in parts."""
    org.needs("Contact", "createable", "FirstName", "MailingCity", "MailingAddress")
    name = org.name()
    record = org.create("Contact", FirstName="Ada", LastName=name, MailingCity="Bergen")
    shown = org.read("Contact", record, "Name", "MailingAddress", "OtherAddress")
    assert shown["Name"] == f"Ada {name}"
    address = shown["MailingAddress"]
    wanted = {"city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state"}
    assert wanted | {"street"} <= set(address)
    assert (address["city"], address["street"], shown["OtherAddress"]) == ("Bergen", None, None)


def test_a_record_is_not_found_under_another_object(org: Org) -> None:
    """X16: the id of a contact is no account's."""
    record = org.create("Contact", LastName=org.name())
    for method in ("GET", "DELETE"):
        status, error = org.refusal(method, f"sobjects/Account/{record}")
        assert (status, error["errorCode"]) == (404, "NOT_FOUND"), method


def test_stamps_are_the_orgs_own(org: Org) -> None:
    """X16: made and changed by the user of the token, now; they cannot be written."""
    org.needs("Account", "createable")
    status, error = org.refusal(
        "POST", "sobjects/Account", {"Name": org.name(), "SystemModstamp": "2020-01-01T00:00:00Z"}
    )
    assert (status, error["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    record = org.create("Account", Name=org.name())
    before = org.read("Account", record, "SystemModstamp", "CreatedById", "LastModifiedById")
    assert before["CreatedById"] == before["LastModifiedById"]
    assert before["SystemModstamp"][:4] == str(org.clock().year)
    assert before["SystemModstamp"].endswith(".000+0000")


def test_relatives_are_found_by_the_name_of_the_relationship(org: Org) -> None:
    """X16: the parent, and the children."""
    account = org.create("Account", Name=org.name())
    contact = org.create("Contact", LastName=org.name(), AccountId=account)
    assert org.get(f"sobjects/Contact/{contact}/Account?fields=Id")["Id"] == account
    children = org.get(f"sobjects/Account/{account}/Contacts?fields=Id")
    assert [each["Id"] for each in children["records"]] == [contact]
