"""Describes against what real orgs answered: the same keys and types, the same standard fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.devorg.client import Client

REAL: dict[str, Any] = json.loads((Path(__file__).parent / "data/describes.json").read_text())
NAMES = sorted(REAL["fields"])
KINDS = {
    bool: "boolean", str: "string", int: "number", float: "number", type(None): "null",
    list: "list", dict: "object",
}  # fmt: skip
# Where devorg's value may be of another type than any recorded: it has more, or less, of a thing.
FREER = {"keyPrefix": "null string", "relationshipName": "null string", "defaultValue": "any"}


def wrong_shape(real: dict[str, str], items: list[dict[str, Any]]) -> list[str]:
    """What of the items has a key or a type that no real answer had."""
    found = []
    for item in items:
        found += [f"{key} missing or extra" for key in set(real) ^ set(item)]
        for key, value in item.items():
            allowed = FREER.get(key, real.get(key, "any"))
            if allowed != "any" and KINDS[type(value)] not in allowed.split():
                found.append(f"{key} is {KINDS[type(value)]}, not {allowed}")
    return sorted(set(found))


def described(client: Client, name: str) -> dict[str, Any]:
    body = client.call("GET", f"sobjects/{name}/describe").json()
    assert isinstance(body, dict)
    return body


def as_recorded(field: dict[str, Any]) -> str:
    """A field in the notation of the data file."""
    size = field["length"] or field["digits"]
    if not size and field["precision"]:
        size = f"{field['precision']},{field['scale']}"
    flags = "".join(letter for letter, key in REAL["letters"].items() if field[key])
    names = ("relationshipName", "compoundFieldName", "extraTypeInfo")
    return " ".join([field["type"], str(size), flags or ".", *(field[n] or "-" for n in names)])


@pytest.mark.parametrize("name", NAMES)
def test_every_standard_field_is_as_a_real_org_describes_it(rep: Client, name: str) -> None:
    """X16: type, length, precision, every flag, parent path and compound of all fields."""
    real = REAL["fields"][name]
    ours = {each["name"]: as_recorded(each) for each in described(rep, name)["fields"]}
    assert {field: ours.get(field) for field in real} == real
    assert [field for field in ours if field not in real and not field.endswith("__c")] == []


@pytest.mark.parametrize("name", NAMES)
def test_an_object_has_the_flags_of_a_real_one(rep: Client, name: str) -> None:
    """X16: createable, mergeable, undeletable and the rest."""
    body = described(rep, name)
    assert " ".join(sorted(key for key, on in body.items() if on is True)) == REAL["flags"][name]


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """A field without the texts that none of the recorded ones happened to have."""
    texts = {"inlineHelpText", "calculatedFormula"} if field["custom"] else set()
    return {key: None if key in texts else value for key, value in field.items()}


@pytest.mark.parametrize("name", [*NAMES, "Task", "User", "Campaign", "PermissionSet"])
def test_a_describe_has_the_keys_and_types_of_a_real_one(rep: Client, name: str) -> None:
    """X16: of the object, its fields, picklist values, children, record types and scopes."""
    body = described(rep, name)
    values = [value for field in body["fields"] for value in field["picklistValues"]]
    assert wrong_shape(REAL["object"], [body]) == []
    assert wrong_shape(REAL["field"], [_plain(field) for field in body["fields"]]) == []
    assert wrong_shape(REAL["picklistValue"], values) == []
    assert wrong_shape(REAL["childRelationship"], body["childRelationships"]) == []
    assert wrong_shape(REAL["recordTypeInfo"], body["recordTypeInfos"]) == []
    assert wrong_shape(REAL["scope"], body["supportedScopes"]) == []


@pytest.mark.parametrize("name", sorted(set(REAL["urls"]) - {"Event"}))
def test_a_describe_leads_to_the_same_addresses(rep: Client, name: str) -> None:
    """X16: the urls by name."""
    assert sorted(described(rep, name)["urls"]) == REAL["urls"][name]


def test_the_global_describe_has_the_shape_of_a_real_one(rep: Client) -> None:
    """X16: of itself and of each object."""
    body = rep.call("GET", "sobjects").json()
    assert wrong_shape(REAL["global"], [body]) == []
    assert wrong_shape(REAL["summary"], body["sobjects"]) == []
    assert [each["name"] for each in body["sobjects"]] == sorted(
        each["name"] for each in body["sobjects"]
    )


def test_an_address_is_one_object_with_its_parts(rep: Client, main: dict[str, str]) -> None:
    """X16: as in a recorded Organization; null when all parts are."""
    rep.call("PATCH", f"sobjects/Contact/{main['contact']}", {"MailingStreet": "1 Quay"})
    soql = "SELECT MailingAddress, OtherAddress FROM Contact WHERE Id = {}"
    (found,) = rep.query(soql, main["contact"])
    assert found["OtherAddress"] is None
    assert found["MailingAddress"] == {
        "city": "Bristol", "country": "United Kingdom", "geocodeAccuracy": None,
        "latitude": None, "longitude": None, "postalCode": None, "state": None,
        "street": "1 Quay",
    }  # fmt: skip
    record = rep.call("GET", f"sobjects/Contact/{main['contact']}").json()
    assert record["MailingAddress"] == found["MailingAddress"]


def test_an_activity_has_a_subtype_though_nobody_gives_one(rep: Client) -> None:
    """X16: Task and Event, as rows of real orgs say."""
    event = {"Subject": "Meet", "StartDateTime": "2026-11-20T10:00:00Z", "DurationInMinutes": 5}
    for name, row in (("Task", {"Subject": "Do"}), ("Event", event)):
        made = rep.call("POST", f"sobjects/{name}", row).json()["id"]
        record = rep.call("GET", f"sobjects/{name}/{made}").json()
        assert record[f"{name}Subtype"] == name


def test_the_platform_computes_what_nobody_writes(rep: Client) -> None:
    """X16: expected revenue, fiscal period, forecast category of an opportunity."""
    row = {"Name": "Sum", "StageName": "Qualification", "CloseDate": "2026-11-30", "Amount": 1000}
    made = rep.call("POST", "sobjects/Opportunity", row).json()["id"]
    (found,) = rep.query(
        "SELECT ExpectedRevenue, FiscalYear, FiscalQuarter, Fiscal, ForecastCategory,"
        " ForecastCategoryName"
        " FROM Opportunity WHERE Id = {}",
        made,
    )
    assert found == {
        "ExpectedRevenue": 200.0, "FiscalYear": 2026, "FiscalQuarter": 4, "Fiscal": "2026 4",
        "ForecastCategory": "Pipeline", "ForecastCategoryName": "Pipeline",
    }  # fmt: skip
    refused = rep.call("PATCH", f"sobjects/Opportunity/{made}", {"ExpectedRevenue": 5})
    assert refused.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
