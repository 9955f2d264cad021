"""The client against answers that only a broken org gives."""

from __future__ import annotations

from typing import Any

import pytest

from app.salesforce.client import Client
from app.salesforce.composite import Subrequest
from app.salesforce.errors import (
    ForeignHost,
    RequestRefused,
    SalesforceDown,
    SalesforceError,
    SalesforceSlow,
    SessionOver,
)
from app.salesforce.soql import soql
from tests.salesforce.conftest import MakeGateway
from tests.salesforce.scripted import ORGANIZATION, TOKEN, Reply, Scripted

pytestmark = pytest.mark.any_database  # calls are its subject

UPSERT = Subrequest.upsert("u", "Task", "Inlay_Key__c", [{"Subject": "x"}])
QUERY = Subrequest.query("q", "SELECT Id FROM Lead")


@pytest.fixture
def user(script: Scripted, make_gateway: MakeGateway) -> Client:
    """A client with a user's token at the scripted server."""
    gateway = make_gateway(script.url)
    return gateway.for_user(ORGANIZATION, script.url, TOKEN)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com",
        "https://acme.my.salesforce.com.evil.example",
        "https://user@acme.my.salesforce.com",
        "http://acme.my.salesforce.com",
        "",
    ],
)
def test_no_client_is_made_for_a_foreign_host(make_gateway: MakeGateway, url: str) -> None:
    """The token is not sent to an address that is not Salesforce's."""
    with pytest.raises(ForeignHost):
        make_gateway().for_user(ORGANIZATION, url, TOKEN)


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-Injected: 1", "tøken"])
def test_what_cannot_be_a_token_is_a_session_over(
    script: Scripted, make_gateway: MakeGateway, token: str
) -> None:
    with pytest.raises(SessionOver) as caught:
        make_gateway(script.url).for_user(ORGANIZATION, script.url, token)
    assert token == "" or token not in repr(caught.value)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(drop=True), SalesforceDown),
        (Reply(500, b"<html>oops</html>"), SalesforceDown),
        (Reply(200, b"<html>maintenance</html>"), SalesforceDown),
        (Reply(200, {"compositeResponse": []}), SalesforceDown),
        (Reply(200, ["what?"]), SalesforceDown),
    ],
)
def test_a_write_without_a_clear_answer_is_in_doubt_and_a_read_is_not(
    user: Client, script: Scripted, reply: Reply, kind: type[SalesforceError]
) -> None:
    """X4: the outbox asks before it sends again."""
    script.answers(reply)
    for part, is_ambiguous in ((UPSERT, True), (QUERY, False)):
        with pytest.raises(kind) as caught:
            user.composite([part], feature="delivery")
        assert caught.value.is_ambiguous is is_ambiguous


def test_a_write_that_is_not_answered_in_time_is_in_doubt_and_a_read_is_not(
    script: Scripted, make_gateway: MakeGateway
) -> None:
    """X4: as above."""
    script.answers(Reply(pause=100))
    gateway = make_gateway(script.url, read_seconds=0.3)
    user = gateway.for_user(ORGANIZATION, script.url, TOKEN)
    for part, is_ambiguous in ((UPSERT, True), (QUERY, False)):
        with pytest.raises(SalesforceSlow) as caught:
            user.composite([part], feature="delivery")
        assert caught.value.is_ambiguous is is_ambiguous


def test_a_redirect_is_refused(user: Client, script: Scripted) -> None:
    script.answers(Reply(302, headers={"Location": "https://evil.example.com/"}))
    with pytest.raises(RequestRefused):
        user.resources(feature="widget")


def test_a_users_session_is_not_renewed(user: Client, script: Scripted) -> None:
    body = [{"errorCode": "INVALID_SESSION_ID", "message": f"{TOKEN} is over"}]
    script.answers(Reply(401, body))
    with pytest.raises(SessionOver) as caught:
        user.resources(feature="widget")
    assert len(script.seen) == 1
    assert TOKEN not in repr(vars(caught.value)) + repr(user)


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example.com/services/data/v66.0/query/01g-2000",
        "//evil.example.com/services/data/v66.0/query/01g-2000",
        "/services/data/v66.0/sobjects/Task",
        "/services/data/v66.0/query/../../apexrest/x",
        "@evil.example.com/services/data/v66.0/query/1",
        7,
        None,
    ],
)
def test_only_a_page_of_the_same_query_is_followed(
    user: Client, script: Scripted, following: Any
) -> None:
    script.answers(Reply(body={"records": [], "done": False, "nextRecordsUrl": following}))
    with pytest.raises(SalesforceDown):
        user.query("SELECT Id FROM Lead", feature="widget")
    assert len(script.seen) == 1


def test_a_query_that_never_ends_is_given_up(user: Client, script: Scripted) -> None:
    following = "/services/data/v66.0/query/01g-2000"
    script.answers(Reply(body={"records": [{}], "done": False, "nextRecordsUrl": following}))
    with pytest.raises(SalesforceDown):
        user.query("SELECT Id FROM Lead", feature="widget")
    assert len(script.seen) == 2


def test_a_long_query_travels_in_a_body(user: Client, script: Scripted) -> None:
    page = {"records": [{"Id": "1"}], "done": True}
    part = {"referenceId": "page", "httpStatusCode": 200, "body": page}
    script.answers(Reply(body={"compositeResponse": [part]}))
    asked = soql("SELECT Id FROM Lead WHERE Id IN {}", ["00Q5e00000AAAA1AAA"] * 500)
    assert user.query(asked, feature="widget") == [{"Id": "1"}]
    assert (script.seen[0].method, len(script.seen[0].path) < 100) == ("POST", True)


def test_a_call_is_a_path_of_the_api(user: Client) -> None:
    with pytest.raises(ValueError, match="services"):
        user.call("GET", "@evil.example.com/", feature="widget")
