"""HTTP of home, search, lists and record pages; thin: who looks, may they, what is there."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, abort, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.http import generate_etag, quote_etag
from werkzeug.wrappers import Response as AnyResponse

from devorg import ids
from devorg.pages import canvas, lists
from devorg.pages.home import home as home_of
from devorg.pages.layouts import LAYOUTS
from devorg.pages.reading import has_pages
from devorg.pages.record import RecordPage, record_page
from devorg.pages.timeline import BELONGS, Timeline, timeline_of
from devorg.pages.web import blueprint, page, reading, the_org, the_recent, the_viewer
from devorg.schema import SObject

_MOST_FOUND = 5
_SEARCHED = (*LAYOUTS, "Task", "User")


def target(name: str, given: str) -> tuple[SObject, str]:
    """Object and 18-character id of a record's address, or 404."""
    record_id = ids.to_18(given)
    sobject = the_org().schema.objects.get(name)
    if record_id is None or sobject is None or not has_pages(sobject):
        abort(404)
    if not record_id.startswith(sobject.prefix):
        abort(404)
    return sobject, record_id


@blueprint.get("/")
@blueprint.get("/lightning/page/home")
def home() -> Response:
    """Where to start: what is due, what was seen, the main records, the newest of each object."""
    viewer = the_viewer()
    with reading() as reader:
        found = home_of(reader, viewer, the_recent().of(viewer.user.id))
    return page("home.html", home=found)


@blueprint.get("/lightning/search")
def search() -> Response:
    """What the viewer may see of all records that have the words in a name, e-mail or company."""
    viewer, words = the_viewer(), request.args.get("q", "").strip()
    with reading() as reader:
        found = [
            lists.found_table(reader, viewer, reader.sobject(name), words, _MOST_FOUND)
            for name in (_SEARCHED if words else ())
        ]
    return page(
        "search.html", searched=words, tables=[each for each in found if each.rows], found=found
    )


@blueprint.get("/lightning/o/<name>/list")
def list_view(name: str) -> Response:
    """Records of an object that the viewer may see: sorted, filtered, page by page."""
    sobject = the_org().schema.objects.get(name)
    if sobject is None or not has_pages(sobject):
        abort(404)
    viewer, query = the_viewer(), request.args
    number = query.get("page", "1")
    asked = lists.Asked(
        query.get("sort", ""), query.get("order") == "desc", query.get("q", "").strip(),
        int(number) if number.isascii() and number.isdecimal() else 1,
    )  # fmt: skip
    with reading() as reader:
        if not reader.may_read(sobject):
            abort(403, f"{viewer.user.first_name} may not see {sobject.plural}.")
        table = lists.list_table(reader, viewer, sobject, asked)
    return page("list.html", table=table, asked=asked, page_href=lists.page_href)


@blueprint.get("/lightning/r/<name>/<given>/view")
def record_view(name: str, given: str) -> AnyResponse:
    """The record page; without the right to it, what Lightning says then."""
    sobject, record_id = target(name, given)
    if record_id != given:
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        return redirect(f"/lightning/r/{name}/{record_id}/view{query}")
    viewer, shown, timeline = the_viewer(), None, None
    with reading() as reader:
        if not reader.exists(sobject, record_id):
            abort(404)
        if reader.may_see(sobject, record_id):
            shown = record_page(reader, sobject, record_id, viewer)
            if name in BELONGS:
                timeline = timeline_of(reader, sobject, record_id, viewer.user)
    if shown:
        the_recent().look(viewer.user.id, record_id)
    return _record(sobject, record_id, shown, timeline)


def _record(
    sobject: SObject, record_id: str, shown: RecordPage | None, timeline: Timeline | None
) -> Response:
    """The page of a record that exists; `shown` and `timeline` are None where it is hidden."""
    activities, etag = _activities(timeline) if timeline else ("", "")
    return page(
        "record.html",
        HTTPStatus.OK if shown else HTTPStatus.FORBIDDEN,
        sobject=sobject, record_id=record_id, page=shown, timeline=timeline,
        canvas=canvas.frames_of(sobject, record_id) if sobject.name in LAYOUTS else None,
        activities=Markup(activities), activities_etag=etag,  # noqa: S704 - a template's output
    )  # fmt: skip


def _activities(timeline: Timeline) -> tuple[str, str]:
    """The timeline as HTML, and its ETag."""
    text = render_template("pages/_activities.html", timeline=timeline)
    return text, quote_etag(generate_etag(text.encode()))


@blueprint.get("/lightning/r/<name>/<given>/activities")
def activities(name: str, given: str) -> AnyResponse:
    """The timeline alone, as HTML; the page asks again every 2 seconds, so 304 is the rule."""
    sobject, record_id = target(name, given)
    viewer = the_viewer()
    if name not in BELONGS:
        abort(404)
    with reading() as reader:
        if not reader.may_see(sobject, record_id):
            abort(403)
        timeline = timeline_of(reader, sobject, record_id, viewer.user)
    text, etag = _activities(timeline)
    response = make_response(text)
    response.headers["ETag"] = etag
    return response.make_conditional(request)
