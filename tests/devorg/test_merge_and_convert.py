"""Merged duplicates and converted leads: what a sync must follow."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.devorg.client import Client


def made(client: Client, sobject: str, **fields: Any) -> str:
    """The id of a new row."""
    answer = client.call("POST", f"sobjects/{sobject}", fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def row(client: Client, sobject: str, record_id: str) -> dict[str, Any]:
    """A row as it is stored."""
    return next(each for each in client.records(sobject) if each["Id"] == record_id)


def test_the_loser_of_a_merge_names_its_master(rep: Client, main: dict[str, str]) -> None:
    """X16: deleted, with MasterRecordId; its children are the master's."""
    twin = made(rep, "Contact", LastName="Marquez", AccountId=main["account"])
    about = {"WhoId": twin, "Status": "Completed", "ActivityDate": "2030-01-01"}
    activity = made(rep, "Task", **about)
    role = made(rep, "OpportunityContactRole", OpportunityId=main["opportunity"], ContactId=twin)
    body = {"master": main["contact"], "losers": [twin], "fields": {"Title": "Merged"}}
    answer = rep.control("POST", "merge", body)
    assert answer["success"]
    loser, master = row(rep, "Contact", twin), row(rep, "Contact", main["contact"])
    assert (loser["IsDeleted"], loser["MasterRecordId"]) == (True, main["contact"])
    assert (master["Title"], master["LastActivityDate"]) == ("Merged", "2030-01-01")
    assert row(rep, "Task", activity)["WhoId"] == main["contact"]
    assert row(rep, "OpportunityContactRole", role)["ContactId"] == main["contact"]
    soql = "SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true"
    found = rep.query(soql, path="queryAll")
    assert found == [{"Id": twin, "MasterRecordId": main["contact"]}]


def test_accounts_are_merged_with_their_people(rep: Client, main: dict[str, str]) -> None:
    """X16: contacts, opportunities and the activities' accounts move; nobody is its own parent."""
    other = made(rep, "Account", Name="Brightwater Ltd")
    contact = made(rep, "Contact", LastName="A", AccountId=other)
    activity = made(rep, "Task", WhoId=contact)
    rep.call("PATCH", f"sobjects/Account/{main['account']}", {"ParentId": other})
    rep.control("POST", "merge", {"master": main["account"], "losers": [other]})
    assert row(rep, "Contact", contact)["AccountId"] == main["account"]
    assert row(rep, "Task", activity)["AccountId"] == main["account"]
    assert row(rep, "Account", main["account"])["ParentId"] is None


@settings(max_examples=8)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=8),
    st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True),
)
def test_a_merge_loses_nothing(
    rep: Client, tasks: list[tuple[int, bool]], losers: list[int]
) -> None:
    """X16: the losers' tasks are the master's, the others' stay, none is lost."""
    rep.control("POST", "reset")
    people = [made(rep, "Contact", LastName=f"P{number}") for number in range(4)]
    had: dict[str, str] = {}
    for at, shared in tasks:
        rep.control("POST", "preferences", {"shared_activities": shared})
        had[made(rep, "Task", WhoId=people[at])] = people[at]
    gone = [people[at] for at in losers]
    answer = rep.control("POST", "merge", {"master": people[0], "losers": gone})
    assert answer["updatedRelated"] >= sum(who in gone for who in had.values())
    has = {each["Id"]: each["WhoId"] for each in rep.records("Task") if each["Id"] in had}
    assert has == {task: people[0] if who in gone else who for task, who in had.items()}
    left = {each["Id"] for each in rep.records("Contact") if not each["IsDeleted"]}
    assert left & set(people) == set(people) - set(gone)


@pytest.mark.parametrize("losers", [[], ["main"], ["lead"], ["a", "b", "c"], ["0035e0000zzzzzz"]])
def test_a_merge_that_cannot_be_is_refused(
    rep: Client, main: dict[str, str], losers: list[str]
) -> None:
    """X16: one or two others, of the same object, alive."""
    known = {"main": main["contact"], "lead": main["lead"]}
    people = [each["Id"] for each in rep.records("Contact")][3:6]
    known |= dict(zip("abc", people, strict=True))
    body = {"master": main["contact"], "losers": [known.get(each, each) for each in losers]}
    answer = rep.http.post(f"{rep.url}/_devorg/merge", json=body, timeout=30)
    assert answer.status_code == 400


def test_a_converted_lead_tells_what_became_of_it(rep: Client, main: dict[str, str]) -> None:
    """X16: account, contact, opportunity and role; activities belong to the contact."""
    lead = row(rep, "Lead", main["lead"])
    activity = made(rep, "Task", WhoId=main["lead"], Status="Completed", ActivityDate="2030-01-01")
    answer = rep.control("POST", "convert", {"lead": main["lead"]})
    converted = row(rep, "Lead", main["lead"])
    assert converted["IsConverted"] is True
    assert converted["ConvertedAccountId"] == answer["accountId"]
    assert converted["ConvertedContactId"] == answer["contactId"]
    assert converted["ConvertedOpportunityId"] == answer["opportunityId"]
    contact = row(rep, "Contact", answer["contactId"])
    assert (contact["Email"], contact["AccountId"]) == (lead["Email"], answer["accountId"])
    assert contact["LastActivityDate"] == "2030-01-01"
    assert row(rep, "Account", answer["accountId"])["Name"] == lead["Company"]
    assert row(rep, "Task", activity)["WhoId"] == answer["contactId"]
    assert row(rep, "Task", activity)["AccountId"] == answer["accountId"]
    roles = rep.query(
        "SELECT ContactId FROM OpportunityContactRole WHERE OpportunityId = {}",
        answer["opportunityId"],
    )
    assert roles == [{"ContactId": answer["contactId"]}]


def test_a_converted_lead_can_be_neither_changed_nor_pointed_at(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: CANNOT_UPDATE_CONVERTED_LEAD."""
    body = {"lead": main["lead"], "account": main["account"], "opportunity": False}
    assert rep.control("POST", "convert", body)["opportunityId"] is None
    answers = [
        rep.call("PATCH", f"sobjects/Lead/{main['lead']}", {"Title": "x"}),
        rep.call("POST", "sobjects/Task", {"WhoId": main["lead"]}),
    ]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()[0]["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
    again = rep.http.post(f"{rep.url}/_devorg/convert", json=body, timeout=30)
    assert again.status_code == 400


def test_a_conversion_obeys_the_rules_of_the_org(rep: Client, main: dict[str, str]) -> None:
    """X16: a validation rule of Contact stops it, and nothing has happened."""
    before = len(rep.records("Account"))
    rule = {
        "sobject": "Contact", "message": "No.",
        "conditions": [{"field": "LastName", "operator": "not_blank"}],
    }  # fmt: skip
    rep.control("POST", "rules/validation", rule)
    answer = rep.http.post(f"{rep.url}/_devorg/convert", json={"lead": main["lead"]}, timeout=30)
    assert (answer.status_code, answer.json()["message"]) == (400, "No.")
    assert len(rep.records("Account")) == before
