"""The parts of a composite call: its limits, and answers matched to what was asked."""

from __future__ import annotations

import pytest

from app.salesforce.composite import Subrequest, check, read_answers
from app.salesforce.errors import RequestRefused, SalesforceDown


def _queries(count: int) -> list[Subrequest]:
    return [Subrequest.query(f"q{number}", "SELECT Id FROM Lead") for number in range(count)]


def _upserts(count: int) -> list[Subrequest]:
    return [
        Subrequest.upsert(f"u{number}", "Task", "Inlay_Key__c", [{"Subject": "x"}])
        for number in range(count)
    ]


def test_five_queries_and_collections_fit_in_one_call() -> None:
    """X3: 5 × 200 rows in one counted call."""
    check(_queries(2) + _upserts(3))


@pytest.mark.parametrize(
    "parts",
    [
        [],
        _queries(3) + _upserts(3),
        [Subrequest("GET", "/x", f"r{number}") for number in range(26)],
        [Subrequest("GET", "/x", "same"), Subrequest("GET", "/y", "same")],
        [Subrequest("GET", "/x", "not plain")],
    ],
)
def test_what_salesforce_would_refuse_is_not_sent(parts: list[Subrequest]) -> None:
    with pytest.raises(ValueError):
        check(parts)


def test_a_collection_takes_200_rows() -> None:
    with pytest.raises(ValueError, match="200"):
        Subrequest.upsert("u", "Task", "Inlay_Key__c", [{}] * 201)


def test_the_time_zone_of_a_query_survives_the_address() -> None:
    part = Subrequest.query("q", "SELECT Id FROM Lead WHERE t > 2026-01-02T03:04:05+00:00")
    assert "%2B00%3A00" in part.url


def test_answers_come_in_the_order_of_the_parts() -> None:
    parts = [Subrequest("GET", "/a", "a"), Subrequest("POST", "/b", "b", {})]
    answers = read_answers(
        parts,
        {
            "compositeResponse": [
                {"referenceId": "b", "httpStatusCode": 500, "body": None},
                {"referenceId": "a", "httpStatusCode": 200, "body": {"records": [{"Id": "1"}]}},
            ]
        },
    )
    assert answers is not None
    assert [answer.reference_id for answer in answers] == ["a", "b"]
    assert answers[0].records() == [{"Id": "1"}]
    failed = answers[1].error()
    assert failed is not None
    assert failed.is_ambiguous


@pytest.mark.parametrize("body", [None, [], {}, {"compositeResponse": [{"referenceId": "z"}]}])
def test_an_answer_without_its_parts_is_told_apart(body: object) -> None:
    assert read_answers([Subrequest("GET", "/a", "a")], body) is None


def test_the_refusal_of_a_query_is_raised() -> None:
    part = Subrequest("GET", "/a", "a")
    body = [{"errorCode": "INVALID_FIELD", "message": "no such column"}]
    refused = {"compositeResponse": [{"referenceId": "a", "httpStatusCode": 400, "body": body}]}
    odd = {"compositeResponse": [{"referenceId": "a", "httpStatusCode": 200, "body": "?"}]}
    for answer, kind in ((refused, RequestRefused), (odd, SalesforceDown)):
        answers = read_answers([part], answer)
        assert answers is not None
        with pytest.raises(kind):
            answers[0].records()
