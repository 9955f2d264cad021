"""Policies of external client apps: who, from where, as whom, for how long."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from devorg import DevorgConfig
from devorg.apps.passwords import DEFAULT_PASSWORD, DEFAULT_SECURITY_TOKEN
from devorg.rights.sets import permission_set
from devorg.server import RunningOrg, running
from devorg.users import USERS
from tests.devorg.oauth.flow import (
    AMIR,
    CLIENT,
    ROSA,
    Browser,
    advance,
    change_app,
    exchange,
    make_app,
    refresh,
    refused,
    token_call,
    words_of,
    works,
)

ADMIN_APPROVED = {
    "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
    "permittedUsers": ["admin"],
}
ELSEWHERE = {"ipRelaxationPolicyType": "Enforce", "ipRanges": ["10.0.0.0/8"]}
NO_SESSION = "This session is not valid for use with the REST API"


def limits(org: RunningOrg, token: str) -> requests.Response:
    """A REST call with that token."""
    header = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{org.url}/services/data/v60.0/limits", headers=header, timeout=30)


def test_a_pre_authorised_user_is_not_asked(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: the administrator has answered already."""
    change_app(app_org, **ADMIN_APPROVED)
    answer = visitor.log_in(visitor.address(), AMIR)
    assert "code" in words_of(answer.headers["Location"])


def test_profiles_and_permission_sets_let_in_whoever_has_them(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: as administrators mostly do it; names of one kind are none of the other."""
    by_set = {"permittedUsersPolicyType": "AdminApprovedPreAuthorized"}
    change_app(app_org, **by_set, permissionSets=["System Administrator"])
    words = words_of(visitor.log_in(visitor.address(), AMIR).headers["Location"])
    assert words["error"] == "OAUTH_APP_ACCESS_DENIED"
    change_app(app_org, profiles=["System Administrator"], permissionSets=["Connect"])
    assert "code" in words_of(visitor.get(visitor.address()).headers["Location"])
    rights = app_org.org.rights
    rights.define(permission_set({}, "Connect"))
    rights.assign(USERS[0], "Connect")
    answer = Browser(app_org).log_in(visitor.address(), ROSA)
    assert "code" in words_of(answer.headers["Location"])
    rights.reset()


def test_others_are_kept_out_by_the_administrator(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: the app hears it at its callback, with its state."""
    change_app(app_org, **ADMIN_APPROVED)
    words = words_of(visitor.log_in(visitor.address(state="s"), ROSA).headers["Location"])
    assert words["error"] == "OAUTH_APP_ACCESS_DENIED"
    assert words["error_description"] == "user is not admin approved to access this app"
    assert words["state"] == "s"


def test_taking_an_approval_away_ends_refreshing(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: and a code that is under way."""
    tokens, code = visitor.tokens(), visitor.code()
    change_app(app_org, **ADMIN_APPROVED)
    denied = ("invalid_app_access", "user is not admin approved to access this app")
    assert refused(refresh(app_org, tokens["refresh_token"])) == denied
    assert refused(exchange(app_org, code)) == denied


def test_an_address_out_of_range_gets_no_tokens(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: nor can it use those it has; relaxed, all is well again."""
    tokens, code = visitor.tokens(), visitor.code()
    change_app(app_org, **ELSEWHERE)
    restricted = ("invalid_grant", "ip restricted")
    assert refused(exchange(app_org, code)) == restricted
    assert refused(refresh(app_org, tokens["refresh_token"])) == restricted
    answer = limits(app_org, tokens["access_token"])
    assert answer.status_code == 401
    assert answer.json() == [{"message": NO_SESSION, "errorCode": "INVALID_SESSION_ID"}]
    header = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert requests.get(tokens["id"], headers=header, timeout=30).status_code == 403
    change_app(app_org, ipRelaxationPolicyType="Bypass")
    assert works(app_org, tokens["access_token"])
    assert exchange(app_org, code).status_code == 200


def test_an_address_out_of_range_gets_no_code(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: after the login, as the password is asked of everybody."""
    change_app(app_org, **ELSEWHERE)
    words = words_of(visitor.log_in(visitor.address()).headers["Location"])
    assert words["error_description"] == "ip restricted"


def test_refreshing_can_be_relaxed_apart(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: Enforce_RelaxRefresh."""
    token = visitor.tokens()["refresh_token"]
    change_app(app_org, **ELSEWHERE | {"ipRelaxationPolicyType": "Enforce_RelaxRefresh"})
    assert refresh(app_org, token).status_code == 200


@pytest.mark.parametrize(
    ("ranges", "allowed"),
    [
        (["127.0.0.1"], True),
        (["127.0.0.0-127.0.0.255"], True),
        (["10.0.0.0/8", "127.0.0.0/8"], True),
        (["::1"], False),
        (["127.0.0.2-127.0.0.9"], False),
    ],
)
def test_refresh_tokens_can_be_kept_to_some_addresses(
    app_org: RunningOrg, visitor: Browser, ranges: list[str], *, allowed: bool
) -> None:
    """X16: the allowlist that partners' apps must have."""
    token = visitor.tokens()["refresh_token"]
    change_app(app_org, refreshTokenIpAllowlist=ranges)
    assert (refresh(app_org, token).status_code == 200) == allowed


def test_client_credentials_run_as_the_user_of_the_policy(app_org: RunningOrg) -> None:
    """X16: all scopes of the app but those for people; permitted users do not matter."""
    change_app(
        app_org,
        isClientCredentialsFlowEnabled=True,
        clientCredentialsFlowUser=AMIR,
        **ADMIN_APPROVED | {"permittedUsers": []},
    )
    answer = token_call(app_org, grant_type="client_credentials").json()
    assert set(answer["scope"].split()) == {"api", "web"}
    assert "refresh_token" not in answer
    header = {"Authorization": f"Bearer {answer['access_token']}"}
    assert requests.get(answer["id"], headers=header, timeout=30).json()["username"] == AMIR


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"isClientCredentialsFlowEnabled": True},
        {"clientCredentialsFlowUser": "admin"},
    ],
)
def test_client_credentials_need_the_switch_and_the_user(
    app_org: RunningOrg, policy: dict[str, Any]
) -> None:
    """X16: a real org's words."""
    change_app(app_org, **policy)
    answer = token_call(app_org, grant_type="client_credentials")
    assert refused(answer) == ("invalid_grant", "no client credentials user enabled")


