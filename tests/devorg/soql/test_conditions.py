"""Which rows a condition finds."""

# ruff: noqa: E501, S608 - one case, one line; a test's own queries

from __future__ import annotations

from dataclasses import replace

import pytest

from devorg.schema import Field
from devorg.server import RunningOrg
from tests.devorg.client import Client


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Name LIKE 'b%energy'", {"Brightwater Energy"}),
        ("Name = 'BRIGHTWATER ENERGY'", {"Brightwater Energy"}),
        ("(BillingCity = 'Basel' OR BillingCity = 'Lyon') AND NumberOfEmployees > 300", {"Lumen Biologics"}),
        ("NumberOfEmployees IN (220, 310)", {"Alderman & Finch", "Iriso Media"}),
        ("NOT (AccountNumber = '7' OR NumberOfEmployees < 5000)", {"Castellan Insurance"}),
        ("AccountNumber != '7' AND NumberOfEmployees = 220", {"Iriso Media"}),
        ("AccountNumber <> '7' AND NumberOfEmployees = 220", {"Iriso Media"}),
        ("AccountNumber NOT IN ('7') AND NumberOfEmployees = 220", {"Iriso Media"}),
        ("AccountNumber NOT IN ('7', null) AND NumberOfEmployees = 220", set()),
        ("(NOT AccountNumber LIKE '7%') AND NumberOfEmployees = 220", {"Iriso Media"}),
        ("Name = 'Alderman \\u0026 Finch'", {"Alderman & Finch"}),
        ("Name LIKE '%\\_%'", set()),
        ("Name LIKE 'Alderman _ Finch'", {"Alderman & Finch"}),
        ("CreatedDate > 2100-01-01T00:00:00Z", set()),
        ("NumberOfEmployees = 220.0", {"Iriso Media"}),
        ("IsDeleted = null AND Name LIKE 'iriso%'", {"Iriso Media"}),
        ("IsDeleted != true AND Name LIKE 'iriso%'", {"Iriso Media"}),
        ("Parent.IsDeleted = false AND Name LIKE 'iriso%'", {"Iriso Media"}),
        ("Parent.Name = null AND Name LIKE 'iriso%'", {"Iriso Media"}),
        ("CALENDAR_YEAR(CreatedDate) < 2000", set()),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'marquez')", {"Brightwater Energy"}),
        ("Id NOT IN (SELECT AccountId FROM Opportunity) AND NumberOfEmployees = 220", {"Iriso Media"}),
    ],
)  # fmt: skip
def test_conditions_find_what_they_say(rep: Client, condition: str, expected: set[str]) -> None:
    """X16: case does not matter, null differs from every value, NOT is the plain opposite."""
    rows = rep.query("SELECT Name FROM Account WHERE " + condition)
    assert {row["Name"] for row in rows} == expected


@pytest.mark.parametrize(
    "text",
    [
        'O\'Brien "the" 1st',
        "back\\slash",
        "zwölf Boxkämpfer",
        "Ōsaka Æon",
        "crane 🏗 lift",
        "50%_off",
    ],
)
def test_text_of_any_kind_is_found_again(rep: Client, text: str) -> None:
    """X16: quotes, backslashes, accents, characters beyond the first plane; in any case."""
    created = rep.call("POST", "sobjects/Account", {"Name": text}).json()["id"]
    for each in (text, text.upper(), text.lower()):
        quoted = each.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')
        like = quoted.replace("%", "\\%").replace("_", "\\_")
        for condition in (
            f"Name = '{quoted}'",
            f"Name IN ('no', '{quoted}')",
            f"Name LIKE '{like}'",
        ):
            soql = f"SELECT Id FROM Account WHERE {condition}"
            answer = rep.call("GET", "query", params={"q": soql})
            assert [row["Id"] for row in answer.json()["records"]] == [created], condition
        other = rep.query("SELECT COUNT(Id) n FROM Account WHERE Name != '" + quoted + "'")
        assert other == [{"n": 12}]


def test_an_unescaped_plus_is_a_space(rep: Client) -> None:
    """X16: in an address `+02:00` must be written %2B02:00; else it is no moment."""
    soql = "SELECT+Id+FROM+Account+WHERE+CreatedDate+<+2100-01-01T00:00:00{}02:00+LIMIT+1"
    assert rep.call("GET", "query?q=" + soql.format("%2B")).json()["totalSize"] == 1
    answer = rep.call("GET", "query?q=" + soql.format("+"))
    assert answer.json()[0]["errorCode"] == "MALFORMED_QUERY"


def test_long_lists_and_chains_are_no_problem(rep: Client, main: dict[str, str]) -> None:
    """X16: thousands of values, and thousands of terms."""
    ids = ", ".join(f"'{each['Id']}'" for each in rep.records("Contact") * 80)
    body = {"compositeRequest": [
        {"method": "GET", "referenceId": "list", "url": "/services/data/v68.0/query?q=SELECT COUNT() FROM Contact WHERE Id IN (" + ids + ")"},
        {"method": "GET", "referenceId": "chain", "url": "/services/data/v68.0/query?q=SELECT COUNT() FROM Contact WHERE " + " OR ".join([f"Id = '{main['contact']}'"] * 2500)},
    ]}  # fmt: skip
    parts = rep.call("POST", "composite", body).json()["compositeResponse"]
    assert [part["body"]["totalSize"] for part in parts] == [40, 1]


def with_field(org: RunningOrg, field: Field) -> None:
    """One more field on accounts."""
    account = org.org.schema.objects["Account"]
    changed = replace(account, fields=(*account.fields, field))
    org.org.use_schema(org.org.schema.with_objects(changed))


def test_times_of_day_compare(org: RunningOrg, rep: Client) -> None:
    """X16: a time literal has no quotes."""
    with_field(org, Field("Opens__c", "time", "Opens"))
    for name, opens in (("early", "07:15:00.000Z"), ("late", "10:00:00.000Z")):
        rep.call("POST", "sobjects/Account", {"Name": name, "Opens__c": opens})
    soql = "SELECT Name, Opens__c FROM Account WHERE Opens__c < 09:00:00Z AND Opens__c != null"
    assert rep.query(soql) == [{"Name": "early", "Opens__c": "07:15:00.000Z"}]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("INCLUDES ('Red')", {"red", "both"}),
        ("INCLUDES ('red;BLUE', 'Green')", {"both", "green"}),
        ("EXCLUDES ('Red')", {"green", "none"}),
        ("EXCLUDES ('Red;Blue')", {"red", "green", "none"}),
        ("= 'Red;Blue'", {"both"}),
        ("= null", {"none"}),
        ("!= 'Red'", {"both", "green", "none"}),
    ],
)
def test_multi_select_picklists_include_and_exclude(
    org: RunningOrg, rep: Client, condition: str, expected: set[str]
) -> None:
    """X16: `A;B` means both, a comma means or, and EXCLUDES is the opposite."""
    with_field(org, Field("Colours__c", "multipicklist", "Colours", 4099))
    chosen = {"red": "Red", "both": "Red;Blue", "green": "Green", "none": None}
    records = [
        {"attributes": {"type": "Account"}, "Name": f"colour {name}", "Colours__c": value}
        for name, value in chosen.items()
    ]
    rep.call("POST", "composite/sobjects", {"records": records})
    rows = rep.query(
        f"SELECT Name FROM Account WHERE Colours__c {condition} AND Name LIKE 'colour %'"
    )
    assert {row["Name"].removeprefix("colour ") for row in rows} == expected
