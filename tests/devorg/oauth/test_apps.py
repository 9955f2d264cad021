"""The control calls for external client apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from devorg import DevorgConfig
from devorg.apps import scopes
from devorg.apps.networks import networks
from devorg.server import RunningOrg, running
from tests.devorg.oauth.flow import APP, VERIFIER, Browser, challenge_of, make_app, words_of, works


def call(org: RunningOrg, method: str, path: str, body: Any = None) -> requests.Response:
    """A control call about apps."""
    return requests.request(method, f"{org.url}/_devorg/apps{path}", json=body, timeout=30)


def test_there_are_two_apps_from_the_beginning(org: RunningOrg) -> None:
    """X16: that of the command line, and Salesforce's own CLI, which needs no secret."""
    app, cli = call(org, "GET", "").json()["apps"]
    assert (cli["consumerKey"], cli["isConsumerSecretOptional"]) == ("PlatformCLI", True)
    assert app["consumerKey"] == "devorg-client"
    assert app["consumerSecret"] == "devorg-client-secret"
    assert app["clientCredentialsFlowUser"] == "integration"


def test_an_app_is_made_changed_and_deleted(org: RunningOrg) -> None:
    """X16: key and secret are made up where none are given; reset forgets it."""
    made = call(org, "POST", "", {"label": "Mine"}).json()
    assert made["consumerKey"].startswith("3MVG9")
    key = f"/{made['consumerKey']}"
    changed = call(org, "PATCH", key, {"isPkceRequired": True}).json()
    assert changed == made | {"isPkceRequired": True}
    assert call(org, "GET", "").json()["apps"][2] == changed
    assert call(org, "DELETE", key).ok
    assert call(org, "PATCH", key, {}).status_code == 400
    call(org, "POST", "", APP)
    org.org.reset()
    assert len(call(org, "GET", "").json()["apps"]) == 2


def test_the_salesforce_cli_connects_without_a_secret(org: RunningOrg) -> None:
    """X16: the web login of `sf`: a public client, with PKCE."""
    visitor, callback = Browser(org), "http://localhost:1717/OauthRedirect"
    address = visitor.address(
        client_id="PlatformCLI", redirect_uri=callback, scope="refresh_token api web",
        prompt="login", code_challenge=challenge_of(VERIFIER),
    )  # fmt: skip
    code = words_of(visitor.allow(visitor.log_in(address)))["code"]
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": callback,
        "client_id": "PlatformCLI", "code_verifier": VERIFIER,
    }  # fmt: skip
    url = f"{org.url}/services/oauth2/token"
    granted = requests.post(url, data=form, timeout=30).json()
    form = {"grant_type": "refresh_token", "client_id": "PlatformCLI"}
    form["refresh_token"] = granted["refresh_token"]
    assert works(org, requests.post(url, data=form, timeout=30).json()["access_token"])


@pytest.mark.parametrize(
    "body",
    [
        {"nonsense": 1},
        {"isPkceRequired": "yes"},
        {"oauthScopes": ["everything"]},
        {"callbackUrls": ["javascript:alert(1)"]},
        {"callbackUrls": ["https://a.example/#b"]},
        {"callbackUrls": ["https://a.example,b.example/"]},
        {"callbackUrls": ["no url"]},
        {"callbackUrls": "https://a.example"},
        {"permittedUsersPolicyType": "Nobody"},
        {"ipRelaxationPolicyType": "Bypass_2factor"},
        {"ipRanges": ["10.0.0.9-10.0.0.1"]},
        {"ipRanges": ["everywhere"]},
        {"clientCredentialsFlowUser": "nobody"},
        {"permittedUsers": ["nobody"]},
        {"sessionTimeoutInMinutes": 0},
        {"certificate": "-----BEGIN CERTIFICATE-----"},
        {"label": ""},
    ],
)
def test_settings_that_make_no_sense_are_refused(org: RunningOrg, body: dict[str, Any]) -> None:
    """X16: named, and nothing is made."""
    answer = call(org, "POST", "", body)
    assert answer.status_code == 400
    assert answer.json()["error"] in body
    assert len(call(org, "GET", "").json()["apps"]) == 2


def test_all_that_an_app_was_granted_can_be_taken_back(org: RunningOrg) -> None:
    """X16: as an administrator does in "Connected Apps OAuth Usage"."""
    make_app(org)
    visitor = Browser(org)
    token = visitor.tokens()["access_token"]
    (grant,) = call(org, "GET", "/test-app/grants").json()["grants"]
    assert grant["user"] == "rep"
    assert call(org, "DELETE", "/test-app/grants").ok
    assert call(org, "GET", "/test-app/grants").json()["grants"] == []
    assert not works(org, token)
    assert 'id="oaapprove"' in visitor.get(visitor.address()).text


def test_the_command_lines_secret_wins_over_a_kept_one(tmp_path: Path) -> None:
    """X16: policies of the default app stay with the data, its secret does not."""
    data = tmp_path / "org.sqlite"
    with running(DevorgConfig(data_path=data)) as org:
        assert call(org, "PATCH", "/devorg-client", {"isPkceRequired": True}).ok
    with running(DevorgConfig(data_path=data, client_secret="another")) as org:
        app = call(org, "GET", "").json()["apps"][0]
    assert (app["isPkceRequired"], app["consumerSecret"]) == (True, "another")


@pytest.mark.parametrize(
    "body",
    [{}, {"user": "nobody"}, {"user": "rep", "password": ""}, {"user": "rep", "password": 5}],
)
def test_a_password_that_is_none_is_refused(org: RunningOrg, body: dict[str, Any]) -> None:
    """X16: and whose it is must be said."""
    answer = requests.post(f"{org.url}/_devorg/passwords", json=body, timeout=30)
    assert answer.status_code == 400


def test_keys_are_unique_and_stay(org: RunningOrg) -> None:
    """X16: built-in apps cannot be deleted, as every start brings them back."""
    assert call(org, "POST", "", {"consumerKey": "devorg-client"}).status_code == 400
    other = {"consumerKey": "other"}
    assert call(org, "PATCH", "/devorg-client", other).status_code == 400
    for built_in in ("devorg-client", "PlatformCLI"):
        assert call(org, "DELETE", f"/{built_in}").status_code == 400


@given(st.sets(st.sampled_from(scopes.NAMES)))
def test_scopes_come_through_a_token_unchanged(names: set[str]) -> None:
    """X16: written into a token and read out of it."""
    assert scopes.decode(scopes.encode(names)) == names


@given(st.ip_addresses(v=4), st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_a_range_holds_what_lies_between_its_ends(one: Any, two: Any, asked: Any) -> None:
    """X16: both ends included."""
    first, last = sorted((one, two))
    (network,) = networks([f"{first}-{last}"])
    assert network.holds(str(asked)) == (first <= asked <= last)
