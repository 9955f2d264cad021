"""`/services/oauth2/introspect`: what a token still opens (RFC 7662)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from devorg.apps import scopes as scope
from devorg.apps.app import ClientApp
from devorg.apps.grants import Grant
from devorg.oauth import clients
from devorg.oauth.answers import identity_url
from devorg.oauth.blueprint import blueprint, the_org, the_state
from devorg.tokens import Session


@blueprint.post("/services/oauth2/introspect")
def introspect() -> Response:
    """An app learns of its own tokens; of others' only if its policy says so."""
    app = clients.authenticated()
    token = request.form.get("token", "")
    session = the_org().tokens.session_of(token)
    if session is not None and session.app is not None:
        return jsonify(_access(session) if _may_know(app, session.app.client_id) else _NOTHING)
    grant = the_state().grants.find(token)
    if grant is not None and _may_know(app, grant.client_id):
        return jsonify(_refresh(grant))
    return jsonify(_NOTHING)


_NOTHING = {"active": False}


def _may_know(app: ClientApp, client_id: str) -> bool:
    return app.introspects_all or app.client_id == client_id


def _access(session: Session) -> dict[str, Any]:
    issued = session.issued_ms // 1000
    return {
        "active": True,
        "scope": scope.write(session.scopes),
        "client_id": session.app.client_id if session.app else None,
        "username": session.user.username,
        "sub": identity_url(session.user),
        "token_type": "access_token",
        "exp": session.expires_ms // 1000,
        "iat": issued,
        "nbf": issued,
    }


def _refresh(grant: Grant) -> dict[str, Any]:
    issued = grant.created_ms // 1000
    return {
        "active": True,
        "scope": scope.write(grant.scopes),
        "client_id": grant.client_id,
        "username": grant.user.username,
        "sub": identity_url(grant.user),
        "token_type": "refresh_token",
        "iat": issued,
        "nbf": issued,
    }
