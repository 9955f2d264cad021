"""X16: the activity timeline of a record page."""

from __future__ import annotations

from flask.testing import FlaskClient

from devorg.org import Org
from tests.devorg.pages.elements import Elements, add_task, view


def test_an_activity_shows_subject_date_kind_person_and_deal(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: in the reader's zone (Stockholm: one hour ahead of UTC in November)."""
    task = add_task(
        org, WhoId=main["contact"], WhatId=main["opportunity"], Inlay_Kind__c="document_opened",
        Inlay_Occurred_At__c="2026-11-20T09:30:00.000+0000", Inlay_Confidence__c="high",
        Inlay_Link__c="https://pages.example/d/1",
    )  # fmt: skip
    text = browser.get(view("Contact", main["contact"])).text
    item = text.split(f'data-id="{task}"')[1].split("</li>")[0]
    assert "Opened the proposal" in item
    assert "Nov 20, 2026, 10:30" in item
    assert "Document opened" in item
    assert f'href="{view("Contact", main["contact"])}"' in item
    assert f'href="{view("Opportunity", main["opportunity"])}"' in item
    assert "Confidence: high" in item
    assert 'href="https://pages.example/d/1"' in item


def test_the_newest_activity_comes_first(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: sorted by when it happened, not by when the row was made."""
    late = add_task(org, WhoId=main["contact"], Inlay_Occurred_At__c="2030-01-02T00:00:00.000+0000")
    early = add_task(org, WhoId=main["contact"], ActivityDate="2020-01-01")
    items = Elements(browser.get(view("Contact", main["contact"])).text).all(
        "li", **{"data-testid": "activity"}
    )
    assert items[0]["data-id"] == late
    assert items[-1]["data-id"] == early


def test_a_link_that_is_no_web_address_is_not_a_link(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: rows come from API clients; none may put a script into the page."""
    add_task(
        org, WhoId=main["contact"], Inlay_Link__c="javascript:alert(1)",
        Subject="<script>alert(1)</script>",
    )  # fmt: skip
    text = browser.get(view("Contact", main["contact"])).text
    assert "javascript:" not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_record_without_activities_says_so(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: the empty state."""
    with org.store.writing() as connection:
        connection.execute("UPDATE Task SET IsDeleted = 1")
    assert "No activities yet" in browser.get(view("Lead", main["lead"])).text


def test_only_the_newest_activities_are_shown_and_all_are_counted(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: a record with thousands of activities keeps a light page."""
    for _ in range(60):
        add_task(org, WhoId=main["lead"])
    text = browser.get(view("Lead", main["lead"])).text
    assert len(Elements(text).all("li", **{"data-testid": "activity"})) == 50
    assert "The newest 50 of 6" in text


def test_the_timeline_answers_304_until_something_happens(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: the page starts from the version it was made with."""
    page = Elements(browser.get(view("Contact", main["contact"])).text)
    (timeline,) = [attrs for _, attrs in page.found if "data-timeline" in attrs]
    path, known = str(timeline["data-timeline"]), {"If-None-Match": str(timeline["data-etag"])}
    assert browser.get(path, headers=known).status_code == 304
    add_task(org, WhoId=main["contact"])
    answer = browser.get(path, headers=known)
    assert answer.status_code == 200
    assert "Opened the proposal" in answer.text


def test_the_timeline_of_a_hidden_record_is_refused(
    browser: FlaskClient, main: dict[str, str]
) -> None:
    """X16: the page's right is the timeline's right."""
    path = f"/lightning/r/Contact/{main['contact']}/activities?user=norecord"
    answer = browser.get(path)
    assert answer.status_code == 403
    assert "Elena" not in answer.text


def test_an_account_shows_the_activities_of_its_people(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: Salesforce rolls activities of contacts up to their account."""
    task = add_task(org, WhoId=main["contact"], AccountId=main["account"])
    assert task in browser.get(view("Account", main["account"])).text
