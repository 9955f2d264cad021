"""Rules that a customer's admin added: validation, duplicates, assignment, required fields."""

from __future__ import annotations

from typing import Any

import pytest

from devorg.server import RunningOrg
from tests.devorg.client import Client
from tests.devorg.test_collections import task

MAIL = "elena.marquez@brightwater-energy.example"


def add(client: Client, kind: str, **rule: Any) -> None:
    """Add a rule to the org."""
    client.control("POST", f"rules/{kind}", rule)


def test_a_validation_rule_refuses_what_its_conditions_describe(rep: Client) -> None:
    """X16: FIELD_CUSTOM_VALIDATION_EXCEPTION with the admin's sentence, at the field."""
    add(
        rep, "validation", sobject="Task", message="Closed tasks need a result.",
        field="CallDisposition",
        conditions=[
            {"field": "Status", "operator": "equals", "value": "completed"},
            {"field": "CallDisposition", "operator": "blank"},
        ],
    )  # fmt: skip
    answer = rep.call("POST", "sobjects/Task", {"Status": "Completed"})
    assert answer.status_code == 400
    assert answer.json() == [
        {
            "message": "Closed tasks need a result.",
            "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "fields": ["CallDisposition"],
        }
    ]
    good = {"Status": "Completed", "CallDisposition": "reached"}
    made = rep.call("POST", "sobjects/Task", good)
    assert made.status_code == 201
    path = f"sobjects/Task/{made.json()['id']}"
    assert rep.call("PATCH", path, {"CallDisposition": None}).status_code == 400
    rep.control("DELETE", "rules")
    assert rep.call("PATCH", path, {"CallDisposition": None}).status_code == 204


def test_all_broken_validation_rules_are_told(rep: Client) -> None:
    """X16: in CRUD and in a collection's row."""
    for message in ("One.", "Two."):
        add(
            rep, "validation", sobject="Task", message=message,
            conditions=[{"field": "Subject", "operator": "starts_with", "value": "bad"}],
        )  # fmt: skip
    single = rep.call("POST", "sobjects/Task", {"Subject": "Bad one"}).json()
    assert [each["message"] for each in single] == ["One.", "Two."]
    body = {"records": [task(Subject="bad"), task(Subject="good")]}
    bad, good = rep.call("POST", "composite/sobjects", body).json()
    assert [each["message"] for each in bad["errors"]] == ["One.", "Two."]
    assert good["success"]


def test_a_rule_may_spare_users_and_look_at_changes_alone(org: RunningOrg, rep: Client) -> None:
    """X16: `except`, `on` and the operator `changed`."""
    add(
        rep, "validation", sobject="Contact", message="Titles stay.", on=["update"],
        conditions=[{"field": "Title", "operator": "changed"}], **{"except": ["admin"]},
    )  # fmt: skip
    made = rep.call("POST", "sobjects/Contact", {"LastName": "New", "Title": "One"})
    assert made.status_code == 201
    path = f"sobjects/Contact/{made.json()['id']}"
    assert rep.call("PATCH", path, {"Title": "One", "Department": "x"}).status_code == 204
    assert rep.call("PATCH", path, {"Title": "Two"}).status_code == 400
    assert Client(org, "admin").call("PATCH", path, {"Title": "Two"}).status_code == 204


@pytest.mark.parametrize(
    ("condition", "refused"),
    [
        ({"operator": "not_equals", "value": "Sales"}, True),
        ({"operator": "not_blank"}, True),
        ({"operator": "contains", "value": "ENGIN"}, True),
        ({"operator": "longer_than", "value": 11}, False),
        ({"operator": "matches", "value": "^Eng.*g$"}, True),
        ({"operator": "less", "value": "A"}, False),
        ({"operator": "greater", "value": "A"}, True),
    ],
)
def test_conditions_compare_as_their_operator_says(
    rep: Client, condition: dict[str, Any], refused: bool
) -> None:
    """X16: the small language of conditions."""
    stated = [{"field": "Department", **condition}]
    add(rep, "validation", sobject="Contact", message="No.", conditions=stated)
    answer = rep.call("POST", "sobjects/Contact", {"LastName": "A", "Department": "Engineering"})
    assert answer.status_code == (400 if refused else 201)


