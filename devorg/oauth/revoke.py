"""`/services/oauth2/revoke`: taking tokens back."""

from __future__ import annotations

import json
import re

from flask import Response, request

from devorg.oauth.blueprint import blueprint, the_org, the_state
from devorg.oauth.errors import OAuthError

_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)


@blueprint.route("/services/oauth2/revoke", methods=["GET", "POST"])
def revoke() -> Response:
    """An access token ends alone; a refresh token ends with all access tokens of its grant.

    By GET with a `callback` the answer is a script that calls it, as Salesforce's is.
    """
    try:
        _take_back(request.values.get("token", ""))
    except OAuthError as error:
        body = {"error": error.reason, "error_description": error.message}
        return _answer(body, error.status)
    return _answer({}, 200)


def _take_back(token: str) -> None:
    org = the_org()
    session = org.tokens.session_of(token)
    if session is not None:
        org.tokens.revoke(session)
        return
    grant = the_state().grants.find(token)
    if grant is None:
        raise OAuthError("invalid_token", "invalid token")
    the_state().grants.end(grant.id)


def _answer(body: dict[str, str], status: int) -> Response:
    callback = request.args.get("callback", "")
    if request.method == "GET" and _CALLBACK.fullmatch(callback):
        script = f"{callback}({json.dumps(body)});"
        return Response(script, 200, content_type="application/javascript;charset=UTF-8")
    text = json.dumps(body) if body else ""
    return Response(text, status, content_type="application/json;charset=UTF-8")
