"""The real simple-salesforce, unmodified, over HTTPS: each of its ways to log in.

It calls `https://<domain>.salesforce.com`; the session's adapter stands in for the hosts file
and sends what is meant for the login host to devorg, as a name on this machine would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed

from devorg import DevorgConfig, users
from devorg.apps.passwords import DEFAULT_PASSWORD, DEFAULT_SECURITY_TOKEN
from devorg.server import RunningOrg, running
from tests.devorg.oauth.keys import PRIVATE_KEY, PUBLIC_KEY

ROSA = "rosa.lindqvist@halyard.example"
LOGIN_HOST = "https://login.salesforce.com"
MY_DOMAIN = "https://halyard.my.salesforce.com"


class ToDevorg(HTTPAdapter):
    """Sends what is meant for a host of Salesforce's to an org on this machine."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> Any:
        """The same request, at the org's address."""
        for host in (LOGIN_HOST, MY_DOMAIN):
            request.url = str(request.url).replace(host, self._url)
        return super().send(request, *args, **more)


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    """An org by HTTPS, with the logins that new orgs have switched off."""
    with running(DevorgConfig(soap_login=True, password_flow=True), tls=True) as org:
        yield org


@pytest.fixture
def session(org: RunningOrg) -> requests.Session:
    """What a user of the library would make: our authority, and a way to find the org."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(org.authority)
    for host in (LOGIN_HOST, MY_DOMAIN):
        session.mount(host, ToDevorg(org.url))
    return session


def work(client: Any) -> None:
    """A bit of ordinary work with a client that has logged in."""
    made = client.Account.create({"Name": "Ferry House"})
    assert made["success"] is True
    assert client.Account.get(made["id"])["Name"] == "Ferry House"
    found = client.query("SELECT Id FROM Account WHERE Name = 'Ferry House'")
    assert [each["Id"] for each in found["records"]] == [made["id"]]
    assert client.Account.delete(made["id"]) == 204


def test_it_logs_in_with_user_name_password_and_security_token(session: requests.Session) -> None:
    """X16: SOAP login of its default version."""
    client = Salesforce(
        username=ROSA, password=DEFAULT_PASSWORD, security_token=DEFAULT_SECURITY_TOKEN,
        session=session, version="60.0",
    )  # fmt: skip
    work(client)


def test_it_is_told_that_a_password_is_wrong(session: requests.Session) -> None:
    """X16: the code reaches whoever uses the library."""
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        Salesforce(
            username=ROSA, password="guess", security_token="guess", session=session
        )  # fmt: skip
    assert caught.value.code == "INVALID_LOGIN"


def test_it_logs_in_from_a_trusted_network(org: RunningOrg, session: requests.Session) -> None:
    """X16: with the org's id and no security token."""
    org.org.oauth.passwords.change(users.USERS[0], None, "")
    client = Salesforce(
        username=ROSA, password=DEFAULT_PASSWORD, organizationId=org.org_id,
        session=session, version="60.0",
    )  # fmt: skip
    work(client)


def test_it_logs_in_with_a_certificate(org: RunningOrg, session: requests.Session) -> None:
    """X16: JWT bearer, for a user whom an administrator has let in."""
    app = {
        "consumerKey": "jwt-app",
        "certificate": PUBLIC_KEY,
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "permittedUsers": ["rep"],
    }
    assert session.post(f"{org.url}/_devorg/apps", json=app, timeout=30).ok
    client = Salesforce(
        username=ROSA, consumer_key="jwt-app", privatekey=PRIVATE_KEY, session=session,
        version="60.0",
    )  # fmt: skip
    work(client)


def test_it_logs_in_with_client_credentials(session: requests.Session) -> None:
    """X16: asked of the org's own domain, as the flow wants it."""
    client = Salesforce(
        consumer_key="devorg-client", consumer_secret="devorg-client-secret",
        domain="halyard.my", session=session, version="60.0",
    )  # fmt: skip
    work(client)


def test_it_logs_in_with_the_password_flow(session: requests.Session) -> None:
    """X16: behind its switch; the password carries the security token."""
    client = Salesforce(
        username=ROSA, password=DEFAULT_PASSWORD + DEFAULT_SECURITY_TOKEN,
        consumer_key="devorg-client", consumer_secret="devorg-client-secret",
        session=session, version="60.0",
    )  # fmt: skip
    work(client)


def test_it_logs_in_again_when_its_session_is_over(
    org: RunningOrg, session: requests.Session
) -> None:
    """X16: INVALID_SESSION_ID makes the library ask for a new session."""
    client = Salesforce(
        username=ROSA, password=DEFAULT_PASSWORD, security_token=DEFAULT_SECURITY_TOKEN,
        session=session, version="60.0",
    )  # fmt: skip
    org.org.tokens.end_all()
    assert client.query("SELECT COUNT() FROM Account")["totalSize"] > 0
