"""Whole requests that are refused: always problem+json, with a reason and a next step."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.api import reading
from app.config import Config
from app.db import Database
from app.orgs import apikeys
from app.orgs.models import ApiKey, Org, OrgState
from tests.api.conftest import Call

PATH = "/api/v1/events"
EVENT = {
    "id": "1", "kind": "call", "occurred_at": "2026-11-20T09:30:00Z", "email": "ada@example.com"
}  # fmt: skip
GOOD = {"events": [EVENT]}


def reason_of(response: TestResponse) -> tuple[int, str]:
    """Status and reason; checks that it is a whole problem (RFC 9457)."""
    assert response.mimetype == "application/problem+json"
    body = response.get_json(force=True)
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:inlay:problem:{body['reason']}"
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["reason"]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "missing_api_key"),
        ("", "missing_api_key"),
        ("Bearer", "missing_api_key"),
        ("Basic YTpi", "missing_api_key"),
        ("Bearer inlay_wrong", "bad_api_key"),
        ("Bearer ü", "bad_api_key"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("PUT", "/api/v1/memberships")])
def test_without_a_good_key_nothing_is_taken(
    client: FlaskClient, org: Org, method: str, path: str, header: str | None, reason: str
) -> None:
    headers = {} if header is None else {"Authorization": header}

    response = client.open(path, method=method, json=GOOD, headers=headers)

    assert reason_of(response) == (401, reason)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_a_wrong_key(database: Database, call: Call) -> None:
    with database.system_writing() as session:
        key = session.scalars(select(ApiKey)).one()
        apikeys.revoke(session, key, by="tests")

    assert reason_of(call("POST", PATH, GOOD)) == (401, "bad_api_key")


@pytest.mark.parametrize(
    ("state", "reason"),
    [(OrgState.SUSPENDED, "org_suspended"), (OrgState.PENDING, "org_pending")],
)
def test_an_org_that_is_not_served_is_refused(
    database: Database, org: Org, call: Call, state: OrgState, reason: str
) -> None:
    with database.system_writing() as session:
        session.get_one(Org, org.id).state = state

    assert reason_of(call("POST", PATH, GOOD)) == (403, reason)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nope", b"\xff", b'{"events": NaN}', b'{"events": ["\\ud800"]}',
        b"[" * 100_000, gzip.compress(b"{}", mtime=0), b"{'events': []}",
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_json_is_malformed_or_of_another_form(call: Call, body: bytes) -> None:
    response = call("POST", PATH, data=body, content_type="application/json")

    assert reason_of(response) in {(400, "malformed_json"), (422, "invalid_request")}


@pytest.mark.parametrize(
    "body",
    [
        [], "x", None, 7, {}, {"events": []}, {"events": {}}, {"events": None},
        {**GOOD, "imported": "perhaps"}, {**GOOD, "more": 1},
    ],
)  # fmt: skip
def test_another_form_is_named(call: Call, body: Any) -> None:
    response = call("POST", PATH, data=json.dumps(body), content_type="application/json")

    assert reason_of(response) == (422, "invalid_request")
    assert response.get_json(force=True)["errors"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"nope", "The body is no JSON: invalid character (byte 4)."),
        (b"{", "The body is no JSON: input data was truncated."),
        (b"\xff", "The body is no JSON: invalid character (byte 0)."),
        (b"[" * 100_000, "The body is nested too deeply."),
        (b'{"a": ' + b"9" * 5000 + b"}", "The body holds a number that is too large"),
    ],
)
def test_what_is_wrong_with_the_json_is_said_once(call: Call, body: bytes, told: str) -> None:
    response = call("POST", PATH, data=body, content_type="application/json")

    assert told in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ([], "", "must be a JSON object"),
        ({}, "events", "is needed"),
        ({"events": []}, "events", "must hold at least one item"),
        ({"events": [1] * 501}, "events", "must not hold more than 500 items"),
        ({"events": {}}, "events", "must be a list"),
        ({**GOOD, "imported": "perhaps"}, "imported", "must be true or false"),
        ({**GOOD, "more": 1}, "more", "is no member that this address takes; look for a typo"),
    ],
)
def test_another_form_is_told_in_plain_words(
    call: Call, body: Any, field: str, message: str
) -> None:
    response = call("POST", PATH, data=json.dumps(body), content_type="application/json")

    assert response.get_json(force=True)["errors"] == [{"field": field, "message": message}]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken(call: Call, media_type: str) -> None:
    response = call("POST", PATH, data=json.dumps(GOOD), content_type=media_type)

    assert reason_of(response) == (415, "unsupported_media_type")


def test_a_body_over_2_mb_is_too_large(call: Call) -> None:
    body = json.dumps({"events": [{"id": "x" * (2 * 1024 * 1024)}]})

    response = call("POST", PATH, data=body, content_type="application/json")

    assert reason_of(response)[0] == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("GET", PATH, 405), ("DELETE", PATH, 405)],
)
def test_unknown_addresses_and_methods_answer_as_problems(
    call: Call, method: str, path: str, status: int
) -> None:
    response = call(method, path, headers={"Accept": "text/html"})

    assert reason_of(response)[0] == status


def test_the_api_is_not_on_the_pages_host(client: FlaskClient, config: Config) -> None:
    response = client.get("/api/v1/openapi.json", headers={"Host": config.pages_host})

    assert reason_of(response)[0] == 404


@pytest.mark.usefixtures("one_minute")
def test_a_flood_is_told_to_wait(app: Flask, call: Call) -> None:
    object.__setattr__(app.extensions["inlay.config"], "api_rate_per_minute", 2)

    answers = [call("POST", PATH, GOOD) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert reason_of(answers[-1]) == (429, "too_many_requests")
    assert answers[-1].headers["Retry-After"]


def test_an_error_inside_keeps_nothing_and_tells_nothing(
    app: Flask, database: Database, org: Org, call: Call
) -> None:
    def fails(_session: object, _events: object) -> None:
        raise RuntimeError("secret of the inside")

    app.extensions["inlay.recorded"] = fails

    response = call("POST", PATH, GOOD)

    assert reason_of(response)[0] == 500
    assert "secret" not in response.text


def test_no_personal_data_is_logged(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    call("POST", PATH, GOOD)
    call("POST", PATH, {"events": [{**EVENT, "email": "ada.example.com"}]})

    captured = capsys.readouterr()
    assert "request" in captured.out
    told = captured.out + captured.err
    assert not [text for text in ("ada@", "ada.", "example.com") if text in told]


def test_a_flood_of_mistakes_is_answered_shortly(call: Call) -> None:
    """X12: 2 MB of them made an answer of 90 MB, and a process as large."""
    wrong = {f"k{number}": 0 for number in range(1000)}
    of_item = call("POST", PATH, json={"events": [wrong] * 3})
    of_whole = call("POST", PATH, json={"events": [{}], **wrong})

    (first, *_) = of_item.get_json()["results"]
    for problem in (first["problem"], of_whole.get_json(force=True)):
        *told, last = problem["errors"]
        assert len(told) == reading.MOST_ERRORS
        assert "more" in last["message"]
    assert len(of_item.data) < 20_000


def test_a_long_name_is_not_repeated_in_full(call: Call) -> None:
    """X12."""
    answer = call("POST", PATH, json={"events": [{"x" * 100_000: 0}]})

    assert len(answer.data) < 2_000
