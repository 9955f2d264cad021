"""OAuth of the org: client credentials, userinfo, identity. A further grant is a function more."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from flask import Blueprint, Response, current_app, jsonify, request

from devorg import users
from devorg.errors import ApiError, DropError
from devorg.ids import to_18
from devorg.org import Org, org_of
from devorg.rest.dispatch import drop_connection, signed_in

blueprint = Blueprint("oauth", __name__)


@blueprint.before_request
def strike() -> Response | tuple[Response, int] | None:
    """A hung or failing org hangs and fails here too, as far as the faults' paths say so."""
    faults = org_of(current_app).faults
    try:
        faults.strike_call([request.path], 0, after=False)
        faults.strike_status(request.path, after=False)
    except ApiError as error:
        return jsonify(error=error.reason.lower(), error_description=error.message), error.status
    except DropError:
        return drop_connection()
    return None


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


@blueprint.post("/services/oauth2/token")
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


def _invalid_token() -> tuple[Response, int]:
    return jsonify(error="invalid_token", error_description="Bad_OAuth_Token"), 403


@blueprint.get("/services/oauth2/userinfo")
def userinfo() -> Response | tuple[Response, int]:
    """Who the token is for, in the words of OpenID Connect."""
    org = org_of(current_app)
    try:
        user = signed_in(org)
    except ApiError:
        return _invalid_token()
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
        urls=_urls(base),
    )


@blueprint.get("/id/<org_id>/<user_id>")
def identity(org_id: str, user_id: str) -> Response | tuple[Response, int]:
    """The identity URL of a token: the same person, in Salesforce's older words."""
    org = org_of(current_app)
    try:
        user = signed_in(org)
    except ApiError:
        return _invalid_token()
    if to_18(org_id) != org.config.org_id or to_18(user_id) != user.id:
        return jsonify(error="bad_id", error_description="Bad_Id"), 404
    base = request.host_url.rstrip("/")
    return jsonify(
        id=f"{base}/id/{org.config.org_id}/{user.id}",
        asserted_user=True,
        user_id=user.id,
        organization_id=org.config.org_id,
        username=user.username,
        nick_name=user.alias,
        display_name=user.name,
        email=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
        timezone=user.time_zone,
        user_type="STANDARD",
        language=user.language,
        locale=user.locale,
        active=True,
        urls=_urls(base),
    )


def _urls(base: str) -> dict[str, str]:
    data = f"{base}/services/data/v{{version}}"
    return {"rest": f"{data}/", "sobjects": f"{data}/sobjects/", "query": f"{data}/query/"}
