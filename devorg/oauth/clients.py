"""Which app calls, and whether it proves so."""

from __future__ import annotations

import hmac

from flask import request

from devorg.apps.app import ClientApp
from devorg.oauth.blueprint import address, the_org, the_state
from devorg.oauth.errors import BLOCKED, NOT_APPROVED, NOT_INSTALLED, OAuthError, invalid_grant
from devorg.users import User


def credentials() -> tuple[str, str | None]:
    """The client's id and secret, from the form or from HTTP Basic; None for no secret."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return basic.username or "", basic.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret")


def app_of(client_id: str) -> ClientApp:
    """The app of a consumer key. Raises OAuthError."""
    app = the_state().apps.find(client_id)
    if app is None:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    if not app.installed:
        raise OAuthError("app_not_found", NOT_INSTALLED)
    if app.blocked:
        raise OAuthError("OAUTH_APP_BLOCKED", BLOCKED)
    return app


def authenticated(*, secret_optional: bool = False) -> ClientApp:
    """The app that calls, with its secret checked. Raises OAuthError.

    An optional secret may be left out, but a wrong one is always wrong. Which app an optional
    secret belongs to is only known from the app, so `secret_optional` is asked of the caller.
    """
    client_id, secret = credentials()
    app = app_of(client_id)
    check_secret(app, secret, optional=secret_optional)
    return app


def check_secret(app: ClientApp, secret: str | None, *, optional: bool) -> None:
    """Raises OAuthError for a secret that is wrong, or missing where it must not be."""
    if secret is None and optional:
        return
    if not hmac.compare_digest((secret or "").encode(), app.client_secret.encode()):
        raise OAuthError("invalid_client", "invalid client credentials")


def check_network(app: ClientApp, *, refresh: bool = False) -> None:
    """Raises OAuthError where the app's IP policy keeps this address out."""
    if not app.allows(address(), refresh=refresh):
        raise invalid_grant("ip restricted")


def check_refresh_network(app: ClientApp) -> None:
    """Raises OAuthError where refresh tokens may not be got or used from this address."""
    if not app.allows_refresh_tokens(address()):
        raise invalid_grant("ip restricted")


def check_active(user: User) -> None:
    """Raises OAuthError for a user who has been deactivated."""
    if not the_state().passwords.is_active(user):
        raise OAuthError("inactive_user", "user is inactive")


def is_preauthorized(app: ClientApp, user: User) -> bool:
    """True if an administrator lets this user in, by name, profile or permission set."""
    return user.alias in app.permitted_users or any(
        each.name in (app.profiles if each.profile else app.permission_sets)
        for each in the_org().rights.of(user)
    )


def check_permitted(app: ClientApp, user: User) -> None:
    """Raises OAuthError for a user whom an administrator has not let in."""
    if app.preauthorized and not is_preauthorized(app, user):
        raise OAuthError("invalid_app_access", NOT_APPROVED)
