"""Queries: what is found, in which form, by pages; and how a wrong one is refused."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

import pytest

from tests.contract.org import Org, Row


@pytest.fixture
def people(org: Org) -> dict[str, str]:
    """An account with three contacts, of whom one has a title; another contact without account."""
    org.needs("Account", "createable")
    org.needs("Contact", "createable", "Title")
    account = org.create("Account", Name=org.name())
    name = org.name()
    made = {"account": account, "name": name}
    for letter, more in (("a", {"Title": "Chief"}), ("b", {}), ("c", {})):
        made[letter] = org.create("Contact", LastName=f"{name}{letter}", AccountId=account, **more)
    made["alone"] = org.create("Contact", LastName=f"{name}z")
    return made


def ids(org: Org, people: dict[str, str], condition: str, rest: str = "") -> list[str]:
    """Ids of contacts of the test that a condition finds, by name."""
    soql = (
        f"SELECT Id FROM Contact WHERE LastName LIKE '{people['name']}%' AND ({condition})"
        f" ORDER BY LastName {rest}"
    )
    return [row["Id"] for row in org.query(soql)]


def test_an_answer_has_its_form(org: Org, people: dict[str, str]) -> None:
    """X16: totalSize, done, records with their type and address; parents within."""
    soql = f"SELECT LastName, Account.Name FROM Contact WHERE Id = '{people['a']}'"
    found = org.get("query", params={"q": soql})
    assert (set(found), found["totalSize"], found["done"]) == (
        {"totalSize", "done", "records"}, 1, True,
    )  # fmt: skip
    (record,) = found["records"]
    url = f"{org.api}/sobjects/Contact/{people['a']}"
    assert record["attributes"] == {"type": "Contact", "url": url}
    assert list(record) == ["attributes", "LastName", "Account"]
    assert record["Account"]["attributes"]["type"] == "Account"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Title = 'Chief'", "a"),
        ("Title = 'CHIEF'", "a"),
        ("Title = null", "bcz"),
        ("Title != 'Chief'", "bcz"),
        ("NOT Title = 'Chief'", "bcz"),
        ("AccountId = null OR Title LIKE 'Ch%'", "az"),
        ("Account.Name != null AND LastName LIKE '%_b'", "b"),
        ("Id IN ({a}, {c})", "ac"),
        ("Id NOT IN ({a}, {c})", "bz"),
        ("AccountId IN (SELECT Id FROM Account WHERE Id = {account})", "abc"),
        ("CreatedDate = TODAY", "abcz"),
        ("CreatedDate = LAST_N_DAYS:2", "abcz"),
        ("CreatedDate < YESTERDAY", ""),
        ("SystemModstamp > 2026-01-01T00:00:00Z", "abcz"),
        ("CALENDAR_YEAR(CreatedDate) < 2000", ""),
    ],
)
def test_conditions_find_what_they_say(
    org: Org, people: dict[str, str], condition: str, found: str
) -> None:
    """X16: text without regard to case, null as a value, dates by words, other objects."""
    quoted = {key: f"'{value}'" for key, value in people.items()}
    names = ["alone" if letter == "z" else letter for letter in found]
    assert ids(org, people, condition.format(**quoted)) == [people[each] for each in names]


def test_order_limit_and_offset(org: Org, people: dict[str, str]) -> None:
    """X16: nulls first unless told otherwise."""
    assert ids(org, people, "Id != null", "LIMIT 2 OFFSET 1") == [people["b"], people["c"]]
    soql = f"SELECT Id FROM Contact WHERE LastName LIKE '{people['name']}%' ORDER BY Title"
    assert org.query(soql)[-1]["Id"] == people["a"]
    assert org.query(f"{soql} DESC NULLS FIRST")[-1]["Id"] == people["a"]
    assert org.query(f"{soql} NULLS LAST, LastName")[0]["Id"] == people["a"]


def test_counts_and_groups(org: Org, people: dict[str, str]) -> None:
    """X16: COUNT() alone tells totalSize; groups are AggregateResults with aliases."""
    where = f"FROM Contact WHERE LastName LIKE '{people['name']}%'"
    found = org.get("query", params={"q": f"SELECT COUNT() {where}"})
    assert found == {"totalSize": 4, "done": True, "records": []}
    soql = (
        f"SELECT AccountId, COUNT(Id) n, COUNT(Title) {where} GROUP BY AccountId ORDER BY COUNT(Id)"
    )
    rows = org.get("query", params={"q": soql})["records"]
    assert {each["attributes"]["type"] for each in rows} == {"AggregateResult"}
    assert [(each["AccountId"], each["n"], each["expr0"]) for each in rows] == [
        (None, 1, 0),
        (people["account"], 3, 1),
    ]
    few = f"SELECT AccountId {where} GROUP BY AccountId HAVING COUNT(Id) > 2"
    assert [row["AccountId"] for row in org.query(few)] == [people["account"]]


def test_children_come_within_their_parent(org: Org, people: dict[str, str]) -> None:
    """X16: as an answer of their own, or null where there are none."""
    empty = org.create("Account", Name=org.name())
    wanted = f"('{people['account']}', '{empty}')"
    soql = (
        "SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName LIMIT 2) FROM Account"
        f" WHERE Id IN {wanted}"
    )
    rows = {row["Id"]: row["Contacts"] for row in org.query(soql)}
    assert rows[empty] is None
    children = rows[people["account"]]
    assert (children["totalSize"], children["done"]) == (2, True)
    assert [each["LastName"] for each in children["records"]] == [
        f"{people['name']}a", f"{people['name']}b",
    ]  # fmt: skip


def test_an_activity_names_whom_it_is_about(org: Org, people: dict[str, str]) -> None:
    """X16: polymorphic parents, by name and by type."""
    org.needs("Task", "createable", "WhoId", "WhatId")
    task = org.create("Task", Subject=org.name(), WhoId=people["a"], WhatId=people["account"])
    soql = f"SELECT Who.Name, Who.Type, What.Type FROM Task WHERE Id = '{task}'"
    (row,) = org.query(soql)
    assert (row["Who"]["Type"], row["What"]["Type"]) == ("Contact", "Account")
    assert row["Who"]["Name"] == f"{people['name']}a"
    typed = (
        f"SELECT TYPEOF What WHEN Account THEN Id, Name ELSE Name END FROM Task WHERE Id = '{task}'"
    )
    assert org.query(typed)[0]["What"]["Id"] == people["account"]


def test_pages_give_every_row_once(org: Org) -> None:
    """X16: locators lead from one to the next, and the last has none."""
    org.needs("Account", "createable")
    name = org.name()
    wanted = {each for count in (200, 5) for each in _accounts(org, name, count)}
    soql = f"SELECT Id FROM Account WHERE Name = '{name}'"
    headers = {"Sforce-Query-Options": "batchSize=200"}
    found = org.get("query", params={"q": soql}, headers=headers)
    assert found["totalSize"] == 205
    rows: list[Row] = found["records"]
    while not found["done"]:
        assert found["nextRecordsUrl"].startswith(f"{org.api}/query/")
        found = org.get(found["nextRecordsUrl"])
        assert found["totalSize"] == 205
        rows += found["records"]
    assert "nextRecordsUrl" not in found
    assert len(rows) == 205
    assert {each["Id"] for each in rows} == wanted


def _accounts(org: Org, name: str, count: int) -> list[str]:
    rows = [{"attributes": {"type": "Account"}, "Name": name}] * count
    made = org.note_all(org.call("POST", "composite/sobjects", {"records": rows}).json())
    assert all(each["success"] for each in made), made
    return [each["id"] for each in made]


def test_a_locator_that_is_not_there_is_refused(org: Org) -> None:
    """X16: INVALID_QUERY_LOCATOR."""
    status, error = org.refusal("GET", "query/0r8000000000000AAA-2000")
    assert (status, error["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize(
    ("soql", "code", "place", "words"),
    [
        ("SELECT Id FRM User", "MALFORMED_QUERY", "", "unexpected token: "),
        ("SELECT Id FROM User WHERE", "MALFORMED_QUERY", "", "unexpected token: "),
        ("SELECT Id FROM User\nWHERE Nope = 1", "INVALID_FIELD", "Row:2:Column:7",
         "No such column 'Nope' on entity 'User'"),
        ("SELECT Nope FROM User", "INVALID_FIELD", "Row:1:Column:8",
         "No such column 'Nope' on entity 'User'"),
        ("SELECT Boss.Name FROM User", "INVALID_FIELD", "Row:1:Column:8",
         "Didn't understand relationship 'Boss' in field path"),
        ("select count() from XYZZY", "INVALID_TYPE", "Row:1:Column:21",
         "sObject type 'XYZZY' is not supported. If you are attempting to use a custom object"),
        ("SELECT Id FROM User WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD",
         "Row:1:Column:27", "should not be enclosed in quotes"),
        ("SELECT Id FROM User WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "Row:1:Column:27",
         "invalid ID field: x"),
    ],
    ids=["keyword", "end", "filtered", "selected", "parent", "object", "quoted", "id"],
)  # fmt: skip
def test_a_wrong_query_is_refused_with_its_place(
    org: Org, soql: str, code: str, place: str, words: str
) -> None:
    """X16: the code, the words, and where it went wrong."""
    status, error = org.refusal("GET", "query", params={"q": soql})
    assert (status, error["errorCode"]) == (400, code)
    assert place in error["message"]
    assert words in error["message"]


def test_signs_are_hidden_by_a_backslash(org: Org) -> None:
    """X16: quotes, and what LIKE would take for any character."""
    org.needs("Account", "createable", "Site")
    name = org.name()
    made = [org.create("Account", Name=name, Site=site) for site in ("O'Hara 5%", "O'Hara 55")]
    where = f"SELECT Id FROM Account WHERE Name = '{name}' AND Site"
    assert [row["Id"] for row in org.query(f"{where} = 'o\\'hara 55'")] == [made[1]]
    assert [row["Id"] for row in org.query(f"{where} LIKE '%5\\%'")] == [made[0]]


def test_sums_and_extremes(org: Org) -> None:
    """X16: over groups by month, and over all."""
    org.needs("Opportunity", "createable", "Amount")
    name = org.name()
    stage = org.fields("Opportunity")["StageName"]["picklistValues"][0]["value"]
    for day, amount in (("2026-03-01", 10), ("2026-03-31", 5), ("2026-04-01", None)):
        org.create("Opportunity", Name=name, StageName=stage, CloseDate=day, Amount=amount)
    where = f"FROM Opportunity WHERE Name = '{name}'"
    (row,) = org.query(
        f"SELECT SUM(Amount) s, AVG(Amount) a, MIN(CloseDate) d, COUNT(Id) n {where}"
    )
    assert row == {"s": 15, "a": 7.5, "d": "2026-03-01", "n": 3}
    months = f"SELECT CALENDAR_MONTH(CloseDate) m, SUM(Amount) s {where}"
    rows = org.query(
        f"{months} GROUP BY CALENDAR_MONTH(CloseDate) ORDER BY CALENDAR_MONTH(CloseDate)"
    )
    assert rows == [{"m": 3, "s": 15}, {"m": 4, "s": None}]
    (row,) = org.query(f"SELECT COUNT_DISTINCT(StageName) c {where}")
    assert row == {"c": 1}


def test_fields_may_be_asked_for_together(org: Org, people: dict[str, str]) -> None:
    """X16: FIELDS(), within its bounds."""
    soql = f"SELECT FIELDS(STANDARD) FROM Contact WHERE Id = '{people['a']}' LIMIT 200"
    (row,) = org.query(soql)
    assert {"Id", "LastName", "SystemModstamp"} <= set(row)
    status, error = org.refusal("GET", "query", params={"q": "SELECT FIELDS(ALL) FROM Contact"})
    assert (status, error["errorCode"]) == (400, "MALFORMED_QUERY")
    assert "LIMIT of at most 200" in error["message"]


def test_a_query_must_be_there(org: Org) -> None:
    """X16: MALFORMED_QUERY."""
    for path in ("query", "query?q="):
        status, error = org.refusal("GET", path)
        assert (status, error["errorCode"]) == (400, "MALFORMED_QUERY")
