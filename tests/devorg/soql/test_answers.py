"""What a query answers: nested parents and children, groups, sets of fields."""

# ruff: noqa: S608 - a test's own queries

from __future__ import annotations

from typing import Any

import pytest

from tests.devorg.client import Client


def ask(client: Client, soql: str, **more: Any) -> dict[str, Any]:
    """The whole answer to a query that must succeed."""
    answer = client.call("GET", "query", params={"q": soql}, **more)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert isinstance(body, dict)
    return body


def test_parent_fields_are_nested_as_in_real_answers(rep: Client, main: dict[str, str]) -> None:
    """X16: attributes on each level, parents as objects, a missing parent as null."""
    soql = (
        f"SELECT Id, Account.Owner.Name, ReportsTo.Name FROM Contact WHERE Id = '{main['contact']}'"
    )
    body = ask(rep, soql)
    assert (body["totalSize"], body["done"]) == (1, True)
    url = f"/services/data/v68.0/sobjects/Contact/{main['contact']}"
    assert body["records"][0]["attributes"] == {"type": "Contact", "url": url}
    account = body["records"][0]["Account"]
    assert account["attributes"]["type"] == "Account"
    assert account["Owner"]["Name"] == "Rosa Lindqvist"
    assert body["records"][0]["ReportsTo"] is None


def test_polymorphic_parents_show_name_and_type(rep: Client) -> None:
    """X16: Who and What are joined to what they point at, and shown as the object Name."""
    rows = rep.query("SELECT Who.Name, Who.Type, What.Name FROM Task WHERE Who.Type = 'Lead'")
    assert {row["Who"]["Name"] for row in rows} == {"Kwame Boateng", "Benjamin Sato"}
    assert all(row["What"] is None for row in rows)
    attributes = rows[0]["Who"]["attributes"]
    assert attributes["type"] == "Name"
    assert "/sobjects/Lead/00Q" in attributes["url"]


def test_typeof_shows_each_object_its_own_fields(rep: Client) -> None:
    """X16: a case for contacts, one for leads, and nothing where no case fits."""
    rows = rep.query(
        "SELECT TYPEOF Who WHEN Contact THEN LastName, AccountId WHEN Lead THEN Company END"
        " FROM Task WHERE WhoId != null"
    )
    kinds = {row["Who"]["attributes"]["type"]: set(row["Who"]) for row in rows}
    assert kinds == {
        "Contact": {"attributes", "LastName", "AccountId"},
        "Lead": {"attributes", "Company"},
    }
    named = rep.query("SELECT TYPEOF Who WHEN Lead THEN Company END FROM Task ORDER BY Id")
    assert {"Company" in (row["Who"] or {}) for row in named} == {True, False}
    assert {row["Who"] is None for row in named} == {True, False}


def test_aliases_stand_for_objects_and_parents(rep: Client) -> None:
    """X16: FROM Contact c, c.Account a."""
    rows = rep.query(
        "SELECT c.Name, a.Name, a.Owner.Name FROM Contact c, c.Account a"
        " WHERE a.Name LIKE 'bright%' ORDER BY c.Name LIMIT 1"
    )
    assert rows[0]["Account"]["Name"] == "Brightwater Energy"
    assert rows[0]["Account"]["Owner"]["Name"] == "Rosa Lindqvist"


def test_aliases_stand_in_child_queries_and_semi_joins(rep: Client) -> None:
    """X16: FROM Account.Contacts, FROM a.Contacts, and the objects' names before their fields."""
    plain = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY Id) FROM Account ORDER BY Id"
    named = "SELECT Account.Name, (SELECT Contact.LastName FROM Account.Contacts ORDER BY Id)"
    short = "SELECT a.Name, (SELECT c.LastName FROM a.Contacts c ORDER BY c.Id) FROM Account a"
    for soql in (f"{named} FROM Account ORDER BY Account.Id", f"{short} ORDER BY a.Id"):
        assert rep.query(soql) == rep.query(plain)
    inside = "SELECT Id FROM Account{} WHERE {}Id IN (SELECT {}AccountId FROM Contact{})"
    first, second = (
        rep.call("GET", "query", params={"q": soql}).json()["records"]
        for soql in (inside.format("", "", "", ""), inside.format(" a", "a.", "c.", " c"))
    )
    assert first == second != []


