"""Each defect found in simple-salesforce 1.12.10, and that our client does not have it.

We take its SOQL quoting alone (``app.salesforce.soql``); the numbers are those of the facts' list.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.accounting import ApiUsage
from app.salesforce.client import Client
from app.salesforce.errors import (
    ApiNotAllowed,
    LimitReached,
    RequestRefused,
    SalesforceDown,
    SalesforceError,
    SalesforceSlow,
    SessionOver,
)
from app.salesforce.gateway import WORKER_TIMEOUTS, Gateway
from app.salesforce.soql import soql
from tests.salesforce.conftest import MakeGateway, connect
from tests.salesforce.connect.test_tokens import asked, org_of_script, token_reply
from tests.salesforce.scripted import ORGANIZATION, TOKEN, Reply, Scripted, Seen

_PATH = "/services/data/v60.0/sobjects/Lead"
_HEADERS = {"Sforce-Duplicate-Rule-Header": "allowSave=true", "Sforce-Auto-Assign": "FALSE"}
_OVER = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]


@pytest.fixture
def gateway(
    script: Scripted, make_gateway: MakeGateway, database: Database, keyring: Keyring, org: Org
) -> Gateway:
    """A gateway whose one org is connected to the scripted server."""
    connect(database, keyring, org, script.url)
    return make_gateway(script.url)


def _user(script: Scripted, make_gateway: MakeGateway, **options: float) -> Client:
    gateway = make_gateway(script.url, **options)
    return gateway.for_user(ORGANIZATION, script.url, TOKEN)


def _refusing(script: Scripted, times: int, body: Any = _OVER) -> list[Seen]:
    """Let so many calls of data be refused with 401, whatever token they carry."""
    refused: list[Seen] = []

    def special(seen: Seen) -> Reply | None:
        if seen.path != _PATH or len(refused) >= times:
            return None
        refused.append(seen)
        return Reply(401, body)

    org_of_script(script, special)
    return refused


def test_1_a_call_that_is_repeated_with_a_new_token_keeps_its_headers_and_body(
    script: Scripted, gateway: Gateway, org: Org
) -> None:
    """There they were dropped: duplicate rules and assignment rules then did what nobody asked."""
    _refusing(script, times=1)
    body = {"LastName": "Lovelace"}

    gateway.for_org(org.id).call("POST", _PATH, feature="x", body=body, headers=_HEADERS)

    first, second = asked(script, "/Lead")
    assert first.body == second.body
    assert all(call.headers[name] == value for call in (first, second)
               for name, value in _HEADERS.items())  # fmt: skip
    assert first.headers["Authorization"] != second.headers["Authorization"]


def test_2_a_session_that_stays_refused_is_given_up_after_one_new_token(
    script: Scripted, gateway: Gateway, org: Org
) -> None:
    """There 572 calls were made, until the stack was full."""
    _refusing(script, times=1000)
    client = gateway.for_org(org.id)
    before = len(asked(script, "/token"))

    with pytest.raises(SessionOver):
        client.call("GET", _PATH, feature="x")

    assert len(asked(script, "/Lead")) == 2
    assert len(asked(script, "/token")) - before == 1


@pytest.mark.parametrize("body", [{"error": "x"}, b"<html>no</html>", None, "text", []])
def test_3_a_401_of_any_form_is_a_session_that_is_over(
    script: Scripted, make_gateway: MakeGateway, body: Any
) -> None:
    """There a body that was no list raised KeyError: 0."""
    script.answers(Reply(401, body))

    with pytest.raises(SessionOver):
        _user(script, make_gateway).call("GET", _PATH, feature="x")


def test_4_an_org_that_never_answers_is_given_up(
    script: Scripted, make_gateway: MakeGateway
) -> None:
    """There no call had a limit of time: integrations were silent for days."""
    script.answers(Reply(pause=100))
    begun = time.monotonic()

    with pytest.raises(SalesforceSlow):
        _user(script, make_gateway, read_seconds=0.3).call("GET", _PATH, feature="x")

    assert time.monotonic() - begun < 50
    assert 0 < WORKER_TIMEOUTS.total < 600


def test_5_the_address_is_used_as_it_is(script: Scripted, gateway: Gateway, org: Org) -> None:
    """There ``http`` became ``https`` in silence; here an address is allowed or refused."""
    org_of_script(script)

    gateway.for_org(org.id).call("GET", _PATH, feature="x")

    assert script.url.startswith("http://")
    assert asked(script, "/Lead")


def test_6_an_org_that_moved_is_called_where_it_is(
    script: Scripted, make_gateway: MakeGateway, database: Database, keyring: Keyring, org: Org
) -> None:
    """There the address stayed the old one after a new token, and a token from outside stayed."""
    elsewhere = script.url.replace("127.0.0.1", "localhost")
    connect(database, keyring, org, script.url)
    moved: list[Seen] = []

    def special(seen: Seen) -> Reply | None:
        if not seen.path.endswith("/token"):
            return None
        moved.append(seen)
        found = token_reply(script, number=len(moved))
        return Reply(body={**found.body, "instance_url": elsewhere})

    org_of_script(script, special)

    make_gateway(script.url, elsewhere).for_org(org.id).call("GET", _PATH, feature="x")

    (call,) = asked(script, "/Lead")
    assert call.headers["Host"] == elsewhere.removeprefix("http://")


def test_7_many_threads_may_use_one_client(
    script: Scripted, gateway: Gateway, org: Org, caplog: pytest.LogCaptureFixture
) -> None:
    """There session and headers were shared, and the pool overflowed. One token is fetched."""
    refused = _refusing(script, times=1)
    client = gateway.for_org(org.id)
    before = len(asked(script, "/token"))

    with caplog.at_level(logging.WARNING), ThreadPoolExecutor(12) as pool:
        headers = [{"X-Number": str(number)} for number in range(48)]
        calls = [
            pool.submit(client.call, "GET", _PATH, feature="x", headers=one) for one in headers
        ]
        assert all(call.result().status == 200 for call in calls)

    assert len(refused) == 1
    numbers = {seen.headers["X-Number"] for seen in asked(script, "/Lead")}
    assert numbers == {str(number) for number in range(48)}
    assert len(asked(script, "/token")) - before == 1
    assert "pool is full" not in caplog.text


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "REQUEST_LIMIT_EXCEEDED", LimitReached),
        (403, "API_DISABLED_FOR_ORG", ApiNotAllowed),
        (403, "INSUFFICIENT_ACCESS", RequestRefused),
        (400, "QUERY_TIMEOUT", SalesforceSlow),
        (400, "MALFORMED_QUERY", RequestRefused),
        (404, "NOT_FOUND", RequestRefused),
        (429, "", SalesforceSlow),
        (503, "SERVER_UNAVAILABLE", SalesforceDown),
    ],
)
def test_8_errors_are_told_apart_by_their_code(
    script: Scripted, make_gateway: MakeGateway, status: int, code: str, kind: type
) -> None:
    """There the status alone decided: a used-up limit and a missing right were the same."""
    script.answers(Reply(status, [{"errorCode": code, "message": "…"}]))

    with pytest.raises(SalesforceError) as caught:
        _user(script, make_gateway).call("GET", _PATH, feature="x")

    assert type(caught.value) is kind
    assert caught.value.code == code


def test_9_nothing_logs_in_by_soap_unless_the_operator_allows_it(gateway: Gateway) -> None:
    """That way ends in 2027."""
    assert not gateway.policy.passwords


def test_10_a_time_is_the_moment_that_was_meant() -> None:
    """There a time without a zone was taken for the machine's; here it is refused."""
    east = timezone(timedelta(hours=5, minutes=30))
    assert soql("{}", datetime(2026, 1, 2, 3, 4, 5, tzinfo=east)) == "2026-01-01T21:34:05+00:00"
    with pytest.raises(ValueError, match="zone"):
        soql("{}", datetime(2026, 1, 2))  # noqa: DTZ001


def test_11_what_the_org_has_left_is_read_from_every_answer(
    script: Scripted, gateway: Gateway, org: Org
) -> None:
    """There only some calls noted it; ours book each, refused ones too."""
    org_of_script(script)
    client = gateway.for_org(org.id)
    script.answers(
        Reply(404, [{"errorCode": "NOT_FOUND"}], {"Sforce-Limit-Info": "api-usage=9/10"})
    )

    with pytest.raises(RequestRefused):
        client.call("GET", _PATH, feature="x")

    assert gateway.usage(ORGANIZATION) == ApiUsage(9, 10)
    assert gateway.accounting.unwritten(ORGANIZATION)["x"] == 1
