"""SOQL over HTTP: shapes, paging, errors with their position, and rights."""

# ruff: noqa: E501 - one case, one line

# ruff: noqa: E501, S608 - one case, one line; a test's own queries

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devorg.server import RunningOrg
from tests.devorg.client import Client


def test_parent_fields_are_nested_as_in_real_answers(rep: Client, main: dict[str, str]) -> None:
    """X16: attributes on each level, parents as objects, a missing parent as null."""
    soql = (
        f"SELECT Id, Account.Owner.Name, ReportsTo.Name FROM Contact WHERE Id = '{main['contact']}'"
    )
    body = rep.call("GET", "query", params={"q": soql}).json()
    assert (body["totalSize"], body["done"]) == (1, True)
    url = f"/services/data/v68.0/sobjects/Contact/{main['contact']}"
    assert body["records"][0]["attributes"] == {"type": "Contact", "url": url}
    account = body["records"][0]["Account"]
    assert account["attributes"]["type"] == "Account"
    assert account["Owner"]["Name"] == "Rosa Lindqvist"
    assert body["records"][0]["ReportsTo"] is None


def test_polymorphic_parents_show_name_and_type(rep: Client, main: dict[str, str]) -> None:
    """X16: Who and What are joined to what they point at."""
    rows = rep.query("SELECT Who.Name, Who.Type, What.Name FROM Task WHERE Who.Type = 'Lead'")
    assert {row["Who"]["Name"] for row in rows} == {"Kwame Boateng", "Benjamin Sato"}
    assert all(row["What"] is None for row in rows)


def test_count_has_a_size_and_no_rows(rep: Client) -> None:
    """X16: COUNT() answers as the recorded exchange."""
    body = rep.call("GET", "query", params={"q": "select count() from Account"}).json()
    assert body == {"totalSize": 12, "done": True, "records": []}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Name LIKE 'b%energy'", {"Brightwater Energy"}),
        ("Name = 'BRIGHTWATER ENERGY'", {"Brightwater Energy"}),
        ("(BillingCity = 'Basel' OR BillingCity = 'Lyon') AND NumberOfEmployees > 300", {"Lumen Biologics"}),
        ("NumberOfEmployees IN (220, 310)", {"Alderman & Finch", "Iriso Media"}),
        ("NOT (AccountNumber = '7' OR NumberOfEmployees < 5000)", {"Castellan Insurance"}),
        ("AccountNumber != '7' AND NumberOfEmployees = 220", {"Iriso Media"}),
        ("AccountNumber NOT IN ('7') AND NumberOfEmployees = 220", {"Iriso Media"}),
        ("Name LIKE 'Alderman \\& Finch'", {"Alderman & Finch"}),
        ("Name LIKE '%\\_%'", set()),
        ("CreatedDate > 2100-01-01T00:00:00Z", set()),
    ],
)  # fmt: skip
def test_conditions_find_what_they_say(rep: Client, condition: str, expected: set[str]) -> None:
    """X16: case does not matter, null differs from every value, NOT is the plain opposite."""
    rows = rep.query("SELECT Name FROM Account WHERE " + condition)
    assert {row["Name"] for row in rows} == expected


def test_order_limit_and_offset(rep: Client) -> None:
    """X16: nulls first unless told."""
    soql = (
        "SELECT Name FROM Account ORDER BY AccountNumber, NumberOfEmployees DESC LIMIT 2 OFFSET 1"
    )
    assert [row["Name"] for row in rep.query(soql)] == ["Kestrel Telecom", "Brightwater Energy"]
    last = rep.query("SELECT AccountId FROM Task ORDER BY AccountId NULLS LAST")
    assert last[-1]["AccountId"] is None
    assert rep.query("SELECT AccountId FROM Task ORDER BY AccountId")[0]["AccountId"] is None


