"""External client apps with their policies, what they were granted, and passwords."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, jsonify

from devorg.apps import ClientApp
from devorg.apps.app import app_from
from devorg.apps.grants import Grant
from devorg.control.call import blueprint, the_body, the_org, user_of
from devorg.errors import ControlError


def _app(client_id: str) -> ClientApp:
    app = the_org().oauth.apps.find(client_id)
    if app is None:
        known = ", ".join(each.client_id for each in the_org().oauth.apps.all())
        raise ControlError("app", f"No app {client_id!r}; there are {known}.")
    return app


@blueprint.get("/apps")
def list_apps() -> Response:
    """Every app with its policies and its secret."""
    return jsonify(apps=[each.as_json() for each in the_org().oauth.apps.all()])


@blueprint.post("/apps")
def make_app() -> Response:
    """A new app; a key and a secret are made up where none are given."""
    made_up = {
        "consumerKey": "3MVG9" + secrets.token_urlsafe(48).replace("-", "."),
        "consumerSecret": secrets.token_hex(32).upper(),
    }
    app = app_from({**made_up, **the_body()})
    if the_org().oauth.apps.find(app.client_id):
        raise ControlError("consumerKey", f"There is an app {app.client_id!r} already; PATCH it.")
    the_org().oauth.apps.save(app)
    return jsonify(app.as_json())


@blueprint.patch("/apps/<client_id>")
def change_app(client_id: str) -> Response:
    """Other settings or policies; they hold from the next call on."""
    body = the_body()
    if body.get("consumerKey", client_id) != client_id:
        raise ControlError("consumerKey", "The key of an app does not change.")
    app = app_from(body, _app(client_id))
    the_org().oauth.apps.save(app)
    return jsonify(app.as_json())


@blueprint.delete("/apps/<client_id>")
def delete_app(client_id: str) -> Response:
    """Delete an app; all its tokens end."""
    app = _app(client_id)
    if the_org().oauth.apps.is_built_in(app):
        raise ControlError("app", "A built-in app stays; PATCH its policies instead.")
    the_org().oauth.grants.end_all_of(app.client_id)
    the_org().oauth.apps.delete(app)
    return jsonify(ok=True)


@blueprint.get("/apps/<client_id>/grants")
def list_grants(client_id: str) -> Response:
    """Who has granted the app what, oldest first."""
    app, grants = _app(client_id), the_org().oauth.grants.all()
    return jsonify(grants=[_show(each) for each in grants if each.client_id == app.client_id])


def _show(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "user": grant.user.alias,
        "scopes": sorted(grant.scopes),
        "created": grant.created_ms,
        "used": grant.used_ms,
    }


@blueprint.delete("/apps/<client_id>/grants")
def end_grants(client_id: str) -> Response:
    """Revoke all that the app was granted, and every user's approval."""
    the_org().oauth.grants.end_all_of(_app(client_id).client_id)
    return jsonify(ok=True)


@blueprint.post("/passwords")
def change_password() -> Response:
    """`user`, `password`, `security_token`: what one user logs in with; an empty token: none."""
    body = the_body()
    user = user_of(body.get("user"))
    given = (body.get("password"), body.get("security_token"))
    if not all(each is None or isinstance(each, str) for each in given) or given[0] == "":
        raise ControlError("password", "password and security_token must be texts.")
    the_org().oauth.passwords.change(user, *given)
    return jsonify(ok=True)
