"""Logging in: client credentials, userinfo, tokens that are over."""

from __future__ import annotations

import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.client import Client

GOOD = {
    "grant_type": "client_credentials",
    "client_id": "devorg-client",
    "client_secret": "devorg-client-secret",
}


def ask(org: RunningOrg, form: dict[str, str]) -> requests.Response:
    """A call of the token endpoint."""
    return requests.post(f"{org.url}/services/oauth2/token", data=form, timeout=30)


def test_client_credentials_give_a_token_of_the_integration_user(org: RunningOrg) -> None:
    """X16: the keys of a real answer, and a token that works."""
    grant = ask(org, GOOD).json()
    expected = "access_token signature scope instance_url id token_type issued_at"
    assert set(grant) == set(expected.split())
    assert grant["instance_url"] == org.url
    header = {"Authorization": f"Bearer {grant['access_token']}"}
    who = requests.get(f"{org.url}/services/oauth2/userinfo", headers=header, timeout=30).json()
    assert who["organization_id"] == org.org_id
    assert who["preferred_username"] == "inlay.integration@halyard.example"
    assert grant["id"].endswith(f"/id/{org.org_id}/{who['user_id']}")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"client_secret": "guess"}, "invalid_client"),
        ({"client_id": "guess"}, "invalid_client_id"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_are_refused(org: RunningOrg, wrong: dict[str, str], error: str) -> None:
    """X16: 400 with OAuth's body."""
    answer = ask(org, GOOD | wrong)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]


def test_a_forged_or_ended_token_is_an_invalid_session(org: RunningOrg, rep: Client) -> None:
    """X16: 401 INVALID_SESSION_ID; a new token is good again."""
    token = str(rep.http.headers["Authorization"])
    rep.http.headers["Authorization"] = token[:-1] + ("0" if token[-1] != "0" else "1")
    forged = rep.call("GET", "limits")
    rep.http.headers["Authorization"] = token
    assert rep.call("GET", "limits").status_code == 200
    rep.control("POST", "tokens/expire")
    ended = rep.call("GET", "limits")
    for answer in (forged, ended):
        assert answer.status_code == 401
        assert answer.json() == [
            {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
        ]
    assert Client(org, "rep").call("GET", "limits").status_code == 200


def test_the_identity_url_of_a_token_says_who_it_is(org: RunningOrg) -> None:
    """X16: for the token's own user only."""
    grant = ask(org, GOOD).json()
    header = {"Authorization": f"Bearer {grant['access_token']}"}
    who = requests.get(grant["id"], headers=header, timeout=30).json()
    assert who["organization_id"] == org.org_id
    assert grant["id"] == who["id"]
    other = grant["id"][:-18] + "0055e0000000001AAA"
    assert requests.get(other, headers=header, timeout=30).status_code == 404
    assert requests.get(grant["id"], timeout=30).status_code == 403


def test_a_fault_strikes_logging_in_too(org: RunningOrg, rep: Client) -> None:
    """X16: an org that is down gives no token."""
    rep.control("POST", "faults", {"kind": "status", "match": "oauth2/token", "status": 503})
    assert ask(org, GOOD).status_code == 503
    rep.control("DELETE", "faults")
    rep.control("POST", "faults", {"kind": "drop", "match": "oauth2"})
    with pytest.raises(requests.ConnectionError):
        ask(org, GOOD)
