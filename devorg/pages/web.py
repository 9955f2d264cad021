"""What all pages share: the blueprint, who looks, a whole page, headers, problems, recording."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    make_response,
    render_template,
    request,
)
from werkzeug.exceptions import HTTPException

from devorg import history
from devorg.org import Org, org_of
from devorg.pages import security
from devorg.pages.layouts import LAYOUTS
from devorg.pages.reading import Reader
from devorg.pages.recent import Recent
from devorg.pages.viewer import FRAMES, PEOPLE, VARIANTS, Viewer, viewer_of

blueprint = Blueprint(
    "pages",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/lightning/static",
)
# Nobody waits longer for a page; steps of SQLite's machine between two looks at the clock.
_MOST_SECONDS: Final = 5.0
_STEPS: Final = 10_000
_API_PREFIXES = ("/services/", "/_devorg/")


def the_org() -> Org:
    """The org that this request is for."""
    return org_of(current_app)


def only_own_buttons() -> None:
    """Only these pages' own buttons may change something, no other site in the same browser."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        abort(403)


def the_viewer() -> Viewer:
    """Who looks at the page of this request."""
    if "viewer" not in g:
        g.viewer = viewer_of(request)
    viewer: Viewer = g.viewer
    return viewer


def the_recent() -> Recent:
    """What people of this org looked at last."""
    found = current_app.extensions.setdefault("devorg-recent", Recent())
    if not isinstance(found, Recent):
        raise TypeError("This application was not made by create_org_app.")
    return found


@contextmanager
def reading() -> Iterator[Reader]:
    """Read the org as who looks; what takes too long is given up, as in a real org."""
    org, viewer = the_org(), the_viewer()
    with org.store.reading() as connection:
        connection.set_progress_handler(_watch(time.monotonic() + _MOST_SECONDS), _STEPS)
        try:
            yield Reader(connection, org, viewer.user)
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            abort(503, "This took too long. Few of very many records are open to this user.")
        finally:
            connection.set_progress_handler(None, _STEPS)


def _watch(until: float) -> Callable[[], bool]:
    return lambda: time.monotonic() > until


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A whole page with the viewer's choice remembered."""
    viewer, org = the_viewer(), the_org()
    text = render_template(
        f"pages/{template}",
        viewer=viewer, people=PEOPLE, variants=VARIANTS, frames=FRAMES, tabs=LAYOUTS,
        objects=org.schema.objects, org_name=org.config.org_name, path=request.path, **values,
    )  # fmt: skip
    response = make_response(text, status)
    viewer.remember(response)
    return response


@blueprint.before_app_request
def begin() -> None:
    """Every call of this application is recorded, whoever answers it."""
    history.begin(request)


@blueprint.after_app_request
def end(response: Response) -> Response:
    """The answer is known: keep the call."""
    history.end(request, response, the_org().history, the_org().clock)
    return response


@blueprint.after_request
def protect(response: Response) -> Response:
    """The headers of every page; only static files may be kept by the browser."""
    policy = g.get("policy") or security.Policy(security.origin_of(the_org().config.canvas_url))
    security.protect(response, policy)
    if request.endpoint != "pages.static":
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.app_errorhandler(404)
@blueprint.errorhandler(HTTPException)
def problem(error: HTTPException) -> HTTPException | Response:
    """A simple page for what is wrong with an address; the APIs keep their own answers."""
    if request.path.startswith(_API_PREFIXES):
        return error
    code = error.code or 500
    if code == HTTPStatus.BAD_REQUEST:
        # Who looks is what could not be read, so the page must not ask again.
        g.viewer = Viewer(PEOPLE[0], "aura")
    response = page("problem.html", code, code=code, description=error.description)
    return protect(response)
