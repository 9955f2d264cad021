"""The JWT bearer flow: an app with a certificate vouches for a user who approved it before."""

from __future__ import annotations

from typing import Any

import jwt
from flask import request
from jwt.types import Options

from devorg.apps import scopes as scope
from devorg.apps.app import ClientApp
from devorg.apps.certificates import public_key
from devorg.apps.passwords import by_username
from devorg.oauth import clients
from devorg.oauth.answers import granted_to_assertion
from devorg.oauth.blueprint import base_url, the_org, the_state
from devorg.oauth.errors import NOT_APPROVED, OAuthError, invalid_grant
from devorg.users import User

# The assertion must end within five minutes; clocks may differ a little.
_LONGEST_SECONDS = 5 * 60
_LEEWAY_SECONDS = 30
# Salesforce's own CLI counts `exp` in milliseconds; in seconds this would be the year 5138.
_MILLISECONDS = 1e11
# A production org's two: the login host, and its own address.
_LOGIN_HOST = "https://login.salesforce.com"
_NOT_ASKED: Options = {
    "verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False,
    "verify_iss": False, "verify_sub": False, "verify_jti": False,
}  # fmt: skip


def jwt_bearer() -> dict[str, Any]:
    """A token for the user whom the assertion names."""
    text = request.form.get("assertion", "")
    app = clients.app_of(_issuer(text))
    claims = _verified(app, text)
    _check_audience(claims)
    _check_time(claims)
    user = _subject(claims)
    clients.check_network(app)
    clients.check_active(user)
    scopes = _scopes(app, user)
    return granted_to_assertion(app, user, scopes)


def _issuer(text: str) -> str:
    try:
        claims = jwt.decode(text, options={**_NOT_ASKED, "verify_signature": False})
    except jwt.PyJWTError as error:
        raise invalid_grant("invalid assertion") from error
    return str(claims.get("iss", ""))


def _verified(app: ClientApp, text: str) -> dict[str, Any]:
    if app.certificate is None:
        raise invalid_grant("invalid assertion")
    try:
        claims: dict[str, Any] = jwt.decode(
            text, public_key(app.certificate), algorithms=["RS256"], options=_NOT_ASKED
        )
    except jwt.PyJWTError as error:
        raise invalid_grant("invalid assertion") from error
    return claims


def _check_audience(claims: dict[str, Any]) -> None:
    given = claims.get("aud")
    named = given if isinstance(given, list) else [given]
    ours = {_LOGIN_HOST, base_url(), f"{base_url()}/services/oauth2/token"}
    if not any(isinstance(each, str) and each.rstrip("/") in ours for each in named):
        raise invalid_grant("audience is invalid")


def _check_time(claims: dict[str, Any]) -> None:
    now = the_org().clock.now().timestamp()
    try:
        end = float(claims["exp"])
    except (KeyError, TypeError, ValueError) as error:
        raise invalid_grant("invalid assertion") from error
    left = (end / 1000 if end > _MILLISECONDS else end) - now
    # Salesforce's own, odd words for an assertion that is over.
    if left < -_LEEWAY_SECONDS:
        raise invalid_grant("expired authorization code")
    if not left <= _LONGEST_SECONDS + _LEEWAY_SECONDS:
        raise invalid_grant("invalid assertion")


def _subject(claims: dict[str, Any]) -> User:
    # `prn` is what older clients call it.
    name = claims.get("sub", claims.get("prn"))
    user = by_username(name) if isinstance(name, str) else None
    if user is None:
        raise invalid_grant("user hasn't approved this consumer")
    return user


def _scopes(app: ClientApp, user: User) -> frozenset[str]:
    """An administrator's approval gives all scopes of the app; a user's own, those allowed."""
    if app.preauthorized:
        if not clients.is_preauthorized(app, user):
            raise OAuthError("invalid_app_access", NOT_APPROVED)
        allowed = frozenset(app.scopes)
    else:
        allowed = the_state().grants.approved(app, user) & frozenset(app.scopes)
        if not allowed:
            raise invalid_grant("user hasn't approved this consumer")
    return allowed - scope.OFFLINE
