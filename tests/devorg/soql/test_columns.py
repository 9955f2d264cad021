"""`query?columns=true`: what a query would select, for clients that print tables."""

from __future__ import annotations

from typing import Any

import pytest

from tests.devorg.client import Client


def columns(client: Client, soql: str) -> dict[str, Any]:
    """What is told of a query."""
    answer = client.call("GET", "query", params={"q": soql, "columns": "true"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found


def names(told: list[dict[str, Any]]) -> list[Any]:
    """Names of columns, with those below them."""
    return [
        (each["columnName"], names(each["joinColumns"]))
        if each["joinColumns"]
        else each["columnName"]
        for each in told
    ]


def test_fields_parents_and_children_are_told_in_their_order(rep: Client) -> None:
    """X16."""
    found = columns(
        rep, "SELECT Id, Name, Owner.Name, (SELECT LastName FROM Contacts) FROM Account"
    )
    told = found.pop("columnMetadata")
    assert found == {
        "entityName": "Account", "groupBy": False, "idSelected": True, "keyPrefix": "001",
    }  # fmt: skip
    assert names(told) == ["Id", "Name", ("Owner", ["Name"]), ("Contacts", ["LastName"])]
    assert [each["aggregate"] for each in told] == [False, False, False, True]
    assert (told[0]["apexType"], told[1]["textType"]) == ("Id", True)


def test_groups_are_told_under_the_names_they_answer_with(rep: Client) -> None:
    """X16."""
    found = columns(
        rep, "SELECT StageName, COUNT(Id) n, MAX(Amount) FROM Opportunity GROUP BY StageName"
    )
    assert found["groupBy"]
    assert names(found["columnMetadata"]) == ["StageName", "n", "expr0"]


@pytest.mark.parametrize("soql", ["SELECT Nothing FROM Account", "SELECT FROM Account"])
def test_what_cannot_be_run_cannot_be_told(rep: Client, soql: str) -> None:
    """X16."""
    answer = rep.call("GET", "query", params={"q": soql, "columns": "true"})
    assert answer.status_code == 400
