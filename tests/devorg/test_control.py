"""The control API: users, main records, access, records, reset."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import requests

from devorg import moments
from devorg.server import RunningOrg
from tests.devorg.client import Client
from tests.support.waiting import wait_until


def test_users_are_known_by_alias(rep: Client) -> None:
    """X16: the aliases that tests and demos use."""
    users = {each["alias"]: each for each in rep.control("GET", "users")["users"]}
    assert list(users) == ["rep", "admin", "norecord", "partial", "reverse", "integration"]
    assert all(each["Id"].startswith("005") and len(each["Id"]) == 18 for each in users.values())
    by_name = rep.control("POST", "token", {"user": users["partial"]["Username"]})
    assert by_name["access_token"].startswith("00D5e000000DEVO!")


def visible(client: Client, user: str, record: str) -> bool:
    """What the org says about one user and one record."""
    answer = client.control("GET", f"access?user={user}&record={record}")["visible"]
    assert isinstance(answer, bool)
    return answer


def test_each_user_sees_what_the_story_says(rep: Client, main: dict[str, str]) -> None:
    """X16: the four rights that the widget's tests need."""
    seen = {
        user: {name for name, record in main.items() if visible(rep, user, record)}
        for user in ("rep", "admin", "norecord", "partial", "reverse", "integration")
    }
    everything = set(main)
    assert seen["rep"] == seen["admin"] == seen["integration"] == everything
    assert seen["norecord"] == {"lead"}
    assert seen["partial"] == everything - {"partial_hidden_contact"}
    assert seen["reverse"] == everything - {"opportunity"}


def test_access_is_granted_and_hidden(rep: Client, main: dict[str, str]) -> None:
    """X16: one user, one record, at once."""
    body = {"user": "norecord", "record": main["contact"]}
    rep.control("POST", "access", {**body, "visible": True})
    assert visible(rep, "norecord", main["contact"])
    rep.control("POST", "access", {**body, "visible": False})
    assert not visible(rep, "norecord", main["contact"])


def test_the_main_opportunity_is_recent_and_has_a_history(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: a few weeks old, four or five contacts, the main contact among them."""
    roles = [
        each["ContactId"]
        for each in rep.records("OpportunityContactRole")
        if each["OpportunityId"] == main["opportunity"]
    ]
    assert len(roles) == 5
    assert {main["contact"], main["partial_hidden_contact"]} < set(roles)
    opportunity = next(r for r in rep.records("Opportunity") if r["Id"] == main["opportunity"])
    created = moments.read(opportunity["CreatedDate"])
    assert created is not None
    assert timedelta(weeks=2) < datetime.now(UTC) - created < timedelta(weeks=6)
    about = [each for each in rep.records("Task") if each["WhatId"] == main["opportunity"]]
    assert len(about) >= 4
    assert all(each["Status"] == "Completed" and each["IsClosed"] for each in about)


def test_the_seed_is_a_believable_small_org(rep: Client) -> None:
    """X16: enough to look at, with distinct addresses."""
    sizes = {name: len(rep.records(name)) for name in ("Account", "Contact", "Opportunity", "Lead")}
    assert sizes == {"Account": 12, "Contact": 40, "Opportunity": 10, "Lead": 12}
    addresses = [each["Email"] for each in rep.records("Contact")]
    assert len(set(addresses)) == 40
    assert all(each.endswith(".example") and each.isascii() for each in addresses)


def test_reset_brings_the_seed_back_with_the_same_ids(rep: Client, main: dict[str, str]) -> None:
    """X16: ids stay, so that a test's bookmarks stay."""
    before = [each["Id"] for each in rep.records("Contact")]
    rep.control("POST", "access", {"user": "rep", "record": main["contact"], "visible": False})
    rep.control("POST", "reset")
    assert visible(rep, "rep", main["contact"])
    assert [each["Id"] for each in rep.records("Contact")] == before


def test_a_call_that_began_before_a_reset_writes_nothing_after_it(
    org: RunningOrg, rep: Client
) -> None:
    """X16: a test's last call, whose client has gone, is no row of the next test."""
    rep.control("POST", "config", {"per_row_ms": 500})

    def write() -> None:
        with suppress(requests.ConnectionError):
            rep.call("POST", "sobjects/Task", {"Subject": "late"})

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(write)
        wait_until(lambda: org.org.usage.total() == 1, what="the call")
        org.org.reset()
        late.result()
    assert "late" not in {each["Subject"] for each in rep.records("Task")}