def test_an_alerting_duplicate_rule_blocks_the_api_unless_told_to_save(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: the recorded body, `duplicateResut` as real orgs spell it; allowSave lets it in."""
    add(rep, "duplicate", sobject="Contact", fields=["Email"], name="Same_Mail")
    twin = {"LastName": "Twin", "Email": MAIL.upper()}
    answer = rep.call("POST", "sobjects/Contact", twin)
    assert answer.status_code == 400
    (error,) = answer.json()
    assert set(error) == {"duplicateResut", "errorCode", "message"}
    assert error["errorCode"] == "DUPLICATES_DETECTED"
    found = error["duplicateResut"]
    assert (found["allowSave"], found["duplicateRule"]) == (True, "Same_Mail")
    (match,) = found["matchResults"]
    assert match["matchRecords"][0]["record"]["Id"] == main["contact"]
    headers = {"Sforce-Duplicate-Rule-Header": "includeRecordDetails=true"}
    detailed = rep.call("POST", "sobjects/Contact", twin, headers=headers).json()[0]
    (match,) = detailed["duplicateResut"]["matchResults"][0]["matchRecords"]
    assert match["record"]["Email"] == MAIL
    headers = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    assert rep.call("POST", "sobjects/Contact", twin, headers=headers).status_code == 201


def test_a_blocking_duplicate_rule_cannot_be_overruled(rep: Client) -> None:
    """X16: in a collection the row says DUPLICATES_DETECTED; the row itself is no duplicate."""
    add(rep, "duplicate", sobject="Contact", fields=["Email"], action="block", message="Twin!")
    row = {"attributes": {"type": "Contact"}, "LastName": "Twin"}
    body = {"records": [{**row, "Email": MAIL}, {**row, "Email": "new@halyard.example"}]}
    headers = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    bad, good = rep.call("POST", "composite/sobjects", body, headers=headers).json()
    assert bad["errors"] == [
        {"statusCode": "DUPLICATES_DETECTED", "message": "Twin!", "fields": []}
    ]
    path = f"sobjects/Contact/{good['id']}"
    assert rep.call("PATCH", path, {"Title": "same row"}).status_code == 204
    assert rep.call("PATCH", path, {"Email": MAIL}).status_code == 400


def test_new_leads_are_assigned_unless_the_header_says_no(rep: Client) -> None:
    """X16: Sforce-Auto-Assign is true where it is absent."""
    users = {each["alias"]: each["Id"] for each in rep.control("GET", "users")["users"]}
    add(
        rep, "assignment", sobject="Lead", owner="reverse",
        conditions=[{"field": "LeadSource", "operator": "equals", "value": "Web"}],
    )  # fmt: skip
    body = {"LastName": "A", "Company": "B", "LeadSource": "Web"}
    for headers, owner in (({}, "reverse"), ({"Sforce-Auto-Assign": "FALSE"}, "rep")):
        made = rep.call("POST", "sobjects/Lead", body, headers=headers).json()["id"]
        assert rep.call("GET", f"sobjects/Lead/{made}").json()["OwnerId"] == users[owner]


def test_a_field_can_become_required(rep: Client) -> None:
    """X16: REQUIRED_FIELD_MISSING, as for a field that the customer made required."""
    add(rep, "required", sobject="Task", field="Inlay_Kind__c")
    answer = rep.call("POST", "sobjects/Task", {"Subject": "x"}).json()[0]
    assert (answer["errorCode"], answer["fields"]) == (
        "REQUIRED_FIELD_MISSING",
        ["Inlay_Kind__c"],
    )
    add(rep, "required", sobject="Task", field="Inlay_Kind__c", required=False)
    assert rep.call("POST", "sobjects/Task", {"Subject": "x"}).status_code == 201


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("validation", {"sobject": "Task", "conditions": [{"field": "No", "operator": "blank"}]}),
        ("validation", {"sobject": "Task", "conditions": [{"field": "Subject"}]}),
        ("validation", {"sobject": "Task", "conditions": "x"}),
        ("validation", {"sobject": "Nope", "conditions": []}),
        ("duplicate", {"sobject": "Task", "fields": []}),
        ("duplicate", {"sobject": "Task", "fields": ["Subject"], "action": "shout"}),
        ("assignment", {"sobject": "Task", "owner": "rep"}),
        ("required", {"sobject": "Task", "field": "Subject", "required": "yes"}),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    rep: Client, kind: str, rule: dict[str, Any]
) -> None:
    """X16: 400 with a sentence."""
    answer = rep.http.post(f"{rep.url}/_devorg/rules/{kind}", json=rule, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["message"]
