"""The JWT bearer flow: what is checked of an assertion."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.oauth.flow import ROSA, Browser, change_app, refused, works
from tests.devorg.oauth.keys import PRIVATE_KEY, PUBLIC_KEY, make

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LET_IN = {
    "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
    "permittedUsers": ["rep"],
    "certificate": PUBLIC_KEY,
}
INVALID = ("invalid_grant", "invalid assertion")
AUDIENCE = ("invalid_grant", "audience is invalid")
NOT_APPROVED = ("invalid_grant", "user hasn't approved this consumer")


@pytest.fixture
def jwt_org(app_org: RunningOrg) -> RunningOrg:
    """The org whose test app has a certificate, and the rep let in by an administrator."""
    change_app(app_org, **LET_IN)
    return app_org


def claims(**other: Any) -> dict[str, Any]:
    """Good claims, or others."""
    given = {
        "iss": "test-app", "sub": ROSA, "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 180, **other,
    }  # fmt: skip
    return {key: value for key, value in given.items() if value is not None}


def ask(org: RunningOrg, assertion: str) -> requests.Response:
    """The call with an assertion."""
    form = {"grant_type": GRANT, "assertion": assertion}
    return requests.post(f"{org.url}/services/oauth2/token", data=form, timeout=30)


def signed(key: str = PRIVATE_KEY, algorithm: str = "RS256", **other: Any) -> str:
    """A signed assertion."""
    return jwt.encode(claims(**other), key, algorithm=algorithm)


def test_an_assertion_gives_a_token(jwt_org: RunningOrg) -> None:
    """X16: the shorter answer of this flow, and no refresh token."""
    answer = ask(jwt_org, signed()).json()
    assert list(answer) == ["access_token", "scope", "instance_url", "id", "token_type"]
    assert set(answer["scope"].split()) == {"api", "openid", "web"}
    assert works(jwt_org, answer["access_token"])


def test_the_org_itself_is_an_audience(jwt_org: RunningOrg) -> None:
    """X16: its own address, with or without a slash; `exp` may be a text, as some send it."""
    for audience in (jwt_org.url, f"{jwt_org.url}/", ["https://login.salesforce.com"]):
        exp = str(int(time.time()) + 60)
        assert ask(jwt_org, signed(aud=audience, exp=exp)).status_code == 200


def test_the_time_may_be_in_milliseconds(jwt_org: RunningOrg) -> None:
    """X16: as Salesforce's own CLI sends it; it ends no later for that."""
    now = int(time.time() * 1000)
    assert ask(jwt_org, signed(exp=now + 300)).status_code == 200
    assert refused(ask(jwt_org, signed(exp=now + 3_600_000))) == INVALID
    gone = ("invalid_grant", "expired authorization code")
    assert refused(ask(jwt_org, signed(exp=now - 60_000))) == gone


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"aud": "https://test.salesforce.com"}, AUDIENCE),
        ({"aud": "https://login.salesforce.com.evil.example"}, AUDIENCE),
        ({"aud": None}, AUDIENCE),
        ({"aud": 5}, AUDIENCE),
        ({"exp": int(time.time()) - 60}, ("invalid_grant", "expired authorization code")),
        ({"exp": int(time.time()) + 3600}, INVALID),
        ({"exp": None}, INVALID),
        ({"exp": "soon"}, INVALID),
        ({"exp": "nan"}, INVALID),
        ({"iss": "nobody"}, ("invalid_client_id", "client identifier invalid")),
        ({"sub": "nobody@halyard.example"}, NOT_APPROVED),
        ({"sub": "rep"}, NOT_APPROVED),
        ({"sub": None}, NOT_APPROVED),
    ],
)
def test_claims_that_do_not_hold_are_refused(
    jwt_org: RunningOrg, other: dict[str, Any], expected: tuple[str, str]
) -> None:
    """X16: each in a real org's words."""
    assert refused(ask(jwt_org, signed(**other))) == expected


def test_a_signature_must_be_the_certificates(jwt_org: RunningOrg) -> None:
    """X16: another key, no signature, or the public key used as a secret: all the same."""
    stranger, _ = make()
    head, body, _ = signed().split(".")
    none = jwt.encode(claims(), "", algorithm="none")
    for assertion in (signed(stranger), none, f"{head}.{body}.", "", "a.b.c", "\x00"):
        assert refused(ask(jwt_org, assertion))[0] == "invalid_grant"
    for algorithm in ("RS384", "RS512", "PS256"):
        assert refused(ask(jwt_org, signed(algorithm=algorithm))) == INVALID


def test_an_app_without_a_certificate_vouches_for_nobody(app_org: RunningOrg) -> None:
    """X16: whatever it signs with."""
    assert refused(ask(app_org, signed())) == INVALID


def test_the_user_must_have_approved_the_app(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: in a browser, once, where no administrator has done it for all."""
    change_app(app_org, certificate=PUBLIC_KEY)
    assert refused(ask(app_org, signed())) == NOT_APPROVED
    visitor.tokens(scope="api refresh_token")
    answer = ask(app_org, signed())
    assert answer.json()["scope"] == "api"


def test_an_administrator_keeps_others_out(jwt_org: RunningOrg) -> None:
    """X16: who is not let in by name or permission set."""
    answer = ask(jwt_org, signed(sub="amir.haddad@halyard.example"))
    denied = ("invalid_app_access", "user is not admin approved to access this app")
    assert refused(answer) == denied
