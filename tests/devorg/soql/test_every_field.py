"""Every field of every object, used in every way: an answer, or a refusal."""

# ruff: noqa: S608 - a test's own queries

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devorg.schema import STANDARD
from devorg.server import RunningOrg
from tests.devorg.client import Client

LITERALS = (
    "'x'", "''", "null", "5", "-5.5", "true", "2026-01-01", "2026-01-01T00:00:00Z", "TODAY",
    "LAST_N_YEARS:3", "10:00:00Z", "USD5", "'0015e0000000001AAA'", "'ä'",
)  # fmt: skip
WAYS = (
    "SELECT {f} FROM {o} ORDER BY {f} DESC LIMIT 2",
    "SELECT {f}, COUNT(Id) FROM {o} GROUP BY {f} HAVING COUNT(Id) > 1 ORDER BY {f}",
    "SELECT toLabel({f}) FROM {o} LIMIT 1",
    "SELECT COUNT({f}), MIN({f}) FROM {o}",
    "SELECT SUM({f}) FROM {o}",
    "SELECT COUNT() FROM {o} WHERE CALENDAR_YEAR({f}) = 2026",
    "SELECT COUNT() FROM {o} WHERE DAY_ONLY(convertTimezone({f})) = {l}",
    "SELECT COUNT() FROM {o} WHERE {f} = {l} OR {f} > {l}",
    "SELECT COUNT() FROM {o} WHERE {f} != {l} AND (NOT {f} <= {l})",
    "SELECT COUNT() FROM {o} WHERE {f} NOT IN ({l}, null)",
    "SELECT COUNT() FROM {o} WHERE {f} LIKE '%a%'",
    "SELECT COUNT() FROM {o} WHERE {f} INCLUDES ('a;b', 'c')",
    "SELECT COUNT() FROM {o} WHERE {f} IN (SELECT Id FROM Account)",
)
FIELDS = [(each.name, field.name) for each in STANDARD.objects.values() for field in each.fields]


@settings(max_examples=400)
@given(st.sampled_from(FIELDS), st.sampled_from(WAYS), st.sampled_from(LITERALS))
def test_a_field_is_answered_or_refused(
    rep: Client, field: tuple[str, str], way: str, literal: str
) -> None:
    """X16: 200 with rows, or 400 with a code; never an error of the server."""
    soql = way.format(o=field[0], f=field[1], l=literal)
    answer = rep.call("GET", "query", params={"q": soql})
    assert answer.status_code in {200, 400}, (soql, answer.text)
    if answer.status_code == 400:
        assert answer.json()[0]["errorCode"] in {
            "INVALID_FIELD", "MALFORMED_QUERY", "INVALID_QUERY_FILTER_OPERATOR",
        }  # fmt: skip


# Who may see what is asked by user and record, never as a whole.
READABLE = sorted(each.name for each in STANDARD.objects.values() if each.view is None)


@pytest.mark.parametrize("name", READABLE)
def test_all_fields_and_relationships_of_an_object_can_be_read(org: RunningOrg, name: str) -> None:
    """X16: FIELDS(ALL), each parent's name, each child relationship's ids."""
    client = Client(org, "admin")
    sobject = STANDARD.objects[name]
    client.query(f"SELECT FIELDS(ALL) FROM {name} LIMIT 200")
    for field in sobject.fields:
        if field.references and field.relationship:
            parent = f"{field.relationship}.Id"
            client.query(f"SELECT {parent} FROM {name} ORDER BY {parent} NULLS LAST LIMIT 5")
    for other in STANDARD.objects.values():
        for field in other.fields:
            if field.children and name in field.references:
                client.query(f"SELECT Id, (SELECT Id FROM {field.children} LIMIT 2) FROM {name}")
