"""Refresh tokens: rotation, reuse, policies, and what a restart keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.devorg.oauth.flow import (
    AMIR,
    Browser,
    advance,
    change_app,
    make_app,
    refresh,
    refused,
    token_call,
    works,
)

GONE = ("invalid_grant", "expired access/refresh token")


def test_a_refresh_token_gives_access_tokens(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: again and again, when the app does not rotate; earlier access tokens stay good."""
    first = visitor.tokens(scope="api refresh_token")
    for _ in range(2):
        answer = refresh(app_org, first["refresh_token"])
        assert list(answer.json()) == [
            "access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at",
        ]  # fmt: skip
        assert works(app_org, answer.json()["access_token"])
    assert works(app_org, first["access_token"])


def test_rotation_gives_a_new_refresh_token_each_time(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: and each of them works once, in its turn."""
    change_app(app_org, isRefreshTokenRotationEnabled=True)
    token, seen = visitor.tokens()["refresh_token"], set()
    for _ in range(4):
        seen.add(token)
        token = refresh(app_org, token).json()["refresh_token"]
    assert token not in seen


def test_reuse_of_an_old_refresh_token_ends_the_whole_family(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: the newest refresh token and every access token die; another user's family lives."""
    change_app(app_org, isRefreshTokenRotationEnabled=True)
    other = Browser(app_org).tokens(AMIR)
    first = visitor.tokens()
    second = refresh(app_org, first["refresh_token"]).json()
    third = refresh(app_org, second["refresh_token"]).json()
    assert refused(refresh(app_org, first["refresh_token"])) == GONE
    assert refused(refresh(app_org, third["refresh_token"])) == GONE
    for each in (first, second, third):
        assert not works(app_org, each["access_token"])
    assert works(app_org, other["access_token"])
    assert refresh(app_org, other["refresh_token"]).status_code == 200


def test_after_that_the_user_must_allow_the_app_anew(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: no grant is left, so the approval is gone, too."""
    change_app(app_org, isRefreshTokenRotationEnabled=True)
    token = visitor.tokens()["refresh_token"]
    refresh(app_org, token)
    refresh(app_org, token)
    assert 'id="oaapprove"' in visitor.get(visitor.address()).text


@pytest.mark.parametrize("token", ["", "5Aep", "x" * 5000])
def test_an_invented_refresh_token_is_expired(app_org: RunningOrg, token: str) -> None:
    """X16: a real org's words for all of them."""
    assert refused(refresh(app_org, token)) == GONE


def test_the_secret_is_asked_for_unless_the_app_says_not(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: public apps have none to show; a wrong one is wrong all the same."""
    token = visitor.tokens()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "test-app"}
    url = f"{app_org.url}/services/oauth2/token"
    error = ("invalid_client", "invalid client credentials")
    assert refused(requests.post(url, data=form, timeout=30)) == error
    change_app(app_org, isSecretRequiredForRefreshToken=False)
    assert requests.post(url, data=form, timeout=30).status_code == 200
    wrong = form | {"client_secret": "guess"}
    assert refused(requests.post(url, data=wrong, timeout=30)) == error


def test_the_sixth_grant_ends_the_first(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: of one user and one app; five live."""
    tokens = [visitor.tokens() for _ in range(6)]
    assert refused(refresh(app_org, tokens[0]["refresh_token"])) == GONE
    assert not works(app_org, tokens[0]["access_token"])
    for each in tokens[1:]:
        assert works(app_org, each["access_token"])
    listed = requests.get(f"{app_org.url}/_devorg/apps/test-app/grants", timeout=30).json()
    assert len(listed["grants"]) == 5


def test_a_policy_can_expire_refresh_tokens_at_once(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: the access token is all the app gets."""
    change_app(app_org, refreshTokenPolicyType="Immediate")
    tokens = visitor.tokens()
    assert works(app_org, tokens["access_token"])
    assert refused(refresh(app_org, tokens["refresh_token"])) == GONE


def test_a_policy_can_expire_refresh_tokens_that_rest(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: a window that slides with every use."""
    change_app(
        app_org,
        refreshTokenPolicyType="SpecificInactivity",
        refreshTokenValidityPeriod=2,
        refreshTokenValidityUnit="Days",
    )
    token = visitor.tokens()["refresh_token"]
    for _ in range(3):
        advance(app_org, 40 * 3600)
        assert refresh(app_org, token).status_code == 200
    advance(app_org, 49 * 3600)
    assert refused(refresh(app_org, token)) == GONE


def test_a_policy_can_expire_refresh_tokens_at_an_age(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: however often they are used."""
    change_app(
        app_org,
        refreshTokenPolicyType="SpecificLifetime",
        refreshTokenValidityPeriod=24,
        refreshTokenValidityUnit="Hours",
    )
    token = visitor.tokens()["refresh_token"]
    advance(app_org, 23 * 3600)
    assert refresh(app_org, token).status_code == 200
    advance(app_org, 2 * 3600)
    assert refused(refresh(app_org, token)) == GONE


def test_a_deactivated_user_refreshes_nothing(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: the administrator's way to end all of somebody's connections."""
    token = visitor.tokens()["refresh_token"]
    change = "UPDATE \"User\" SET IsActive = ? WHERE Alias = 'rep'"
    with app_org.org.store.writing() as connection:
        connection.execute(change, (0,))
    assert refused(refresh(app_org, token)) == ("inactive_user", "user is inactive")
    with app_org.org.store.writing() as connection:
        connection.execute(change, (1,))


def test_a_restart_keeps_what_was_granted(tmp_path: Path) -> None:
    """X16: apps, grants, rotation, revocations and the key of id tokens are in the data file."""
    config = DevorgConfig(data_path=tmp_path / "org.sqlite")
    with running(config) as org:
        make_app(org, isRefreshTokenRotationEnabled=True)
        first = Browser(org).tokens()
        second = refresh(org, first["refresh_token"]).json()
        revoked = Browser(org).tokens(AMIR)
        url = f"{org.url}/services/oauth2/revoke"
        requests.post(url, data={"token": revoked["refresh_token"]}, timeout=30)
        keys = requests.get(f"{org.url}/id/keys", timeout=30).json()
    with running(config) as org:
        assert requests.get(f"{org.url}/id/keys", timeout=30).json() == keys
        assert works(org, second["access_token"])
        assert not works(org, revoked["access_token"])
        third = refresh(org, second["refresh_token"]).json()
        assert works(org, third["access_token"])
        assert refused(refresh(org, first["refresh_token"])) == GONE
        assert refused(refresh(org, third["refresh_token"])) == GONE


def test_the_token_endpoint_takes_only_post(app_org: RunningOrg) -> None:
    """X16: and says so in a real org's words."""
    answer = requests.get(f"{app_org.url}/services/oauth2/token", timeout=30)
    assert refused(answer) == ("invalid_request", "must use HTTP POST")
    assert refused(token_call(app_org)) == ("unsupported_grant_type", "grant type not supported")