def test_count_has_a_size_and_no_rows(rep: Client) -> None:
    """X16: COUNT() answers as the recorded exchange."""
    body = ask(rep, "select count() from Account")
    assert body == {"totalSize": 12, "done": True, "records": []}
    assert ask(rep, "SELECT COUNT() FROM Account LIMIT 5")["totalSize"] == 5


def test_child_queries_are_answers_within_the_answer(rep: Client) -> None:
    """X16: totalSize, done, records; null where there are none; own WHERE, ORDER BY, LIMIT."""
    rows = rep.query(
        "SELECT Name, (SELECT LastName, Account.Name FROM Contacts WHERE Email != null"
        " ORDER BY LastName DESC LIMIT 2), Id FROM Account ORDER BY Name"
    )
    assert list(rows[0]) == ["Name", "Contacts", "Id"]
    for row in rows:
        people = sorted(
            (
                each["LastName"]
                for each in rep.records("Contact")
                if each["AccountId"] == row["Id"] and not each["IsDeleted"]
            ),
            key=str.lower,
            reverse=True,
        )[:2]
        if not people:
            assert row["Contacts"] is None
            continue
        found = row["Contacts"]
        assert (found["totalSize"], found["done"]) == (len(people), True)
        assert [each["LastName"] for each in found["records"]] == people
        assert all(each["Account"]["Name"] == row["Name"] for each in found["records"])


def test_child_queries_may_have_child_queries(rep: Client, main: dict[str, str]) -> None:
    """X16: account, its contacts, their tasks."""
    row = rep.query(
        "SELECT Id, (SELECT Id, (SELECT Subject FROM Tasks ORDER BY Id) FROM Contacts)"
        " FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id = {})",
        main["contact"],
    )[0]
    contacts = {each["Id"]: each["Tasks"] for each in row["Contacts"]["records"]}
    tasks = rep.query("SELECT Subject FROM Task WHERE WhoId = {} ORDER BY Id", main["contact"])
    shown = contacts[main["contact"]]["records"]
    assert [each["Subject"] for each in shown] == [each["Subject"] for each in tasks]


def test_many_children_are_paged_by_a_locator_of_their_own(rep: Client) -> None:
    """X16: a nested nextRecordsUrl, which is followed like any other."""
    account = rep.query("SELECT Id FROM Account WHERE Name = 'Iriso Media'")[0]["Id"]
    people = [
        {"attributes": {"type": "Contact"}, "LastName": f"P{number:03}", "AccountId": account}
        for number in range(200)
    ]
    for _ in range(2):
        rep.call("POST", "composite/sobjects", {"records": people})
    soql = f"SELECT Id, (SELECT Id FROM Contacts ORDER BY Id) FROM Account WHERE Id = '{account}'"
    body = ask(rep, soql, headers={"Sforce-Query-Options": "batchSize=200"})
    found = body["records"][0]["Contacts"]
    assert body["done"]
    assert (found["done"], len(found["records"])) == (False, 200)
    rest: list[str] = []
    url = found["nextRecordsUrl"]
    while url:
        page = rep.http.get(
            rep.url + url, headers={"Sforce-Query-Options": "batchSize=200"}, timeout=30
        ).json()
        rest += [each["Id"] for each in page["records"]]
        url = page.get("nextRecordsUrl")
    ids = [each["Id"] for each in found["records"]] + rest
    assert len(ids) == len(set(ids)) == found["totalSize"] > 400
    assert ids == sorted(ids)


@pytest.mark.parametrize("which", ["ALL", "STANDARD", "CUSTOM"])
def test_fields_stands_for_the_fields_of_describe(rep: Client, which: str) -> None:
    """X16: all, those of Salesforce, those of packages and admins."""
    row = rep.query(f"SELECT FIELDS({which}) FROM Task LIMIT 1")[0]
    described = rep.call("GET", "sobjects/Task/describe").json()["fields"]
    wanted = {"ALL": {True, False}, "STANDARD": {False}, "CUSTOM": {True}}[which]
    assert set(row) == {each["name"] for each in described if each["custom"] in wanted}


