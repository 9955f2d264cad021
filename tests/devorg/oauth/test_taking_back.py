"""Revoking and introspecting tokens."""

from __future__ import annotations

import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.oauth.flow import (
    CLIENT,
    ROSA,
    Browser,
    change_app,
    refresh,
    refused,
    works,
)


def revoke(org: RunningOrg, token: str) -> requests.Response:
    """The call that takes a token back."""
    url = f"{org.url}/services/oauth2/revoke"
    return requests.post(url, data={"token": token}, timeout=30)


def introspect(org: RunningOrg, token: str, **form: str) -> requests.Response:
    """The call that asks about a token."""
    data = CLIENT | {"token": token} | form
    return requests.post(f"{org.url}/services/oauth2/introspect", data=data, timeout=30)


def test_an_access_token_is_revoked_alone(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: the refresh token still gives another."""
    tokens = visitor.tokens()
    answer = revoke(app_org, tokens["access_token"])
    assert (answer.status_code, answer.text) == (200, "")
    assert not works(app_org, tokens["access_token"])
    again = refresh(app_org, tokens["refresh_token"]).json()
    assert works(app_org, again["access_token"])


def test_a_refresh_token_takes_its_access_tokens_along(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: those of its own grant, not of another."""
    tokens, other = visitor.tokens(), visitor.tokens()
    assert revoke(app_org, tokens["refresh_token"]).status_code == 200
    assert not works(app_org, tokens["access_token"])
    assert refresh(app_org, tokens["refresh_token"]).status_code == 400
    assert works(app_org, other["access_token"])


def test_a_token_that_is_none_cannot_be_revoked(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: nor one that is over; 400 invalid_token."""
    token = visitor.tokens()["access_token"]
    revoke(app_org, token)
    for each in (token, "nonsense", ""):
        assert refused(revoke(app_org, each))[0] == "invalid_token"


def test_revoking_by_get_answers_a_script(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: JSONP, as a real org's; a callback that is no name is not echoed."""
    url = f"{app_org.url}/services/oauth2/revoke"
    tokens = [visitor.tokens()["access_token"] for _ in range(3)]
    plain = requests.get(url, params={"token": tokens[0]}, timeout=30)
    assert (plain.status_code, plain.text) == (200, "")
    script = requests.get(url, params={"token": tokens[1], "callback": "done"}, timeout=30)
    assert script.text == "done({});"
    assert script.headers["Content-Type"].startswith("application/javascript")
    evil = {"token": tokens[2], "callback": "alert(1)//"}
    assert requests.get(url, params=evil, timeout=30).text == ""
    for each in tokens:
        assert not works(app_org, each)


def test_introspection_tells_an_app_of_its_tokens(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: access tokens and refresh tokens."""
    tokens = visitor.tokens(scope="api refresh_token")
    found = introspect(app_org, tokens["access_token"]).json()
    assert list(found) == [
        "active", "scope", "client_id", "username", "sub", "token_type", "exp", "iat", "nbf",
    ]  # fmt: skip
    assert found["active"] is True
    assert found["username"] == ROSA
    assert found["sub"] == tokens["id"]
    assert found["token_type"] == "access_token"
    assert found["exp"] - found["iat"] >= 7200
    kept = introspect(app_org, tokens["refresh_token"]).json()
    assert (kept["active"], kept["token_type"]) == (True, "refresh_token")


def test_introspection_tells_nothing_of_what_is_over_or_others(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: only `active`: false; an app that may ask about all is told."""
    token = visitor.tokens()["access_token"]
    other = {"client_id": "devorg-client", "client_secret": "devorg-client-secret"}
    assert introspect(app_org, token, **other).json() == {"active": False}
    url = f"{app_org.url}/_devorg/apps/devorg-client"
    assert requests.patch(url, json={"isIntrospectAllTokens": True}, timeout=30).ok
    assert introspect(app_org, token, **other).json()["active"] is True
    revoke(app_org, token)
    assert introspect(app_org, token).json() == {"active": False}
    assert introspect(app_org, "nonsense").json() == {"active": False}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_secret": "guess"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client_id"),
    ],
)
def test_introspection_wants_to_know_who_asks(
    app_org: RunningOrg, visitor: Browser, form: dict[str, str], error: str
) -> None:
    """X16: key and secret."""
    change_app(app_org, isConsumerSecretOptional=True)
    token = visitor.tokens()["access_token"]
    assert refused(introspect(app_org, token, **form))[0] == error
