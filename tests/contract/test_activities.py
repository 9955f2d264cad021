"""Activities: whom and what they are about, what the platform derives, and their times."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.org import Org

_START = "2026-03-01T10:00:00Z"


@pytest.fixture
def deal(org: Org) -> dict[str, str]:
    """An account, its contact and opportunity, and a lead."""
    for sobject in ("Account", "Contact", "Opportunity", "Lead", "Task", "Event"):
        org.needs(sobject, "createable")
    account = org.create("Account", Name=org.name())
    stage = org.fields("Opportunity")["StageName"]["picklistValues"][0]["value"]
    opportunity = org.create(
        "Opportunity", Name=org.name(), AccountId=account, StageName=stage, CloseDate="2026-03-01"
    )
    return {
        "account": account,
        "contact": org.create("Contact", LastName=org.name(), AccountId=account),
        "opportunity": opportunity,
        "lead": org.create("Lead", LastName=org.name(), Company=org.name()),
    }


def test_the_account_of_an_activity_is_derived(org: Org, deal: dict[str, str]) -> None:
    """X16: from what it is about, else from whom."""
    for body in ({"WhatId": deal["opportunity"]}, {"WhoId": deal["contact"][:15]}):
        task = org.create("Task", Subject=org.name(), **body)
        assert org.read("Task", task, "AccountId")["AccountId"] == deal["account"]
    event = org.create(
        "Event", Subject=org.name(), StartDateTime=_START, DurationInMinutes=5, WhoId=deal["lead"]
    )
    assert org.read("Event", event, "AccountId")["AccountId"] is None


@pytest.mark.parametrize("sobject", ["Task", "Event"])
def test_an_activity_of_a_lead_is_about_nothing_else(
    org: Org, deal: dict[str, str], sobject: str
) -> None:
    """X16: FIELD_INTEGRITY_EXCEPTION."""
    times: dict[str, Any] = {"StartDateTime": _START, "DurationInMinutes": 5}
    body = {"WhoId": deal["lead"], "WhatId": deal["opportunity"], "Subject": org.name()}
    more = times if sobject == "Event" else {}
    status, error = org.refusal("POST", f"sobjects/{sobject}", {**body, **more})
    assert (status, error["errorCode"]) == (400, "FIELD_INTEGRITY_EXCEPTION")


@pytest.mark.parametrize(("field", "record"), [("WhoId", "account"), ("WhatId", "contact")])
def test_an_activity_points_to_the_right_kind(
    org: Org, deal: dict[str, str], field: str, record: str
) -> None:
    """X16: people by WhoId, things by WhatId; the refusal names the field."""
    body = {"Subject": org.name(), field: deal[record]}
    status, error = org.refusal("POST", "sobjects/Task", body)
    assert (status, error["fields"]) == (400, [field])
    assert error["errorCode"] in {"FIELD_INTEGRITY_EXCEPTION", "MALFORMED_ID"}


def test_a_task_is_closed_by_the_orgs_own_statuses(org: Org) -> None:
    """X16: TaskStatus says which; open and of a priority unless told otherwise."""
    org.needs("Task", "createable")
    statuses = org.query("SELECT ApiName, IsClosed, IsDefault FROM TaskStatus")
    default = next(each for each in statuses if each["IsDefault"])
    plain = org.read(
        "Task", org.create("Task", Subject=org.name()), "Status", "IsClosed", "Priority"
    )
    assert (plain["Status"], plain["IsClosed"]) == (default["ApiName"], default["IsClosed"])
    assert plain["Priority"]
    for closed in (True, False):
        status = next(each["ApiName"] for each in statuses if each["IsClosed"] is closed)
        task = org.create("Task", Subject=org.name(), Status=status)
        assert org.read("Task", task, "IsClosed")["IsClosed"] is closed


def test_the_kind_of_a_task_is_given_once(org: Org) -> None:
    """X16: create-only, also for an upsert that finds its row."""
    org.needs("Task", "createable", "TaskSubtype")
    task = org.create("Task", Subject=org.name(), TaskSubtype="Email")
    assert org.read("Task", task, "TaskSubtype")["TaskSubtype"] == "Email"
    status, error = org.refusal("PATCH", f"sobjects/Task/{task}", {"TaskSubtype": "Call"})
    assert (status, error["errorCode"]) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert error["fields"] == ["TaskSubtype"]


def test_a_long_text_is_refused_at_its_length(org: Org) -> None:
    """X16: 255 and 32,000 characters."""
    org.needs("Task", "createable", "Description")
    for field, length in (("Subject", 255), ("Description", 32_000)):
        status, error = org.refusal("POST", "sobjects/Task", {field: "x" * (length + 1)})
        assert (status, error["errorCode"], error["fields"]) == (400, "STRING_TOO_LONG", [field])
    org.create("Task", Subject=org.name().ljust(255, "x"), Description="x" * 32_000)


@pytest.mark.parametrize(
    ("times", "minutes", "end"),
    [
        ({"DurationInMinutes": 45}, 45, "2026-03-01T10:45:00.000+0000"),
        ({"EndDateTime": "2026-03-01T10:30:00Z"}, 30, "2026-03-01T10:30:00.000+0000"),
        (
            {"EndDateTime": "2026-03-01T10:30:00Z", "DurationInMinutes": 30},
            30,
            "2026-03-01T10:30:00.000+0000",
        ),
    ],
)
def test_an_event_gets_both_length_and_end(
    org: Org, times: dict[str, Any], minutes: int, end: str
) -> None:
    """X16: one of the two is enough, both must agree."""
    org.needs("Event", "createable")
    event = org.create("Event", Subject=org.name(), StartDateTime=_START, **times)
    shown = org.read("Event", event, "DurationInMinutes", "EndDateTime", "StartDateTime")
    assert (shown["DurationInMinutes"], shown["EndDateTime"]) == (minutes, end)
    assert shown["StartDateTime"] == "2026-03-01T10:00:00.000+0000"


def test_an_event_without_length_or_end_is_refused(org: Org) -> None:
    """X16: the refusal is about its end."""
    org.needs("Event", "createable")
    body = {"Subject": org.name(), "StartDateTime": _START}
    status, error = org.refusal("POST", "sobjects/Event", body)
    assert (status, error["fields"]) == (400, ["EndDateTime"])


def test_an_opportunity_has_people_in_roles(org: Org, deal: dict[str, str]) -> None:
    """X16: asked by query, with the person's name."""
    org.needs("OpportunityContactRole", "createable")
    org.create(
        "OpportunityContactRole", OpportunityId=deal["opportunity"], ContactId=deal["contact"]
    )
    soql = (
        "SELECT ContactId, Contact.LastName, IsPrimary FROM OpportunityContactRole"
        f" WHERE OpportunityId = '{deal['opportunity']}' AND ContactId = '{deal['contact']}'"
    )
    (role,) = org.query(soql)
    assert role["Contact"]["LastName"].startswith(org.prefix)
