"""The blueprint of all OAuth endpoints: faults strike here too, and nothing may be cached."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, request

from devorg import history
from devorg.apps.state import OAuthState
from devorg.errors import ApiError, DropError
from devorg.oauth.errors import OAuthError
from devorg.org import Org, org_of
from devorg.rest.dispatch import drop_connection

blueprint = Blueprint(
    "oauth",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/login/static",
)


def the_org() -> Org:
    """The org that this request is for."""
    return org_of(current_app)


def the_state() -> OAuthState:
    """What it knows of logins."""
    return the_org().oauth


def base_url() -> str:
    """Where this org answers, as the client wrote it."""
    return request.host_url.rstrip("/")


def address() -> str:
    """Where the request came from."""
    return request.remote_addr or ""


@blueprint.before_request
def strike() -> Response | tuple[Response, int] | None:
    """A hung or failing org hangs and fails here too, as far as the faults' paths say so."""
    faults = the_org().faults
    try:
        faults.strike_call([request.path], 0, after=False)
        faults.strike_status(request.path, after=False)
    except ApiError as error:
        return jsonify(error=error.reason.lower(), error_description=error.message), error.status
    except DropError:
        return drop_connection()
    return None


@blueprint.after_request
def keep_no_copy(response: Response) -> Response:
    """Tokens and forms must not lie in a cache."""
    if request.endpoint != "oauth.static":
        response.headers["Cache-Control"] = "no-cache, no-store"
        response.headers["Pragma"] = "no-cache"
    return response


@blueprint.errorhandler(OAuthError)
def refuse(error: OAuthError) -> tuple[Response, int]:
    """The body of a real org."""
    history.tell(note=f"{error.reason}: {error.message}")
    return error.answer()