def test_groups_have_names_numbers_and_aliases(rep: Client) -> None:
    """X16: AggregateResult; a grouped field by its name, functions as expr0, expr1 or an alias."""
    body = ask(
        rep,
        "SELECT StageName, COUNT(Id), SUM(Amount) total, MAX(CloseDate) FROM Opportunity"
        " GROUP BY StageName HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC, StageName",
    )
    deals: dict[str, list[dict[str, Any]]] = {}
    for each in rep.records("Opportunity"):
        deals.setdefault(each["StageName"], []).append(each)
    expected = [
        {
            "attributes": {"type": "AggregateResult"},
            "StageName": stage,
            "expr0": len(several),
            "total": sum(each["Amount"] for each in several),
            "expr1": max(each["CloseDate"] for each in several),
        }
        for stage, several in deals.items()
        if len(several) > 1
    ]
    assert sorted(body["records"], key=str) == sorted(expected, key=str)
    assert body["totalSize"] == len(expected)


def test_aggregates_of_everything_are_one_row(rep: Client) -> None:
    """X16: without GROUP BY."""
    body = ask(
        rep, "SELECT COUNT(Id) n, COUNT(AccountNumber), COUNT_DISTINCT(Industry) FROM Account"
    )
    accounts = rep.records("Account")
    assert body["records"] == [
        {
            "attributes": {"type": "AggregateResult"},
            "n": 12,
            "expr0": sum(each["AccountNumber"] is not None for each in accounts),
            "expr1": len({each["Industry"] for each in accounts} - {None}),
        }
    ]


def test_picklists_are_ordered_as_their_values_are(rep: Client) -> None:
    """X16: by the stage's place in the sales process, not by its letters."""
    described = rep.call("GET", "sobjects/Opportunity/describe").json()["fields"]
    stages = next(each["picklistValues"] for each in described if each["name"] == "StageName")
    order = [each["value"] for each in stages]
    rows = rep.query("SELECT toLabel(StageName) FROM Opportunity ORDER BY StageName DESC")
    found = [order.index(row["StageName"]) for row in rows]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) > 2


def test_order_limit_and_offset(rep: Client) -> None:
    """X16: nulls first unless told."""
    soql = (
        "SELECT Name FROM Account ORDER BY AccountNumber, NumberOfEmployees DESC LIMIT 2 OFFSET 1"
    )
    assert [row["Name"] for row in rep.query(soql)] == ["Kestrel Telecom", "Brightwater Energy"]
    last = rep.query("SELECT AccountId FROM Task ORDER BY AccountId NULLS LAST")
    assert last[-1]["AccountId"] is None
    assert rep.query("SELECT AccountId FROM Task ORDER BY AccountId")[0]["AccountId"] is None
    assert rep.query("SELECT AccountId FROM Task ORDER BY AccountId DESC")[0]["AccountId"] is None


def test_packaged_fields_carry_the_namespace(rep: Client) -> None:
    """X16: in FIELDS(), as a field, in conditions and in the answer."""
    rep.control("POST", "namespace", {"namespace": "acme"})
    assert "acme__Inlay_Key__c" in rep.query("SELECT FIELDS(CUSTOM) FROM Task LIMIT 1")[0]
    rows = rep.query(
        "SELECT ACME__inlay_kind__c, COUNT(Id) n FROM Task WHERE acme__Inlay_Key__c = null"
        " GROUP BY acme__Inlay_Kind__c"
    )
    assert set(rows[0]) == {"acme__Inlay_Kind__c", "n"}
    bare = rep.call("GET", "query", params={"q": "SELECT Inlay_Key__c FROM Task"})
    assert bare.json()[0]["errorCode"] == "INVALID_FIELD"


def test_mine_are_the_rows_that_the_user_owns(rep: Client) -> None:
    """X16: USING SCOPE mine and everything."""
    everything = rep.query("SELECT OwnerId FROM Opportunity USING SCOPE everything")
    mine = rep.query("SELECT OwnerId FROM Opportunity USING SCOPE mine WHERE Amount != null")
    user = rep.http.get(f"{rep.url}/services/oauth2/userinfo", timeout=30).json()["user_id"]
    assert {row["OwnerId"] for row in mine} == {user}
    assert len(mine) < len(everything) or {row["OwnerId"] for row in everything} == {user}


def test_records_may_be_marked_as_viewed(rep: Client) -> None:
    """X16: FOR VIEW and FOR REFERENCE change nothing in the answer."""
    plain = ask(rep, "SELECT Name FROM Account ORDER BY Id LIMIT 1")
    assert ask(rep, "SELECT Name FROM Account ORDER BY Id LIMIT 1 FOR VIEW") == plain
    assert ask(rep, "SELECT Name FROM Account ORDER BY Id LIMIT 1 FOR REFERENCE") == plain
