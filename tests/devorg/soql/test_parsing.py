"""The parser: what it reads it keeps, and no text makes it stumble."""

# ruff: noqa: E501, S608 - one case, one line; a test's own queries

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from devorg.errors import ApiError
from devorg.soql.tree import Query, parse
from tests.devorg.client import Client
from tests.devorg.soql.generator import grouped_queries, queries
from tests.devorg.soql.printer import bare, quoted, text_of

WORDS = [
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "INCLUDES", "ORDER BY", "GROUP BY",
    "HAVING", "LIMIT", "OFFSET", "NULLS LAST", "DESC", "COUNT()", "COUNT(Id)", "FIELDS(ALL)",
    "TYPEOF", "WHEN", "THEN", "ELSE", "END", "USING SCOPE", "WITH", "FOR VIEW", "ALL ROWS", "UPDATE",
    "(", ")", ",", ".", "=", "!=", "<=", ":", "'", "'x'", "'\\'", "\\", "null", "true", "5", "-5.5",
    "1e9", "9" * 400, "Id", "Name", "Account", "Contact", "Account.Name", "Contacts", "Who.Name",
    "TODAY", "LAST_N_DAYS:3", "LAST_N_DAYS:999999", "2026-01-01", "2026-13-41", "USD5", "tasks",
    "2026-01-01T00:00:00Z", "convertTimezone(CreatedDate)", "DAY_ONLY(CreatedDate)", "é", "\u2028",
    "\x00", "\ud800", "\n", "/*", "--", ";", "(SELECT Id FROM Contacts)", "toLabel(Industry)",
]  # fmt: skip
TEXTS = (
    st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
    | st.text(max_size=60)
    | st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=15).map("".join)
)


@settings(max_examples=300)
@given(TEXTS)
@example("(" * 100_000)
@example("SELECT Id FROM A WHERE " + "(" * 90 + "a = 1" + ")" * 90)
@example("SELECT Id FROM A WHERE " + "(NOT " * 90 + "a = 1" + ")" * 90)
@example("SELECT Id FROM A WHERE a = '\\ud83d'")
@example("SELECT Id FROM A LIMIT " + "9" * 5000)
def test_any_text_is_a_query_or_refused(text: str) -> None:
    """X16: an answer or an ApiError, never a crash."""
    try:
        outcome: Query | ApiError = parse(text)
    except ApiError as error:
        outcome = error
    refused = isinstance(outcome, ApiError) and outcome.reason == "MALFORMED_QUERY"
    assert refused or isinstance(outcome, Query)


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    st.sampled_from(
        ["", " FROM Account", " FROM Account WHERE Id != null", " FROM Task ORDER BY Id"]
    ),
)
def test_any_text_is_answered_or_refused_over_http(rep: Client, words: str, rest: str) -> None:
    """X16: 200 or 400 with a body of the API, whatever the query is."""
    url = "/services/data/v68.0/query?q=SELECT Id, " + words.replace("&", "") + rest
    body = {"compositeRequest": [{"method": "GET", "referenceId": "q", "url": url}]}
    answer = rep.call("POST", "composite", body)
    assert answer.status_code == 200, answer.text
    part = answer.json()["compositeResponse"][0]
    assert part["httpStatusCode"] in {200, 400}, part


@settings(max_examples=200)
@given(queries() | grouped_queries())
def test_a_tree_printed_and_read_again_is_the_same(query: Query) -> None:
    """X16: nothing is lost between text and tree."""
    assert bare(parse(text_of(query))) == bare(query)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT Name, toLabel(Status) FROM Task USING SCOPE mine WHERE Id != null LIMIT 1 FOR VIEW",
        "SELECT TYPEOF What WHEN Account THEN Phone WHEN Opportunity THEN Amount ELSE Name END FROM Event",
        "SELECT c.Name, a.Owner.Name FROM Contact c, c.Account a WHERE a.Name LIKE 'x\\\\%%'",
        "SELECT COUNT() FROM Account WHERE Colours__c INCLUDES ('A;B', 'C') OR X__c EXCLUDES ('D')",
        "SELECT Update, Orders__c, Notes__c, Inches__c FROM Order WHERE Not__c IN (1) ORDER BY Likes__c",
        "SELECT FIELDS(STANDARD), (SELECT Id, (SELECT Id FROM Tasks) FROM Contacts) FROM Account",
    ],
)
def test_what_is_written_comes_back(text: str) -> None:
    """X16: from text to tree to text."""
    once = text_of(parse(text))
    assert bare(parse(once)) == bare(parse(text))
    assert once.lower().split() == text.lower().split()


@given(st.text(alphabet=string.printable + "äß漢🏗", max_size=30))
def test_strings_come_out_as_they_went_in(text: str) -> None:
    """X16: whatever is between quotes, escaped."""
    query = parse(f"SELECT Id FROM A WHERE x = {quoted(text)}")
    assert bare(query.where)[3][2] == text


def test_keywords_are_found_in_any_case() -> None:
    """X16: select, FROM, wHeRe."""
    assert bare(parse("sElEcT Id fRoM A wHeRe x lIkE 'a' oRdEr bY Id dEsC nUlLs lAsT")) == bare(
        parse("SELECT Id FROM A WHERE x LIKE 'a' ORDER BY Id DESC NULLS LAST")
    )
