"""What OpenID Connect clients read before they begin."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.apps import scopes as scope
from devorg.oauth.blueprint import base_url, blueprint, the_state

_CLAIMS = (
    "active", "address", "email", "email_verified", "family_name", "given_name", "is_app_installed",
    "language", "locale", "name", "nickname", "organization_id", "phone_number",
    "phone_number_verified", "photos", "picture", "preferred_username", "profile", "sub",
    "updated_at", "urls", "user_id", "user_type", "zoneinfo",
)  # fmt: skip


@blueprint.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """The endpoints, and what they can do; nothing that they cannot."""
    base = base_url()
    endpoints = f"{base}/services/oauth2"
    return jsonify(
        issuer=base,
        authorization_endpoint=f"{endpoints}/authorize",
        token_endpoint=f"{endpoints}/token",
        revocation_endpoint=f"{endpoints}/revoke",
        userinfo_endpoint=f"{endpoints}/userinfo",
        jwks_uri=f"{base}/id/keys",
        introspection_endpoint=f"{endpoints}/introspect",
        scopes_supported=list(scope.NAMES),
        response_types_supported=["code"],
        grant_types_supported=[
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        code_challenge_methods_supported=["S256"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        display_values_supported=["page", "popup", "touch"],
        token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"],
        claims_supported=list(_CLAIMS),
    )


@blueprint.get("/id/keys")
def keys() -> Response:
    """The public keys that check an id_token."""
    return jsonify(keys=[the_state().keys.jwk()])
