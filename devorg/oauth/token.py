"""`/services/oauth2/token`: one function a grant type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request

from devorg import users
from devorg.apps import scopes as scope
from devorg.apps.app import ClientApp
from devorg.apps.passwords import by_username
from devorg.oauth import clients
from devorg.oauth.answers import granted, granted_to_password
from devorg.oauth.blueprint import blueprint, the_org, the_state
from devorg.oauth.errors import EXPIRED_TOKEN, OAuthError, invalid_grant
from devorg.oauth.jwt_bearer import jwt_bearer

_FLOW_SCOPES = scope.OFFLINE | {"openid"}


@blueprint.get("/services/oauth2/token")
def refuse_get() -> Response:
    """Only POST gives tokens."""
    raise OAuthError("invalid_request", "must use HTTP POST")


@blueprint.post("/services/oauth2/token")
def token() -> Response:
    """A token, or OAuth's refusal."""
    grant = GRANTS.get(request.form.get("grant_type", ""))
    if grant is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    return jsonify(grant())


def _authorization_code() -> dict[str, Any]:
    client_id, secret = clients.credentials()
    app = clients.app_of(client_id)
    clients.check_secret(app, secret, optional=app.secret_optional)
    clients.check_network(app)
    known, code = the_state().codes.spend(request.form.get("code", ""))
    if not known:
        raise invalid_grant("invalid authorization code")
    if code is None:
        raise invalid_grant("expired authorization code")
    if code.client_id != app.client_id:
        raise invalid_grant("invalid authorization code")
    if request.form.get("redirect_uri") != code.redirect_uri:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    if not code.proven_by(request.form.get("code_verifier", "")):
        raise invalid_grant("invalid code verifier")
    clients.check_active(code.user)
    clients.check_permitted(app, code.user)
    offline = bool(code.scopes & scope.OFFLINE)
    if offline:
        clients.check_refresh_network(app)
    grants = the_state().grants
    grant = grants.open(app, code.user, code.scopes)
    refresh_token = grants.issue(grant) if offline else None
    return granted(
        app, code.user, code.scopes,
        grant_id=grant.id, refresh_token=refresh_token, nonce=code.nonce,
    )  # fmt: skip


def _refresh_token() -> dict[str, Any]:
    client_id, secret = clients.credentials()
    app = clients.app_of(client_id)
    clients.check_secret(app, secret, optional=not app.secret_to_refresh)
    clients.check_network(app, refresh=True)
    clients.check_refresh_network(app)
    refreshed = the_state().grants.refresh(app, request.form.get("refresh_token", ""))
    if refreshed is None:
        raise invalid_grant(EXPIRED_TOKEN)
    grant, following = refreshed
    clients.check_active(grant.user)
    clients.check_permitted(app, grant.user)
    return granted(app, grant.user, grant.scopes, grant_id=grant.id, refresh_token=following)


def _client_credentials() -> dict[str, Any]:
    app = clients.authenticated()
    clients.check_network(app)
    user = users.find(app.run_as) if app.client_credentials and app.run_as else None
    if user is None:
        raise invalid_grant("no client credentials user enabled")
    clients.check_active(user)
    return granted(app, user, _all_scopes(app) - _FLOW_SCOPES)


def _password() -> dict[str, Any]:
    """Off unless asked for: Salesforce blocks this flow in new orgs."""
    if not the_org().config.password_flow:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    app = clients.authenticated(secret_optional=False)
    clients.check_network(app)
    user = by_username(request.form.get("username", ""))
    given = request.form.get("password", "")
    if user is None or not the_state().passwords.opens_api(user, given):
        raise invalid_grant("authentication failure")
    clients.check_active(user)
    clients.check_permitted(app, user)
    return granted_to_password(app, user, _all_scopes(app) - _FLOW_SCOPES)


def _all_scopes(app: ClientApp) -> frozenset[str]:
    if not app.scopes:
        raise invalid_grant("no valid scopes defined")
    return frozenset(app.scopes)


GRANTS: dict[str, Callable[[], dict[str, Any]]] = {
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
    "password": _password,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": jwt_bearer,
}
