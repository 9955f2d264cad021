"""OAuth of the org: client credentials and userinfo. A further grant is a further function."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from flask import Blueprint, Response, current_app, jsonify, request

from devorg import users
from devorg.errors import ApiError
from devorg.org import Org, org_of
from devorg.rest.dispatch import signed_in

blueprint = Blueprint("oauth", __name__, url_prefix="/services/oauth2")


def _refused(error: str, description: str) -> tuple[Response, int]:
    return jsonify(error=error, error_description=description), 400


def _credentials() -> tuple[str, str]:
    """The client's id and secret, from the form or from HTTP Basic."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return basic.username or "", basic.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


@blueprint.post("/token")
def token() -> Response | tuple[Response, int]:
    """`grant_type=client_credentials`: a token of the integration user."""
    org = org_of(current_app)
    if request.form.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type", "grant type not supported")
    client_id, secret = _credentials()
    if not _equal(client_id, org.config.client_id):
        return _refused("invalid_client_id", "client identifier invalid")
    if not _equal(secret, org.config.client_secret):
        return _refused("invalid_client", "invalid client credentials")
    return jsonify(_grant(org))


def _grant(org: Org) -> dict[str, str]:
    base = request.host_url.rstrip("/")
    identity = f"{base}/id/{org.config.org_id}/{users.INTEGRATION.id}"
    issued_at = str(int(time.time() * 1000))
    # Salesforce signs the identity URL and the time with the client's secret.
    mac = hmac.new(
        org.config.client_secret.encode(), (identity + issued_at).encode(), hashlib.sha256
    ).digest()
    return {
        "access_token": org.tokens.issue(users.INTEGRATION),
        "signature": base64.b64encode(mac).decode(),
        "scope": "api",
        "instance_url": base,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }


@blueprint.get("/userinfo")
def userinfo() -> Response | tuple[Response, int]:
    """Who the token is for."""
    org = org_of(current_app)
    try:
        user = signed_in(org)
    except ApiError:
        return jsonify(error="invalid_token", error_description="Bad_OAuth_Token"), 403
    base = request.host_url.rstrip("/")
    return jsonify(
        sub=f"{base}/id/{org.config.org_id}/{user.id}",
        user_id=user.id,
        organization_id=org.config.org_id,
        preferred_username=user.username,
        nickname=user.alias,
        name=user.name,
        email=user.username,
        email_verified=True,
        given_name=user.first_name,
        family_name=user.last_name,
        zoneinfo=user.time_zone,
        user_type="STANDARD",
        language=user.language,
        locale=user.locale,
        active=True,
        urls={
            "rest": f"{base}/services/data/v{{version}}/",
            "sobjects": f"{base}/services/data/v{{version}}/sobjects/",
            "query": f"{base}/services/data/v{{version}}/query/",
        },
    )
