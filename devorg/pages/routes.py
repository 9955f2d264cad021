"""HTTP of the pages; thin: who looks, may they, what is there."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.http import generate_etag, quote_etag
from werkzeug.wrappers import Response as AnyResponse

from devorg import history, ids, signing
from devorg.org import Org, org_of
from devorg.pages import lists, security
from devorg.pages.layouts import LAYOUTS
from devorg.pages.reading import Reader
from devorg.pages.record import RecordPage, record_page
from devorg.pages.timeline import Timeline, timeline_of
from devorg.pages.viewer import PEOPLE, VARIANTS, Viewer, viewer_of
from devorg.schema import SObject

blueprint = Blueprint(
    "pages",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/lightning/static",
)
_API_PREFIXES = ("/services/", "/_devorg/")


def _org() -> Org:
    return org_of(current_app)


def _viewer() -> Viewer:
    if "viewer" not in g:
        g.viewer = viewer_of(request)
    viewer: Viewer = g.viewer
    return viewer


def _page(template: str, status: int = 200, **values: Any) -> Response:
    """A whole page with the viewer's choice remembered."""
    viewer = _viewer()
    text = render_template(
        f"pages/{template}",
        viewer=viewer, people=PEOPLE, variants=VARIANTS, tabs=LAYOUTS,
        objects=_org().schema.objects, org_name=_org().config.org_name, path=request.path, **values,
    )  # fmt: skip
    response = make_response(text, status)
    viewer.remember(response)
    return response


def _target(name: str, given: str) -> tuple[SObject, str]:
    """Object and 18-character id of a record's address, or 404."""
    record_id = ids.to_18(given)
    sobject = _org().schema.objects.get(name) if name in LAYOUTS else None
    if record_id is None or sobject is None or not record_id.startswith(sobject.prefix):
        abort(404)
    return sobject, record_id


@blueprint.before_app_request
def begin() -> None:
    """Every call of this application is recorded, whoever answers it."""
    history.begin(request)


@blueprint.after_app_request
def end(response: Response) -> Response:
    """The answer is known: keep the call."""
    history.end(request, response, _org().history, _org().clock)
    return response


@blueprint.after_request
def protect(response: Response) -> Response:
    """The headers of every page; only static files may be kept by the browser."""
    security.protect(response, security.origin_of(_org().config.canvas_url))
    if request.endpoint != "pages.static":
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/")
@blueprint.get("/lightning/page/home")
def home() -> Response:
    """Where to start: the seeded main records, and the newest of each object."""
    viewer = _viewer()
    with _org().store.reading() as connection:
        reader = Reader(connection, _org().schema, viewer.user.id)
        mains, tables = lists.mains(reader), lists.home_tables(reader, viewer)
    return _page("home.html", mains=mains, tables=tables)


@blueprint.get("/lightning/o/<name>/list")
def list_view(name: str) -> Response:
    """All records of an object that the viewer may see."""
    if name not in LAYOUTS:
        abort(404)
    viewer = _viewer()
    with _org().store.reading() as connection:
        table = lists.list_table(Reader(connection, _org().schema, viewer.user.id), viewer, name)
    return _page("list.html", table=table)


@blueprint.get("/lightning/r/<name>/<given>/view")
def record_view(name: str, given: str) -> AnyResponse:
    """The record page; without the right to it, what Lightning says then."""
    sobject, record_id = _target(name, given)
    if record_id != given:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        return redirect(f"/lightning/r/{name}/{record_id}/view{query}")
    viewer, page, timeline = _viewer(), None, None
    with _org().store.reading() as connection:
        reader = Reader(connection, _org().schema, viewer.user.id)
        if not reader.exists(sobject, record_id):
            abort(404)
        if reader.may_see(sobject, record_id):
            page = record_page(reader, sobject, record_id, viewer)
            timeline = timeline_of(reader, sobject, record_id, viewer.user)
    return _record(sobject, record_id, page, timeline)


def _record(
    sobject: SObject, record_id: str, page: RecordPage | None, timeline: Timeline | None
) -> Response:
    """The page of a record that exists; `page` and `timeline` are None where it is hidden."""
    org = _org()
    activities, etag = _activities(timeline) if timeline else ("", "")
    return _page(
        "record.html",
        HTTPStatus.OK if page else HTTPStatus.FORBIDDEN,
        sobject=sobject, record_id=record_id, page=page, canvas_url=org.config.canvas_url,
        canvas_origin=security.origin_of(org.config.canvas_url),
        instance_id=signing.instance_id(org.names.namespace, _viewer().variant),
        activities=Markup(activities), activities_etag=etag,  # noqa: S704 - a template's output
    )  # fmt: skip


def _activities(timeline: Timeline) -> tuple[str, str]:
    """The timeline as HTML, and its ETag."""
    text = render_template("pages/_activities.html", timeline=timeline)
    return text, quote_etag(generate_etag(text.encode()))


@blueprint.get("/lightning/r/<name>/<given>/activities")
def activities(name: str, given: str) -> AnyResponse:
    """The timeline alone, as HTML; the page asks again every 2 seconds, so 304 is the rule."""
    sobject, record_id = _target(name, given)
    viewer = _viewer()
    with _org().store.reading() as connection:
        reader = Reader(connection, _org().schema, viewer.user.id)
        if not reader.may_see(sobject, record_id):
            abort(403)
        timeline = timeline_of(reader, sobject, record_id, viewer.user)
    text, etag = _activities(timeline)
    response = make_response(text)
    response.headers["ETag"] = etag
    return response.make_conditional(request)


@blueprint.put("/lightning/signedrequest")
def signed_request() -> Response:
    """A fresh signed request for a record's canvas, in the shape of Salesforce's answer.

    As there, the page's script asks for it once it runs, and again on refresh: the HTML never
    holds one. Salesforce's page PUTs to `/services/data/vXX.0/platformconnect/signedrequest`;
    ours stays out of `/services/`, so that faults and call counts of the REST API, which tests
    turn, do not touch the page around the frame. Being PUT, it cannot be sent from another
    site without a CORS preflight, which nobody answers.
    """
    sobject, record_id = _target(request.args.get("sobject", ""), request.args.get("record", ""))
    viewer, org = _viewer(), _org()
    with org.store.reading() as connection:
        if not Reader(connection, _org().schema, viewer.user.id).exists(sobject, record_id):
            abort(404)
    text = org.sign(viewer.user, record_id, viewer.variant, request.host_url.rstrip("/"))
    return jsonify(response=text, auxiliary={})


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
    response = _page("problem.html", code, code=code, description=error.description)
    return protect(response)
