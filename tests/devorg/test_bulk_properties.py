"""A job does with its rows what a collection does with them: random good and bad ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.devorg.bulk_jobs import Jobs
from tests.devorg.client import Client

FIELDS = ("CallObject", "Inlay_Key__c", "Subject", "WhoId", "Status", "ActivityDate")
CONTACT = "0035e0000000001AAA"
# CallObject numbers the rows, so that the two files of results can be put in order again.
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "Inlay_Key__c": st.sampled_from(["t:1", "t:2", "t:3", "T:1", None]),
            "Subject": st.sampled_from(["fine", "a, \"b\"\nc", "s" * 256, None]),
            "WhoId": st.sampled_from([CONTACT, "0035e0000zzzzzz", "x", None]),
            "Status": st.sampled_from(["Completed", "Invented"]),
            "ActivityDate": st.sampled_from(["2026-02-03", None]),
        }
    ),
    max_size=6,
)  # fmt: skip
_STAMPS = {"Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "CompletedDateTime"}


def stored(client: Client) -> list[dict[str, Any]]:
    """All tasks, ids and times aside."""
    return [
        {key: value for key, value in each.items() if key not in _STAMPS}
        for each in client.records("Task")
    ]


def numbered(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, each with its number, in the order of the columns: the first mistake is told."""
    return [
        {name: {**row, "CallObject": str(number)}[name] for name in FIELDS}
        for number, row in enumerate(rows)
    ]


def by_collection(client: Client, rows: list[dict[str, Any]]) -> list[str]:
    """`created`, `changed` or the code of each row."""
    body = {"records": [{"attributes": {"type": "Task"}, **row} for row in rows]}
    results = client.call("PATCH", "composite/sobjects/Task/Inlay_Key__c", body).json()
    return [
        ("created" if each["created"] else "changed")
        if each["success"]
        else each["errors"][0]["statusCode"]
        for each in results
    ]


def by_job(client: Client, rows: list[dict[str, Any]]) -> list[str]:
    """The same, by a job."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, FIELDS, lineterminator="\n")
    writer.writeheader()
    nulls = ({key: "#N/A" if value is None else value for key, value in r.items()} for r in rows)
    writer.writerows(nulls)
    jobs = Jobs(client)
    job = jobs.load("upsert", target.getvalue(), "Task", externalIdFieldName="Inlay_Key__c")
    assert jobs.info(job)["state"] == "JobComplete"
    found = {
        int(each["CallObject"]): "created" if each["sf__Created"] == "true" else "changed"
        for each in jobs.good(job)
    }
    found |= {
        int(each["CallObject"]): each["sf__Error"].partition(":")[0] for each in jobs.bad(job)
    }
    return [found[number] for number in range(len(rows))]


@settings(max_examples=15)
@given(ROWS, ROWS)
def test_a_job_does_what_a_collection_does(
    integration: Client, first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    """X16: row by row, and in what is stored; the second time some rows are there already."""
    outcomes = []
    for load in (by_collection, by_job):
        integration.control("POST", "reset")
        codes = [load(integration, numbered(each)) for each in (first, second)]
        outcomes.append((codes, stored(integration)))
    assert outcomes[0] == outcomes[1]
