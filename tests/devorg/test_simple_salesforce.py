"""The real simple-salesforce, unmodified, over HTTPS: its whole surface of data.

How it logs in is tested in `soap/`; here it has a session and an instance.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceOperationError,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from devorg import DevorgConfig, users
from devorg.rights.sets import permission_set
from devorg.server import RunningOrg, running

HARD_DELETE = {"name": "BulkApiHardDelete", "enabled": "true"}


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    """An org by HTTPS, which the library insists on."""
    with running(DevorgConfig(), tls=True) as org:
        yield org


@pytest.fixture
def sf(org: RunningOrg) -> Any:
    """The library as the integration user."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(org.authority)
    token = org.org.tokens.issue(users.INTEGRATION)
    return Salesforce(instance_url=org.url, session_id=token, session=session, version="68.0")


def contacts(count: int, name: str = "Bulk") -> list[dict[str, str]]:
    """So many new contacts."""
    return [
        {"LastName": f"{name} {number}", "Email": f"{name.lower()}{number}@example.com"}
        for number in range(count)
    ]


def rows(*pages: str) -> list[dict[str, str]]:
    """CSV pages as rows."""
    return [row for page in pages for row in csv.DictReader(io.StringIO(page, newline=""))]


def test_queries_are_paged_for_whoever_iterates(sf: Any) -> None:
    """X16: query, query_more, query_all and query_all_iter; deleted rows on demand."""
    sf.bulk2.Contact.insert(records=contacts(2100), wait=0)
    soql = "SELECT Id, Name FROM Contact WHERE LastName LIKE 'Bulk %'"
    first = sf.query(soql)
    assert (first["totalSize"], first["done"], len(first["records"])) == (2100, False, 2000)
    second = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert (second["done"], len(second["records"])) == (True, 100)
    assert len(sf.query_all(soql)["records"]) == 2100
    ids = [each["Id"] for each in sf.query_all_iter(soql)]
    assert len(set(ids)) == 2100
    sf.Contact.delete(ids[0])
    assert sf.query("SELECT COUNT() FROM Contact WHERE LastName LIKE 'Bulk %'")["totalSize"] == 2099
    assert len(list(sf.query_all_iter(soql, include_deleted=True))) == 2100
    name = "Bulk 1's"
    assert sf.query(format_soql("SELECT Id FROM Contact WHERE Name = {}", name))["totalSize"] == 0


