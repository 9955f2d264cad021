"""Searches use indexes: by id, e-mail, SystemModstamp, and what goes on behind a row."""

# ruff: noqa: E501, S608 - one case, one line; a test's own queries

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from devorg.server import RunningOrg
from devorg.soql.asking import Asker
from devorg.soql.translate import Translator
from devorg.soql.tree import parse
from devorg.users import find

MOMENT = "2026-05-01T00:00:00Z"
ID = "0035e0000000001AAA"


@pytest.fixture
def connection(org: RunningOrg) -> Iterator[sqlite3.Connection]:
    """One view of the org's data."""
    with org.org.store.reading() as connection:
        yield connection


def plan(org: RunningOrg, connection: sqlite3.Connection, soql: str) -> list[str]:
    """What SQLite would do for a query, without the look-ups of rights."""
    user = find("rep")
    assert user is not None
    asker = Asker(org.org.names, user.id, frozenset())
    translator = Translator(asker.names, user.id, asker.hidden, asker=asker)
    found = translator.translate(parse(soql), deleted=False)
    text = f"EXPLAIN QUERY PLAN SELECT t.Id {found.source}{found.order}{found.window}"
    steps = [str(row[3]) for row in connection.execute(text, found.parameters)]
    return [each for each in steps if " t " in f"{each} " or "B-TREE" in each]


@pytest.mark.parametrize(
    ("where", "index"),
    [
        (f"Id = '{ID}'", "sqlite_autoindex_Contact_1 (Id=?)"),
        (f"Id IN ('{ID}', '{ID}')", "sqlite_autoindex_Contact_1 (Id=?)"),
        (f"Id > '{ID}' ORDER BY Id LIMIT 200", "sqlite_autoindex_Contact_1 (Id>?)"),
        ("Email = 'a@example.com'", "Contact_Email (Email=?)"),
        ("Email IN ('a@example.com', 'b@example.com')", "Contact_Email (Email=?)"),
        ("Email LIKE 'a%'", "Contact_Email (Email>? AND Email<?)"),
        (f"Email = 'a@example.com' AND SystemModstamp > {MOMENT}", "Contact_Email (Email=?)"),
        (f"SystemModstamp > {MOMENT}", "Contact_SystemModstamp"),
        (f"SystemModstamp >= {MOMENT} AND SystemModstamp < {MOMENT}", "Contact_SystemModstamp"),
        ("SystemModstamp = LAST_N_DAYS:3", "Contact_SystemModstamp"),
        ("SystemModstamp > LAST_N_DAYS:3", "Contact_SystemModstamp"),
        (f"AccountId = '{ID}'", "Contact_AccountId (AccountId=?)"),
        ("AccountId IN (SELECT Id FROM Account WHERE Name = 'x')", "Contact_AccountId (AccountId=?)"),
    ],
)  # fmt: skip
def test_searches_use_an_index(
    org: RunningOrg, connection: sqlite3.Connection, where: str, index: str
) -> None:
    """X16: one search of an index, no scan of the table."""
    steps = plan(org, connection, f"SELECT Id, Name FROM Contact WHERE {where}")
    assert steps[0].startswith("SEARCH t USING")
    assert index in steps[0]


@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("CreatedDate DESC", "Contact_CreatedDate"),
        ("SystemModstamp", "Contact_SystemModstamp"),
        ("Id DESC", "sqlite_autoindex_Contact_1"),
        ("Id", "sqlite_autoindex_Contact_1"),
    ],
)
def test_orders_of_indexed_fields_sort_nothing(
    org: RunningOrg, connection: sqlite3.Connection, order: str, index: str
) -> None:
    """X16: the newest ten of a million are read, not sorted."""
    soql = f"SELECT Id FROM Contact WHERE LastName != 'x' ORDER BY {order} LIMIT 10"
    (step,) = plan(org, connection, soql)
    assert step == f"SCAN t USING INDEX {index}"


@pytest.mark.parametrize(
    "where",
    [
        f"SystemModstamp > {MOMENT}",
        f"SystemModstamp > {MOMENT} OR (SystemModstamp = {MOMENT} AND Id > '{ID}')",
        f"SystemModstamp < {MOMENT} OR (SystemModstamp = {MOMENT} AND Id < '{ID}')",
    ],
)
def test_going_on_behind_a_row_reads_in_order(
    org: RunningOrg, connection: sqlite3.Connection, where: str
) -> None:
    """X16: by SystemModstamp and Id, only rows of one second are ever sorted."""
    soql = f"SELECT Id FROM Contact WHERE {where} ORDER BY SystemModstamp, Id LIMIT 200"
    steps = plan(org, connection, soql)
    assert steps[0].startswith("SEARCH t USING")
    assert "Contact_SystemModstamp" in steps[0]
    assert [each for each in steps[1:] if "RIGHT PART" not in each] == []
