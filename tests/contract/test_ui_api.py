"""The UI API: what a user may see, field by field, one record or several."""

from __future__ import annotations

from typing import Any

from tests.contract.org import Org


def test_a_record_shows_values_and_how_they_are_displayed(org: Org) -> None:
    """X16: parents too; an optional field that is not there is left out."""
    account = org.create("Account", Name=org.name())
    name = org.name()
    contact = org.create("Contact", LastName=name, FirstName="Ada", AccountId=account)
    parameters = {
        "fields": "Contact.LastName,Contact.Account.Name",
        "optionalFields": "Contact.FirstName,Contact.Nope__c",
    }
    found = org.get(f"ui-api/records/{contact}", params=parameters)
    assert (found["apiName"], found["id"]) == ("Contact", contact)
    assert set(found["fields"]) == {"LastName", "FirstName", "Account"}
    assert found["fields"]["LastName"] == {"displayValue": None, "value": name}
    assert found["fields"]["Account"]["value"]["id"] == account
    assert {"eTag", "systemModstamp", "lastModifiedById", "recordTypeInfo"} <= set(found)


def test_a_field_that_is_not_there_is_an_error_if_it_is_wanted(org: Org) -> None:
    """X16: INVALID_FIELD."""
    contact = org.create("Contact", LastName=org.name())
    path = f"ui-api/records/{contact}"
    status, error = org.refusal("GET", path, params={"fields": "Contact.Nope__c"})
    assert (status, error["errorCode"]) == (400, "INVALID_FIELD")


def test_a_batch_takes_records_of_several_objects(org: Org) -> None:
    """X16: each with a status; one that is not there leaves the others."""
    org.needs("Lead", "createable")
    contact = org.create("Contact", LastName=org.name())
    lead = org.create("Lead", LastName=org.name(), Company=org.name())
    body = batch(
        org, [contact, lead, "003000000000000AAA"],
        optionalFields="Contact.LastName,Lead.Company,Lead.LastName",
    )  # fmt: skip
    assert body["hasErrors"] is True
    assert [each["statusCode"] for each in body["results"]] == [200, 200, 404]
    first, second, third = (each["result"] for each in body["results"])
    assert set(first["fields"]) == {"LastName"}
    assert set(second["fields"]) == {"Company", "LastName"}
    assert third[0]["errorCode"] == "NOT_FOUND"


def test_a_hidden_field_is_left_out(org: Org, limited: Org) -> None:
    """X16: in single and batch; asked for by name it is refused."""
    limited.needs("Contact", "queryable")
    hidden = sorted(set(org.fields("Contact")) - set(limited.fields("Contact")))
    seen = limited.query("SELECT Id FROM Contact LIMIT 1")
    if not hidden or not seen:
        org.cannot("the user of ORG_LIMITED_TOKEN sees every field of Contact, or no contact")
    wanted = f"Contact.{hidden[0]},Contact.LastName"
    record = seen[0]["Id"]
    body = batch(limited, [record], optionalFields=wanted)
    assert set(body["results"][0]["result"]["fields"]) == {"LastName"}
    single = limited.get(f"ui-api/records/{record}", params={"optionalFields": wanted})
    assert set(single["fields"]) == {"LastName"}
    status, error = limited.refusal("GET", f"ui-api/records/{record}", params={"fields": wanted})
    assert (status, error["errorCode"]) == (400, "INVALID_FIELD")


def batch(org: Org, ids: list[str], **parameters: str) -> dict[str, Any]:
    """A batch call that must be answered."""
    answer = org.call("GET", f"ui-api/records/batch/{','.join(ids)}", params=parameters)
    assert answer.status_code in {200, 207}, answer.text
    found: dict[str, Any] = answer.json()
    return found