def test_a_record_lives_through_all_calls_on_it(sf: Any) -> None:
    """X16: create, get, update, upsert, get by key, delete; errors have the library's types."""
    made = sf.Contact.create({"LastName": "Brook", "Email": "brook@example.com"})
    assert (made["success"], made["errors"]) == (True, [])
    assert sf.Contact.get(made["id"])["Email"] == "brook@example.com"
    assert sf.Contact.update(made["id"], {"Title": "Clerk"}) == 204
    assert sf.Contact.get_by_custom_id("Email", "brook@example.com")["Title"] == "Clerk"
    assert sf.Task.upsert("Inlay_Key__c/t:1", {"Subject": "one"}) == 201
    assert sf.Task.upsert("Inlay_Key__c/t:1", {"Subject": "two"}) == 200
    assert sf.Task.get_by_custom_id("Inlay_Key__c", "t:1")["Subject"] == "two"
    sf.Contact.create({"LastName": "Twin", "Email": "brook@example.com"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        sf.Contact.upsert("Email/brook@example.com", {"LastName": "X"})
    with pytest.raises(SalesforceMalformedRequest) as refused:
        sf.Contact.create({"FirstName": "No last name"})
    assert "REQUIRED_FIELD_MISSING" in str(refused.value.content)
    assert sf.Contact.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        sf.Contact.get(made["id"])


def test_the_org_describes_itself(sf: Any) -> None:
    """X16: all objects, one object, limits, sandbox or not, and the use of the API."""
    names = {each["name"] for each in sf.describe()["sobjects"]}
    assert {"Account", "Contact", "Lead", "Task", "User"} <= names
    fields = {each["name"]: each["type"] for each in sf.Contact.describe()["fields"]}
    assert (fields["Email"], fields["AccountId"]) == ("email", "reference")
    assert sf.Contact.metadata()["objectDescribe"]["name"] == "Contact"
    assert sf.limits()["DailyApiRequests"]["Remaining"] > 0
    assert sf.is_sandbox() in {True, False}
    usage = sf.api_usage["api-usage"]
    assert 0 < usage.used < usage.total


def test_what_changed_and_what_is_gone_is_listed(org: RunningOrg, sf: Any) -> None:
    """X16: updated and deleted, with the library's way to write moments."""
    now = org.org.clock.now().astimezone(UTC)
    span = (now - timedelta(hours=1), now + timedelta(minutes=2))
    made = sf.Account.create({"Name": "Short-lived"})["id"]
    assert made in sf.Account.updated(*span)["ids"]
    sf.Account.delete(made)
    assert made in {each["id"] for each in sf.Account.deleted(*span)["deletedRecords"]}
    with pytest.raises(SalesforceMalformedRequest) as refused:
        sf.Account.updated(datetime(2001, 1, 1, tzinfo=UTC), now)
    assert "INVALID_REPLICATION_DATE" in str(refused.value.content)


def test_paths_of_ones_own_reach_collections_and_composites(sf: Any) -> None:
    """X16: `restful` with a body."""
    records = [{"attributes": {"type": "Account"}, "Name": f"Mine {n}"} for n in range(3)]
    made = sf.restful("composite/sobjects", method="POST", json={"records": records})
    assert [each["success"] for each in made] == [True] * 3
    url = "/services/data/v68.0"
    parts = [
        {"method": "POST", "url": f"{url}/sobjects/Contact", "referenceId": "person",
         "body": {"LastName": "Composed", "AccountId": made[0]["id"]}},
        {"method": "GET", "url": f"{url}/sobjects/Contact/@{{person.id}}", "referenceId": "again"},
    ]  # fmt: skip
    answer = sf.restful("composite", method="POST", json={"compositeRequest": parts})
    assert answer["compositeResponse"][1]["body"]["AccountId"] == made[0]["id"]
    batch = {"batchRequests": [{"method": "GET", "url": "v68.0/limits"}]}
    assert sf.restful("composite/batch", method="POST", json=batch)["hasErrors"] is False
    assert sf.restful(f"sobjects/Account/{made[0]['id']}", method="DELETE") is None


def test_bulk_loads_of_every_kind(org: RunningOrg, sf: Any) -> None:
    """X16: insert, update, upsert, delete and hard delete, in batches and from files."""
    done = sf.bulk2.Contact.insert(records=contacts(30), batch_size=10, concurrency=3, wait=0)
    assert [each["numberRecordsProcessed"] for each in done] == [10, 10, 10]
    ids = sorted(
        row["sf__Id"]
        for job in done
        for row in rows(sf.bulk2.Contact.get_successful_records(job["job_id"]))
    )
    assert len(ids) == 30
    changes = [{"Id": each, "Title": "Changed"} for each in ids]
    assert sf.bulk2.Contact.update(records=changes, wait=0)[0]["numberRecordsFailed"] == 0
    keys = [{"Inlay_Key__c": f"t:{number}", "Subject": "Bulk"} for number in range(3)]
    for created in ("true", "false"):
        (job,) = sf.bulk2.Task.upsert(records=keys, external_id_field="Inlay_Key__c", wait=0)
        good = rows(sf.bulk2.Task.get_successful_records(job["job_id"]))
        assert [row["sf__Created"] for row in good] == [created] * 3
    sf.bulk2.Contact.delete(records=[{"Id": each} for each in ids[:5]], wait=0)
    with pytest.raises(SalesforceMalformedRequest):
        sf.bulk2.Contact.hard_delete(records=[{"Id": ids[5]}], wait=0)
    grant = permission_set({"userPermissions": HARD_DELETE}, "HardDelete")
    org.org.rights.define(grant)
    org.org.rights.assign(users.INTEGRATION, "HardDelete")
    sf.bulk2.Contact.hard_delete(records=[{"Id": each} for each in ids[5:10]], wait=0)
    with org.org.store.reading() as connection:
        query = "SELECT IsDeleted, COUNT(*) FROM Contact WHERE LastName LIKE 'Bulk %' GROUP BY 1"
        assert dict(connection.execute(query).fetchall()) == {0: 20, 1: 5}


def test_bulk_tells_what_was_refused(sf: Any, tmp_path: Path) -> None:
    """X16: failed and unprocessed rows, in memory and in files; a failed job raises."""
    people = [*contacts(2), {"LastName": "Bad", "Email": "no address"}]
    (job,) = sf.bulk2.Contact.insert(records=people, wait=0)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (3, 1)
    (bad,) = rows(sf.bulk2.Contact.get_failed_records(job["job_id"]))
    assert bad["sf__Error"].startswith("INVALID_EMAIL_ADDRESS:")
    assert rows(sf.bulk2.Contact.get_unprocessed_records(job["job_id"])) == []
    everything = sf.bulk2.Contact.get_all_ingest_records(job["job_id"])
    assert [len(everything[f"{kind}Records"]) for kind in ("successful", "failed")] == [2, 1]
    target = tmp_path / "failed.csv"
    sf.bulk2.Contact.get_failed_records(job["job_id"], file=str(target))
    assert "INVALID_EMAIL_ADDRESS" in target.read_text()
    with pytest.raises(SalesforceOperationError, match="Field name not found : Nope"):
        sf.bulk2.Contact.insert(records=[{"Nope": "x"}], wait=0)


def test_bulk_loads_files_with_their_own_delimiters(sf: Any, tmp_path: Path) -> None:
    """X16: a file on disk, tabs between, CRLF after."""
    source = tmp_path / "people.csv"
    source.write_bytes(b'LastName\tDescription\r\nTabbed\t"two\nlines"\r\n')
    (job,) = sf.bulk2.Contact.insert(
        str(source), column_delimiter="TAB", line_ending="CRLF", wait=0
    )
    assert job["numberRecordsFailed"] == 0
    found = sf.query("SELECT Description FROM Contact WHERE LastName = 'Tabbed'")["records"]
    assert [each["Description"] for each in found] == ["two\nlines"]


def test_bulk_queries_page_and_download(sf: Any, tmp_path: Path) -> None:
    """X16: query, query_all and download, by locators of the org's making."""
    sf.bulk2.Contact.insert(records=contacts(25), wait=0)
    soql = "SELECT Id, LastName FROM Contact WHERE LastName LIKE 'Bulk %' ORDER BY LastName"
    pages = list(sf.bulk2.Contact.query(soql, max_records=10, wait=0))
    assert [len(rows(page)) for page in pages] == [10, 10, 5]
    sf.Contact.delete(rows(*pages)[0]["Id"])
    assert len(rows(*sf.bulk2.Contact.query(soql, wait=0))) == 24
    assert len(rows(*sf.bulk2.Contact.query_all(soql, wait=0))) == 25
    files = sf.bulk2.Contact.download(soql, str(tmp_path), max_records=20, wait=0)
    assert [each["number_of_records"] for each in files] == [20, 4]
    assert len(rows(*(Path(each["file"]).read_text() for each in files))) == 24
    with pytest.raises(SalesforceMalformedRequest):
        list(sf.bulk2.Contact.query("SELECT Nope FROM Contact", wait=0))


def test_an_ended_session_is_an_expired_one_for_the_library(org: RunningOrg, sf: Any) -> None:
    """X16: INVALID_SESSION_ID in a list, as it reads it."""
    org.org.tokens.end_all()
    with pytest.raises(SalesforceExpiredSession):
        sf.query("SELECT Id FROM Account")
