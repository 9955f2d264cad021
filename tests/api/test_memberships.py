"""PUT /api/v1/memberships."""

from __future__ import annotations

from typing import Any

import pytest

from app.crm.service import person_for
from app.db import Database
from app.engagement import queries
from app.orgs.models import Org
from tests.api.conftest import Call

PATH = "/api/v1/memberships"


def put(call: Call, *items: Any) -> list[dict[str, Any]]:
    response = call("PUT", PATH, {"memberships": list(items)})
    assert response.status_code == 200, response.text
    results: list[dict[str, Any]] = response.get_json()["results"]
    return results


def kept(database: Database, org: Org) -> dict[str, list[str]]:
    with database.writing(org.id) as session:
        ada = person_for(session, email="ada@example.com").id
        found = queries.memberships(session, [ada])
    return {kind.value: [one.name for one in ones] for kind, ones in found.items() if ones}


def test_kinds_that_are_given_replace_what_was_there(
    database: Database, org: Org, call: Call
) -> None:
    full = {
        "email": "ada@example.com",
        "lists": ["Newsletter", {"name": "Partners", "status": "active"}],
        "workflows": [{"name": "Onboarding", "url": "https://example.com/w"}],
        "campaigns": ["Autumn"],
        "pending_emails": [{"name": "Reminder", "since": "2026-12-01T08:00:00Z"}],
    }
    assert put(call, full) == [{"index": 0, "status": "replaced"}]

    put(call, {"email": "ADA@example.com", "lists": ["Partners"], "campaigns": []})

    assert kept(database, org) == {
        "list": ["Partners"], "workflow": ["Onboarding"], "pending_email": ["Reminder"]
    }  # fmt: skip


def test_good_people_are_kept_beside_bad_ones(database: Database, org: Org, call: Call) -> None:
    results = put(
        call, {"email": "nobody", "lists": []}, {"email": "ada@example.com", "lists": ["a"]}
    )

    assert [result["status"] for result in results] == ["rejected", "replaced"]
    assert results[0]["problem"]["errors"][0]["field"] == "email"
    assert kept(database, org) == {"list": ["a"]}


@pytest.mark.parametrize(
    "bad",
    [
        {"lists": ["a"]},
        {"email": "ada@example.com", "lists": "a"},
        {"email": "ada@example.com", "lists": [""]},
        {"email": "ada@example.com", "lists": ["  "]},
        {"email": "ada@example.com", "lists": [{"name": "a\x00"}]},
        {"email": "ada@example.com", "lists": [{"name": "a", "url": "ftp://example.com"}]},
        {"email": "ada@example.com", "lists": [{"name": "a", "since": "2026-12-01"}]},
        {"email": "ada@example.com", "lists": [{"status": "a"}]},
        {"email": "ada@example.com", "lists": ["a"] * 201},
        {"email": "ada@example.com", "groups": []},
        "ada@example.com",
    ],
)
def test_mistakes_are_rejected_by_name(call: Call, bad: Any) -> None:
    (result,) = put(call, bad)

    assert (result["status"], result["problem"]["reason"]) == ("rejected", "invalid_item")
    (error,) = result["problem"]["errors"]
    assert "[" not in error["field"] + error["message"]  # no name of a library's own


def test_a_mistake_within_a_list_is_told_once(call: Call) -> None:
    """C1: it was told twice, with names that only a library knows."""
    (result,) = put(call, {"email": "ada@example.com", "lists": ["a", 7, {"name": ""}]})

    assert result["problem"]["errors"] == [
        {"field": "lists.1", "message": "must be a name, or a JSON object with a name"},
        {"field": "lists.2.name", "message": "must not be empty"},
    ]


def test_the_last_of_two_items_of_one_person_holds(
    database: Database, org: Org, call: Call
) -> None:
    put(call, {"email": "ada@example.com", "lists": ["a"]},
        {"email": "ada@example.com", "lists": ["b"]})  # fmt: skip

    assert kept(database, org) == {"list": ["b"]}
