"""Bulk API 2.0 extracts: pages by locator, deleted rows, forms of values, refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devorg.bulk.dialect import DELIMITERS, LINE_ENDINGS, Dialect
from tests.devorg.bulk_jobs import Jobs, rows
from tests.devorg.client import Client


@pytest.fixture
def jobs(integration: Client) -> Jobs:
    """The jobs of the integration user."""
    return Jobs(integration)


def test_a_query_job_gives_its_rows_in_pages(jobs: Jobs) -> None:
    """X16: every page has the header, a count, and the way on; `null` is the end."""
    job = jobs.query("SELECT Id, Name, Account.Name FROM Contact ORDER BY Name, Id")
    info = jobs.info(job, "query")
    assert (info["jobType"], info["object"]) == ("V2Query", "Contact")
    assert info["isPkChunkingSupported"] is True
    expected = jobs.client.query("SELECT Id, Name, Account.Name FROM Contact ORDER BY Name, Id")
    found: list[dict[str, str]] = []
    locator = ""
    while locator != "null":
        path = f"jobs/query/{job}/results?maxRecords=7&locator={locator}"
        answer = jobs.client.call("GET", path)
        page = rows(answer.content.decode())
        assert int(answer.headers["Sforce-NumberOfRecords"]) == len(page) <= 7
        found += page
        locator = answer.headers["Sforce-Locator"]
    assert info["numberRecordsProcessed"] == len(found) == len(expected)
    assert [each["Id"] for each in found] == [each["Id"] for each in expected]
    parents = [(each["Account"] or {}).get("Name") or "" for each in expected]
    assert [each["Account.Name"] for each in found] == parents


def test_values_are_written_as_the_bulk_api_does(jobs: Jobs, main: dict[str, str]) -> None:
    """X16: null is empty, booleans are words, moments end in Z."""
    soql = "SELECT Id, IsDeleted, CreatedDate, Description FROM Contact WHERE Id = "
    job = jobs.query(f"{soql}'{main['contact']}'", columnDelimiter="PIPE")
    text = jobs.client.call("GET", f"jobs/query/{job}/results").text
    assert text.startswith('"Id"|"IsDeleted"|"CreatedDate"|"Description"\n')
    (row,) = rows(text, "|")
    assert row["IsDeleted"] == "false"
    assert row["CreatedDate"].endswith(".000Z")


def test_query_all_reads_the_recycle_bin(jobs: Jobs) -> None:
    """X16: and query does not."""
    made = jobs.client.call("POST", "sobjects/Contact", {"LastName": "Gone"}).json()["id"]
    assert jobs.client.call("DELETE", f"sobjects/Contact/{made}").status_code == 204
    soql = "SELECT Id FROM Contact WHERE Id = 'THIS'".replace("THIS", made)
    for operation, count in (("query", 0), ("queryAll", 1)):
        job = jobs.query(soql, operation)
        answer = jobs.client.call("GET", f"jobs/query/{job}/results")
        assert answer.headers["Sforce-NumberOfRecords"] == str(count)
        assert answer.headers["Sforce-Locator"] == "null"


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Nope FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Foo", "INVALID_TYPE"),
        ("SELECT FROM", "MALFORMED_QUERY"),
        ("SELECT COUNT() FROM Contact", "FEATURENOTENABLED"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY AccountId", "FEATURENOTENABLED"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "FEATURENOTENABLED"),
        ("SELECT TYPEOF Who WHEN Lead THEN Id END FROM Task", "FEATURENOTENABLED"),
        ("SELECT MailingAddress FROM Contact", "FEATURENOTENABLED"),
        ("SELECT Id FROM Contact LIMIT 5 OFFSET 5", "FEATURENOTENABLED"),
        ("", "API_ERROR"),
    ],
)
def test_what_a_bulk_query_cannot_do_is_refused_at_once(jobs: Jobs, soql: str, code: str) -> None:
    """X16: with SOQL's own words where SOQL refuses it."""
    answer = jobs.client.call("POST", "jobs/query", {"operation": "query", "query": soql})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_results_belong_to_a_complete_job_of_the_same_version(jobs: Jobs) -> None:
    """X16: a wrong locator, another version and the pages in parallel are refused."""
    job = jobs.query("SELECT Id FROM Contact")
    client = jobs.client
    wrong = client.call("GET", f"jobs/query/{job}/results?locator=abc")
    assert wrong.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    older = client.http.get(
        f"{client.url}/services/data/v60.0/jobs/query/{job}/results", timeout=30
    )
    assert older.status_code == 409
    assert client.call("GET", f"jobs/query/{job}/resultPages").status_code == 501
    assert client.call("GET", f"jobs/query/{job}/results?maxRecords=0").status_code == 400
    assert jobs.patch(job, "Aborted", "query").json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert client.call("DELETE", f"jobs/query/{job}").status_code == 204
    assert client.call("GET", f"jobs/query/{job}").status_code == 404


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r"))


@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1),
    st.sampled_from(list(DELIMITERS)),
    st.sampled_from(list(LINE_ENDINGS)),
)
def test_what_a_dialect_writes_it_reads(
    lines: list[tuple[str, str]], delimiter: str, ending: str
) -> None:
    """X16: whatever stands in the cells."""
    dialect = Dialect(delimiter, ending)
    text = dialect.write([("first", "second"), *lines])
    assert list(dialect.read(text.encode()))[1:] == [list(each) for each in lines]
