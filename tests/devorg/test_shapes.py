"""Org shapes: person accounts and multi-currency; and an org with very many contacts."""

from __future__ import annotations

import pytest

from devorg import ids
from devorg.seed.bulk import fill, mail_of
from devorg.server import RunningOrg
from tests.devorg.client import Client


@pytest.fixture
def persons(rep: Client) -> Client:
    """The rep, in an org with person accounts."""
    rep.control("POST", "shape", {"person_accounts": True})
    return rep


@pytest.fixture
def money(rep: Client) -> Client:
    """The rep, in an org with three currencies."""
    rep.control("POST", "shape", {"multi_currency": True})
    return rep


def names_of(client: Client, sobject: str) -> set[str]:
    fields = client.call("GET", f"sobjects/{sobject}/describe").json()["fields"]
    return {each["name"] for each in fields}


def test_person_accounts_bring_their_fields(persons: Client) -> None:
    """X16: on Account and Contact, and away again with a reset."""
    wanted = {"IsPersonAccount", "PersonContactId", "LastName", "PersonEmail",
              "PersonMailingCity", "PersonMailingAddress", "RecordTypeId"}  # fmt: skip
    assert wanted <= names_of(persons, "Account")
    assert "IsPersonAccount" in names_of(persons, "Contact")
    persons.control("POST", "reset")
    assert not wanted & names_of(persons, "Account")


def test_an_account_with_a_last_name_is_a_person_with_a_contact(persons: Client) -> None:
    """X16: the contact follows the account; activities point at it."""
    row = {"FirstName": "Ida", "LastName": "Lund", "PersonEmail": "ida@lund.example"}
    account = persons.call("POST", "sobjects/Account", row).json()["id"]
    soql = "SELECT Name, IsPersonAccount, PersonContactId, RecordType.DeveloperName FROM Account"
    (found,) = persons.query(soql + " WHERE Id = {}", account)
    assert (found["Name"], found["IsPersonAccount"]) == ("Ida Lund", True)
    assert found["RecordType"]["DeveloperName"] == "PersonAccount"
    contact = "SELECT AccountId, Name, Email, IsPersonAccount FROM Contact WHERE Id = {}"
    assert persons.query(contact, found["PersonContactId"]) == [
        {"AccountId": account, "Name": "Ida Lund", "Email": "ida@lund.example",
         "IsPersonAccount": True}
    ]  # fmt: skip
    changes = {"PersonEmail": "i@lund.example", "LastName": "Lind"}
    assert persons.call("PATCH", f"sobjects/Account/{account}", changes).status_code == 204
    (person,) = persons.query(contact, found["PersonContactId"])
    assert (person["Name"], person["Email"]) == ("Ida Lind", "i@lund.example")
    path = f"sobjects/Contact/{found['PersonContactId']}"
    assert persons.call("PATCH", path, {"MailingCity": "Oslo"}).status_code == 204
    (mirrored,) = persons.query("SELECT PersonMailingCity FROM Account WHERE Id = {}", account)
    assert mirrored == {"PersonMailingCity": "Oslo"}
    task = {"Subject": "Call", "WhoId": found["PersonContactId"]}
    made = persons.call("POST", "sobjects/Task", task).json()["id"]
    (about,) = persons.query("SELECT AccountId FROM Task WHERE Id = {}", made)
    assert about["AccountId"] == account


def test_persons_and_businesses_are_kept_apart(persons: Client, main: dict[str, str]) -> None:
    """X16: a business has no personal fields, a person no name of its own, nobody is nameless."""
    business = persons.call(
        "POST", "sobjects/Account", {"Name": "Acme", "PersonEmail": "a@b.example"}
    )
    assert business.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    person = persons.call("POST", "sobjects/Account", {"Name": "Acme", "LastName": "Lund"})
    assert person.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    nobody = persons.call("POST", "sobjects/Account", {"Site": "X"}).json()[0]
    assert (nobody["errorCode"], nobody["fields"]) == ("REQUIRED_FIELD_MISSING", ["Name"])
    soql = "SELECT IsPersonAccount FROM Account WHERE Id = {}"
    assert persons.query(soql, main["account"]) == [{"IsPersonAccount": False}]


def test_every_record_has_a_currency(money: Client, main: dict[str, str]) -> None:
    """X16: the corporate one unless told, of the list alone; CurrencyType tells the rates."""
    soql = "SELECT CurrencyIsoCode FROM Opportunity WHERE Id = {}"
    assert money.query(soql, main["opportunity"]) == [{"CurrencyIsoCode": "USD"}]
    path = f"sobjects/Opportunity/{main['opportunity']}"
    assert money.call("PATCH", path, {"CurrencyIsoCode": "EUR"}).status_code == 204
    assert money.query(soql, main["opportunity"]) == [{"CurrencyIsoCode": "EUR"}]
    (error,) = money.call("PATCH", path, {"CurrencyIsoCode": "XXX"}).json()
    assert error["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    made = money.call("POST", "sobjects/Task", {"Subject": "Call"}).json()["id"]
    assert money.query("SELECT CurrencyIsoCode FROM Task WHERE Id = {}", made) == [
        {"CurrencyIsoCode": "USD"}
    ]
    rates = money.query("SELECT IsoCode, ConversionRate, IsCorporate FROM CurrencyType")
    assert rates[0] == {"IsoCode": "USD", "ConversionRate": 1.0, "IsCorporate": True}
    assert len(rates) == 3


def test_a_shape_cannot_be_taken_back(money: Client) -> None:
    """X16: as in real orgs; unknown currencies are refused."""
    for body in (
        {"multi_currency": False},
        {"multi_currency": True, "currencies": {"Dollar": 1}},
        {"person_accounts": "yes"},
    ):
        answer = money.http.post(f"{money.url}/_devorg/shape", json=body, timeout=30)
        assert answer.status_code == 400


def test_very_many_contacts_are_found_by_what_they_are(org: RunningOrg, rep: Client) -> None:
    """X16: ids are like all ids, and go on after them; by address, stamp and account."""
    made = fill(org.org, 5000)
    assert len(set(made)) == 5000
    assert made[4999] == ids.make("003", 5040)
    (found,) = rep.query("SELECT Id, Account.Name FROM Contact WHERE Email = {}", mail_of(4321))
    assert found["Id"] == made[4321]
    stamp = rep.call("GET", f"sobjects/Contact/{made[4000]}").json()["SystemModstamp"]
    since = stamp.replace("+0000", "Z")
    soql = "SELECT Id FROM Contact WHERE SystemModstamp >= "
    later = rep.query(soql + since + " ORDER BY SystemModstamp")
    assert [each["Id"] for each in later][:1000] == made[4000:]
    created = rep.call("POST", "sobjects/Contact", {"LastName": "Next"}).json()["id"]
    assert created == ids.make("003", 5041)


@pytest.mark.parametrize(
    "where",
    ["Id = 'x'", "Email = 'x'", "SystemModstamp > '2026'", "AccountId = 'x'", "Name = 'x'"],
)
def test_the_store_searches_by_index(org: RunningOrg, where: str) -> None:
    """X16: what a million contacts are searched by."""
    with org.org.store.reading() as connection:
        query = f"EXPLAIN QUERY PLAN SELECT Id FROM Contact WHERE {where}"  # noqa: S608 - a test
        plan = " ".join(row["detail"] for row in connection.execute(query))
    assert "USING" in plan
    assert "SCAN" not in plan
