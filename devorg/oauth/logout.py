"""Logging the browser out."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

from devorg.apps.visits import COOKIE
from devorg.oauth.blueprint import blueprint, the_state
from devorg.oauth.pages import protect


@blueprint.get("/secur/logout.jsp")
def log_out() -> Response:
    """The browser is nobody's from now on; tokens that apps hold stay good, as there."""
    the_state().visits.end(request.cookies.get(COOKIE, ""))
    response = make_response(render_template("oauth/logged_out.html"))
    response.delete_cookie(COOKIE, path="/")
    return protect(response)
