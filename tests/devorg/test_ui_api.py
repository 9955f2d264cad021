"""UI API records: what the user may see, field by field."""

from __future__ import annotations

from typing import Any

from devorg.server import RunningOrg
from tests.devorg.client import Client

KEYS = (
    "apiName childRelationships eTag fields id lastModifiedById lastModifiedDate recordTypeId"
    " recordTypeInfo systemModstamp weakEtag"
)


def batch(client: Client, ids: list[str], **parameters: str) -> dict[str, Any]:
    """A batch call that must be answered."""
    answer = client.call("GET", f"ui-api/records/batch/{','.join(ids)}", params=parameters)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert isinstance(body, dict)
    return body


def test_a_batch_takes_records_of_several_objects(rep: Client, main: dict[str, str]) -> None:
    """X16: each with the fields of its own object, values and how they are shown."""
    body = batch(
        rep,
        [main["contact"], main["opportunity"][:15], main["lead"]],
        fields="Contact.Name,Opportunity.Amount",
        optionalFields="Contact.Account.Name,Opportunity.CloseDate,Lead.Company,Contact.Nope",
    )
    assert body["hasErrors"] is False
    contact, opportunity, lead = (each["result"] for each in body["results"])
    assert set(contact) == set(KEYS.split())
    assert contact["fields"]["Name"] == {"displayValue": None, "value": "Elena Marquez"}
    account = contact["fields"]["Account"]
    assert account["displayValue"] == "Brightwater Energy"
    assert account["value"]["id"] == main["account"]
    assert account["value"]["fields"]["Name"]["value"] == "Brightwater Energy"
    assert opportunity["fields"]["Amount"] == {"displayValue": "$186,000.00", "value": 186000.0}
    assert set(opportunity["fields"]) == {"Amount", "CloseDate"}
    assert lead["fields"]["Company"]["value"] == "Tidewell Apparel"


def test_a_hidden_record_answers_as_one_that_does_not_exist(
    org: RunningOrg, main: dict[str, str]
) -> None:
    """X16: not found, with nothing that tells the two apart."""
    partial = Client(org, "partial")
    ids = [main["contact"], main["partial_hidden_contact"], "0035e0000zzzzzz", "nonsense"]
    body = batch(partial, ids, optionalFields="Contact.Name")
    assert body["hasErrors"] is True
    assert [each["statusCode"] for each in body["results"]] == [200, 404, 404, 400]
    hidden, missing = body["results"][1:3]
    assert hidden == missing
    assert hidden["result"][0]["errorCode"] == "NOT_FOUND"
    single = partial.call("GET", f"ui-api/records/{ids[1]}", params={"fields": "Contact.Name"})
    assert single.status_code == 404


def test_a_hidden_field_is_left_out_if_optional_and_an_error_if_not(
    org: RunningOrg, main: dict[str, str]
) -> None:
    """X16: field-level security, by one user."""
    client = Client(org, "partial")
    hide = {"user": "partial", "field": "Contact.Email", "visible": False}
    client.control("POST", "access", hide)
    body = batch(client, [main["contact"]], optionalFields="Contact.Email,Contact.Name")
    assert set(body["results"][0]["result"]["fields"]) == {"Name"}
    failed = batch(client, [main["contact"]], fields="Contact.Email")["results"][0]
    assert failed["statusCode"] == 400
    assert failed["result"][0]["errorCode"] == "INVALID_FIELD"


def test_a_hidden_parent_is_shown_as_none(org: RunningOrg, main: dict[str, str]) -> None:
    """X16: the account of a contact, hidden alone."""
    client = Client(org, "partial")
    client.control(
        "POST", "access", {"user": "partial", "record": main["account"], "visible": False}
    )
    body = batch(client, [main["contact"]], optionalFields="Contact.Account.Name")
    shown = body["results"][0]["result"]["fields"]["Account"]
    assert shown == {"displayValue": None, "value": None}


def test_what_the_ui_api_has_beyond_fields_is_refused(rep: Client, main: dict[str, str]) -> None:
    """X16: child relationships and layouts are not silently left out."""
    for more in ("childRelationships=Contacts", "layoutTypes=Full&modes=View"):
        path = f"ui-api/records/{main['account']}?fields=Account.Name&{more}"
        answer = rep.call("GET", path)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (501, "NOT_IMPLEMENTED")


def test_object_info_tells_fields_as_the_ui_api_does(rep: Client) -> None:
    """X16: by name, with references; unchanged ones need not be sent again."""
    answer = rep.call("GET", "ui-api/object-info/Contact")
    info = answer.json()
    assert (info["apiName"], info["keyPrefix"]) == ("Contact", "003")
    assert info["nameFields"] == ["FirstName", "LastName", "Name"]
    assert info["fields"]["LastName"]["required"] is True
    account = info["fields"]["AccountId"]
    assert (account["dataType"], account["relationshipName"]) == ("Reference", "Account")
    assert account["referenceToInfos"] == [{"apiName": "Account", "nameFields": ["Name"]}]
    assert info["fields"]["MailingCity"]["compoundComponentName"] == "City"
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert rep.call("GET", "ui-api/object-info/Contact", headers=tag).status_code == 304
    both = rep.call("GET", "ui-api/object-info/batch/Account,Nothing").json()["results"]
    assert [each["statusCode"] for each in both] == [200, 404]


def test_object_info_shows_what_the_user_may_see(org: RunningOrg, rep: Client) -> None:
    """X16: hidden fields are absent."""
    body = {"user": "norecord", "field": "Contact.Email", "visible": False}
    rep.control("POST", "access", body)
    info = Client(org, "norecord").call("GET", "ui-api/object-info/Contact").json()
    assert "Email" not in info["fields"]
    assert "Email" in rep.call("GET", "ui-api/object-info/Contact").json()["fields"]
