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
