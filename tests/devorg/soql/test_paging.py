"""Pages of a query: batch sizes, locators, and what changes in between."""

from __future__ import annotations

import pytest

from devorg.server import RunningOrg
from tests.devorg.client import Client


def test_pages_of_2000_follow_the_locator(rep: Client) -> None:
    """X16: every row once, in order, and the locator ends."""
    rep.control("POST", "seed", {"people": 4100, "events": 0, "seed": 3})
    soql = "SELECT Id FROM Contact ORDER BY Email"
    body = rep.call("GET", "query", params={"q": soql}).json()
    assert body["nextRecordsUrl"].endswith("-2000")
    seen, total = [each["Id"] for each in body["records"]], body["totalSize"]
    while not body["done"]:
        body = rep.http.get(rep.url + body["nextRecordsUrl"], timeout=30).json()
        seen += [each["Id"] for each in body["records"]]
    assert len(seen) == len(set(seen)) == total == 4140
    by_email = sorted(rep.records("Contact"), key=lambda each: each["Email"])
    assert seen == [each["Id"] for each in by_email]


@pytest.mark.parametrize(
    ("asked", "given"), [("1", 200), ("250", 250), ("2000", 2000), ("9999", 2000)]
)
def test_the_batch_size_stays_between_200_and_2000(rep: Client, asked: str, given: int) -> None:
    """X16: Sforce-Query-Options."""
    rep.control("POST", "seed", {"people": 2100, "seed": 1})
    headers = {"Sforce-Query-Options": f"batchSize={asked}"}
    body = rep.call("GET", "query?q=SELECT Id FROM Contact", headers=headers).json()
    assert (len(body["records"]), body["done"]) == (given, False)


def test_later_pages_know_the_rows_that_there_were(rep: Client) -> None:
    """X16: no row comes twice or is skipped because others were made, changed or deleted."""
    rep.control("POST", "seed", {"people": 400, "seed": 1})
    headers = {"Sforce-Query-Options": "batchSize=200"}
    soql = "SELECT Id, LastName FROM Contact ORDER BY LastName, Id"
    body = rep.call("GET", "query", params={"q": soql}, headers=headers).json()
    all_ids = [row["Id"] for row in rep.query(soql)]
    first, later, gone = all_ids[0], all_ids[-1], all_ids[250]
    rep.call("PATCH", f"sobjects/Contact/{later}", {"LastName": "Aaa"})
    rep.call("PATCH", f"sobjects/Contact/{first}", {"LastName": "Zzz"})
    rep.call("POST", "sobjects/Contact", {"LastName": "Zzzz"})
    rep.call("DELETE", f"sobjects/Contact/{gone}")
    seen = [row["Id"] for row in body["records"]]
    while not body["done"]:
        url = rep.url + body["nextRecordsUrl"]
        body = rep.http.get(url, headers=headers, timeout=30).json()
        assert body["totalSize"] == len(all_ids)
        seen += [row["Id"] for row in body["records"]]
    assert seen == [each for each in all_ids if each != gone]


def test_a_locator_belongs_to_its_user(org: RunningOrg, rep: Client) -> None:
    """X16: another user's locator, or a made-up one, is refused."""
    rep.control("POST", "seed", {"people": 2000, "seed": 1})
    url = rep.call("GET", "query?q=SELECT Id FROM Contact").json()["nextRecordsUrl"]
    answers = [
        Client(org, "admin").http.get(org.url + url, timeout=30),
        rep.call("GET", "query/0r8000000000000AAA-2000"),
        rep.http.get(f"{org.url}{url}0", timeout=30),
    ]
    assert [each.json()[0]["errorCode"] for each in answers] == ["INVALID_QUERY_LOCATOR"] * 3


def test_query_all_reads_the_bin_and_goes_on_reading_it(rep: Client) -> None:
    """X16: queryAll, and its locator at either address."""
    rep.control("POST", "seed", {"people": 300, "seed": 1})
    ids = [row["Id"] for row in rep.query("SELECT Id FROM Contact ORDER BY Id DESC LIMIT 150")]
    rep.call("DELETE", "composite/sobjects?ids=" + ",".join(ids))
    headers = {"Sforce-Query-Options": "batchSize=200"}
    soql = "SELECT Id, IsDeleted FROM Contact ORDER BY Id"
    live = rep.call("GET", "query", params={"q": soql}).json()["totalSize"]
    body = rep.call("GET", "queryAll", params={"q": soql}, headers=headers).json()
    assert body["totalSize"] == live + 150
    rows = body["records"]
    url = body["nextRecordsUrl"].replace("/query/", "/queryAll/")
    rows += rep.http.get(rep.url + url, headers=headers, timeout=30).json()["records"]
    assert {row["Id"] for row in rows if row["IsDeleted"]} == set(ids)


def test_more_groups_than_a_page_are_refused(rep: Client) -> None:
    """X16: aggregates have no locator."""
    rep.control("POST", "seed", {"people": 2100, "seed": 1})
    soql = "SELECT Email, COUNT(Id) FROM Contact GROUP BY Email"
    answer = rep.call("GET", "query", params={"q": soql})
    error = answer.json()[0]
    assert (answer.status_code, error["errorCode"]) == (400, "EXCEEDED_ID_LIMIT")
    assert error["message"].startswith("Aggregate query does not support queryMore()")
    assert len(rep.query(soql + " LIMIT 2000")) == 2000


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
    nested = norecord.query("SELECT (SELECT Id FROM Contacts) FROM Account")
    shown = [each for row in nested if row["Contacts"] for each in row["Contacts"]["records"]]
    assert len(shown) <= 35
    counted = norecord.query("SELECT COUNT(Id) n FROM Contact")
    assert counted == [{"n": 35}]