@pytest.mark.parametrize(
    ("soql", "code", "place"),
    [
        ("SELECT Id FRM Contact", "MALFORMED_QUERY", "Row:1:Column:11"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY", "Row:1:Column:29"),
        ("SELECT Id, (SELECT Id FROM Tasks) FROM Contact", "MALFORMED_QUERY", "Column:12"),
        ("SELECT Id FROM Task WHERE CreatedDate = TODAY", "MALFORMED_QUERY", "Column:41"),
        ("SELECT Id FROM Task WHERE IsClosed = true AND Id = null OR Id = null", "MALFORMED_QUERY", "Column:57"),
        ("SELECT Id FROM Task\nWHERE Nope = 1", "INVALID_FIELD", "Row:2:Column:7"),
        ("SELECT Id, Boss.Name FROM Contact", "INVALID_FIELD", "Column:12"),
        ("SELECT Id FROM Contakt", "INVALID_TYPE", "Column:16"),
        ("SELECT Id FROM Task WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD", "Column:27"),
        ("SELECT Id FROM Task WHERE Description = 'x'", "INVALID_FIELD", "Column:27"),
        ("SELECT Id FROM Task WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "Column:27"),
        ("SELECT Id FROM Task WHERE IsClosed > true", "INVALID_QUERY_FILTER_OPERATOR", "Column:27"),
    ],
)  # fmt: skip
def test_what_it_does_not_know_is_refused_with_its_place(
    rep: Client, soql: str, code: str, place: str
) -> None:
    """X16: never an answer to a different question."""
    answer = rep.call("GET", "query", params={"q": soql})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == code
    assert place in answer.json()[0]["message"]


def test_pages_of_2000_follow_the_locator(rep: Client) -> None:
    """X16: every row once, in order, and the locator ends."""
    rep.control("POST", "seed", {"people": 4100, "events": 0, "seed": 3})
    soql = "SELECT Id FROM Contact ORDER BY Email"
    body = rep.call("GET", "query", params={"q": soql}).json()
    seen, total = [each["Id"] for each in body["records"]], body["totalSize"]
    while not body["done"]:
        body = rep.http.get(rep.url + body["nextRecordsUrl"], timeout=30).json()
        seen += [each["Id"] for each in body["records"]]
    assert len(seen) == len(set(seen)) == total == 4140
    by_email = sorted(rep.records("Contact"), key=lambda each: each["Email"])
    assert seen == [each["Id"] for each in by_email]


def test_a_locator_belongs_to_its_user(org: RunningOrg, rep: Client) -> None:
    """X16: another user's locator, or a made-up one, is refused."""
    rep.control("POST", "seed", {"people": 2000, "seed": 1})
    url = rep.call("GET", "query?q=SELECT Id FROM Contact").json()["nextRecordsUrl"]
    answers = [
        Client(org, "admin").http.get(org.url + url, timeout=30),
        rep.call("GET", "query/0r8000000000000AAA-2000"),
    ]
    assert [each.json()[0]["errorCode"] for each in answers] == ["INVALID_QUERY_LOCATOR"] * 2


def test_a_query_returns_what_the_user_may_see(org: RunningOrg, main: dict[str, str]) -> None:
    """X16: hidden records are absent, and so are they as parents; roles still name them."""
    reverse, partial = Client(org, "reverse"), Client(org, "partial")
    opportunity, contact = main["opportunity"], main["partial_hidden_contact"]
    assert reverse.query("SELECT Id FROM Opportunity WHERE Id = {}", opportunity) == []
    roles = "SELECT Id FROM OpportunityContactRole WHERE OpportunityId = {}"
    assert reverse.query(roles, opportunity) == []
    assert len(partial.query(roles, opportunity)) == 5
    naming = "SELECT Contact.Name FROM OpportunityContactRole WHERE ContactId = {}"
    assert partial.query(naming, contact)[0]["Contact"]["Name"] == "Grace Okafor"
    norecord = Client(org, "norecord")
    assert len(norecord.query("SELECT Id FROM Contact")) == 35


def test_a_hidden_field_is_no_column(org: RunningOrg) -> None:
    """X16: field-level security."""
    client = Client(org, "partial")
    client.control(
        "POST", "access", {"user": "partial", "field": "Contact.Email", "visible": False}
    )
    answer = client.call("GET", "query?q=SELECT Email FROM Contact")
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD"
    named = client.call("GET", "sobjects/Contact/describe").json()["fields"]
    assert "Email" not in [each["name"] for each in named]


# A slow, obvious reading of conditions, against which the SQL is checked.
FIELDS = ("BillingCity", "Type", "AccountNumber", "Industry")
TEXTS = st.sampled_from(["Basel", "lyon", "Prospect", "CUSTOMER", "Media", "none of these"])
LEAVES = st.one_of(
    st.tuples(st.just("="), st.sampled_from(FIELDS), TEXTS | st.none()),
    st.tuples(st.just("!="), st.sampled_from(FIELDS), TEXTS | st.none()),
    st.tuples(st.just("IN"), st.sampled_from(FIELDS), st.lists(TEXTS | st.none(), min_size=1, max_size=3)),
    st.tuples(st.just("NOT IN"), st.sampled_from(FIELDS), st.lists(TEXTS | st.none(), min_size=1, max_size=3)),
    st.tuples(st.just(">"), st.just("NumberOfEmployees"), st.integers(0, 6000)),
    st.tuples(st.just("<="), st.just("AnnualRevenue"), st.integers(0, 10**9)),
)  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.just("NOT"), inner),
        st.tuples(st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=6,
)


def literal(value: object) -> str:
    """A value as SOQL."""
    if isinstance(value, list):
        return f"({', '.join(literal(each) for each in value)})"
    return "null" if value is None else f"'{value}'" if isinstance(value, str) else str(value)


def as_soql(condition: tuple) -> str:  # type: ignore[type-arg]  # the tuples above are of many kinds
    """A generated condition as text."""
    if condition[0] == "NOT":
        return f"(NOT {as_soql(condition[1])})"
    if condition[0] in {"AND", "OR"}:
        return f"({f' {condition[0]} '.join(map(as_soql, condition[1]))})"
    return f"{condition[1]} {condition[0]} {literal(condition[2])}"


def holds(condition: tuple, row: dict[str, object]) -> bool:  # type: ignore[type-arg]  # as above
    """What the condition says of one row, term by term."""
    word = condition[0]
    if word == "NOT":
        return not holds(condition[1], row)
    if word in {"AND", "OR"}:
        return (all if word == "AND" else any)(holds(each, row) for each in condition[1])
    have, want = row[condition[1]], condition[2]
    if word in {">", "<="}:
        assert isinstance(have, int | float)
        return bool(have > want if word == ">" else have <= want)
    wanted = want if isinstance(want, list) else [want]
    folded = [each.lower() if isinstance(each, str) else each for each in wanted]
    found = (have.lower() if isinstance(have, str) else have) in folded
    return found if word in {"=", "IN"} else not found


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(CONDITIONS)
def test_random_conditions_agree_with_a_slow_obvious_reading(rep: Client, condition: tuple) -> None:  # type: ignore[type-arg]  # as above
    """X16: a generator of conditions against an interpreter of five lines."""
    rows = rep.query("SELECT Id FROM Account WHERE " + as_soql(condition) + " ORDER BY Id")
    expected = [each["Id"] for each in rep.records("Account") if holds(condition, each)]
    assert [each["Id"] for each in rows] == sorted(expected)