def test_client_and_secret_may_come_by_basic_authorization(app_org: RunningOrg) -> None:
    """X16: as simple-salesforce sends them."""
    change_app(app_org, isClientCredentialsFlowEnabled=True, clientCredentialsFlowUser="admin")
    form = {"grant_type": "client_credentials"}
    url = f"{app_org.url}/services/oauth2/token"
    good = (CLIENT["client_id"], CLIENT["client_secret"])
    assert requests.post(url, data=form, auth=good, timeout=30).status_code == 200
    wrong = requests.post(url, data=form, auth=(good[0], "guess"), timeout=30)
    assert refused(wrong) == ("invalid_client", "invalid client credentials")


def test_a_session_ends_when_it_rests_for_its_life(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: the app's timeout; every call begins it anew."""
    change_app(app_org, sessionTimeoutInMinutes=15)
    token = visitor.tokens()["access_token"]
    for _ in range(3):
        advance(app_org, 14 * 60)
        assert works(app_org, token)
    advance(app_org, 16 * 60)
    answer = limits(app_org, token)
    assert answer.status_code == 401
    assert answer.json() == [
        {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
    ]


def test_a_token_without_the_api_scope_opens_no_api(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: 401 with other words than for a session that is over; userinfo still answers."""
    token = visitor.tokens(scope="openid web")["access_token"]
    answer = limits(app_org, token)
    assert answer.status_code == 401
    assert answer.json() == [{"message": NO_SESSION, "errorCode": "INVALID_SESSION_ID"}]
    header = {"Authorization": f"Bearer {token}"}
    url = f"{app_org.url}/services/oauth2/userinfo"
    assert requests.get(url, headers=header, timeout=30).status_code == 200


def test_an_app_without_scopes_gets_nothing(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: a real org's words, at the callback and at the token endpoint."""
    change_app(
        app_org, oauthScopes=[], isClientCredentialsFlowEnabled=True,
        clientCredentialsFlowUser="admin",
    )  # fmt: skip
    words = words_of(visitor.get(visitor.address()).headers["Location"])
    assert words["error_description"] == "no valid scopes defined"
    answer = token_call(app_org, grant_type="client_credentials")
    assert refused(answer) == ("invalid_grant", "no valid scopes defined")


def test_a_deactivated_user_logs_in_to_nothing(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: told no more than that it does not work; a login from before is over."""
    visitor.code()
    with app_org.org.store.writing() as connection:
        connection.execute("UPDATE \"User\" SET IsActive = 0 WHERE Alias = 'rep'")
    page = visitor.get(visitor.address())
    assert 'id="Login"' in page.text
    failed = visitor.submit(page, username=ROSA, pw=DEFAULT_PASSWORD)
    assert "Please check your username and password" in failed.text
    with app_org.org.store.writing() as connection:
        connection.execute("UPDATE \"User\" SET IsActive = 1 WHERE Alias = 'rep'")


def test_a_deleted_app_takes_its_tokens_along(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: access tokens, too."""
    tokens = visitor.tokens()
    assert requests.delete(f"{app_org.url}/_devorg/apps/test-app", timeout=30).ok
    assert not works(app_org, tokens["access_token"])
    gone = ("invalid_client_id", "client identifier invalid")
    assert refused(refresh(app_org, tokens["refresh_token"])) == gone


@pytest.mark.parametrize(
    ("policy", "at_callback", "at_token"),
    [
        (
            {"isInstalled": False},
            ("OAUTH_EC_APP_NOT_FOUND", "External client app is not installed in this org"),
            ("app_not_found", "External client app is not installed in this org"),
        ),
        (
            {"isBlocked": True},
            ("OAUTH_APP_BLOCKED", "this app is blocked by admin"),
            ("OAUTH_APP_BLOCKED", "this app is blocked by admin"),
        ),
    ],
)
def test_an_administrator_removes_or_blocks_an_app(
    app_org: RunningOrg,
    visitor: Browser,
    policy: dict[str, Any],
    at_callback: tuple[str, str],
    at_token: tuple[str, str],
) -> None:
    """X16: sessions end, refreshing and connecting anew are refused; until it is undone."""
    tokens = visitor.tokens()
    change_app(app_org, **policy)
    assert not works(app_org, tokens["access_token"])
    assert refused(refresh(app_org, tokens["refresh_token"])) == at_token
    words = words_of(visitor.get(visitor.address()).headers["Location"])
    assert (words["error"], words["error_description"]) == at_callback
    change_app(app_org, isInstalled=True, isBlocked=False)
    assert refresh(app_org, tokens["refresh_token"]).status_code == 200


def test_the_password_flow_is_behind_its_switch(app_org: RunningOrg) -> None:
    """X16: new orgs block it."""
    form = {"grant_type": "password", "username": ROSA, "password": DEFAULT_PASSWORD}
    refusal = ("unsupported_grant_type", "grant type not supported")
    assert refused(token_call(app_org, **form)) == refusal


def test_the_password_flow_wants_password_and_token() -> None:
    """X16: authentication failure for anything else; no scope in the answer."""
    with running(DevorgConfig(password_flow=True)) as org:
        make_app(org)
        form = {"grant_type": "password", "username": ROSA, "password": DEFAULT_PASSWORD}
        failure = ("invalid_grant", "authentication failure")
        assert refused(token_call(org, **form)) == failure
        assert refused(token_call(org, **form | {"username": "rep"})) == failure
        form["password"] += DEFAULT_SECURITY_TOKEN
        answer = token_call(org, **form).json()
        assert list(answer) == [
            "access_token", "instance_url", "id", "token_type", "issued_at", "signature",
        ]  # fmt: skip
        assert works(org, answer["access_token"])
