"""The public page, its gate, its documents, and what it tells; on the pages' own origin.

No answer sets a cookie but that of an opened gate. GET and HEAD count nothing: mail scanners only
ever do these.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.clock import utcnow
from app.destinations import forms, passes, shown, tracking
from app.destinations.beacons import MAX_BYTES, read_beacon, read_refusal
from app.destinations.door import Entry, enter, find_logo
from app.destinations.errors import BeaconError, GateClosedError
from app.destinations.forms import FormState, Introduction
from app.destinations.page import Page, read_page
from app.destinations.policy import POLICY
from app.destinations.template import ABOUT_PATH
from app.destinations.throttle import throttle, throttle_day, visitor_at
from app.destinations.tracking import Visitor
from app.engagement.ports import recorded_of
from app.web import context
from app.web.csp import CLOSED
from app.web.limits import TooManyTodayError
from app.web.problem import problem
from app.web.room import Origin, Room, host_org, set_policy

room = Room("destinations", __name__, origin=Origin.PAGES, policy=POLICY)

_FORM_BYTES = 64 * 1024
_FORMS_PER_MINUTE = 10
_GATES_PER_MINUTE = 10


@room.get("/d/<token>")
def show(token: str) -> Response:
    """The page."""
    entry = _enter(token)
    with context.database().reading(entry.org_id) as session:
        passed = passes.require(session, entry, utcnow())
        page = read_page(session, entry.destination_id)
    typed = {"email": passed.email} if passed else {}
    return shown.page(entry, page, FormState(typed=typed, is_sent="sent" in request.args))


@room.get("/d/<token>/documents/<int:number>")
def show_document(token: str, number: int) -> Response:
    """A document; that it was opened is told by the page that linked it."""
    entry = _enter(token)
    with context.database().reading(entry.org_id) as session:
        passes.require(session, entry, utcnow())
        page = read_page(session, entry.destination_id)
    document = page.document_of.get(f"d{number}")
    return shown.document(entry, page, document) if document else shown.gone()


@room.post("/d/<token>/gate")
def open_gate(token: str) -> BaseResponse:
    """Somebody says who they are; a no is the same whoever is known here and whoever is not."""
    request.max_content_length = MAX_BYTES
    entry, now = _enter(token), utcnow()
    throttle("gate", entry, _GATES_PER_MINUTE)
    page = _page(entry)
    state = forms.check_introduction(request.form, page)
    if state.error:
        return shown.gate(entry, page, state, 422)
    with context.database().reading(entry.org_id) as session:
        is_let_in = passes.lets_in(session, entry, state.email, now)
    if not is_let_in:
        return shown.gate(entry, page, forms.not_let_in(state.email), 403)
    try:
        throttle_day("gate", entry, of_visitor=passes.MOST_OF_VISITOR, of_link=passes.MOST_OF_LINK)
    except TooManyTodayError:
        return shown.gate(entry, page, forms.too_many_today(state.email), 429)
    with context.database().writing(entry.org_id) as session:
        pass_id = passes.note(session, entry, state.email, page.consent, now)
    preview = "" if "preview" in request.args else None
    answer = redirect(url_for("destinations.show", token=token, preview=preview), 303)
    passes.give_cookie(answer, entry, pass_id)
    return answer


@room.post("/d/<token>/beacon")
def take_beacon(token: str) -> Response:
    """What the page tells while it is looked at; the same beacon again changes nothing."""
    visitor = _visitor(token, MAX_BYTES)
    throttle("beacon", visitor.entry, context.config().page_rate_per_minute)
    beacon = read_beacon(request.get_data())
    with context.database().writing(visitor.entry.org_id) as session:
        tracking.take_beacon(session, visitor, beacon, recorded_of(current_app))
    return Response(status=204)


@room.post("/d/<token>/refusal")
def take_refusal(token: str) -> Response:
    """The visitor does not want to be known."""
    visitor = _visitor(token, MAX_BYTES)
    throttle("beacon", visitor.entry, context.config().page_rate_per_minute)
    note = read_refusal(request.get_data())
    with context.database().writing(visitor.entry.org_id) as session:
        tracking.take_refusal(session, visitor, note.load)
        if visitor.passed is not None:
            passes.object_to(session, visitor.passed)
    return Response(status=204)


@room.post("/d/<token>/form")
def take_form(token: str) -> BaseResponse:
    """A message to the rep; programs that fill in the hidden field are thanked and forgotten."""
    visitor = _visitor(token, _FORM_BYTES)
    throttle("form", visitor.entry, _FORMS_PER_MINUTE)
    objects, page = request.headers.get("Sec-GPC") == "1", _page(visitor.entry)
    message = forms.check(request.form, page, objects=objects)
    if isinstance(message, FormState):
        return _form_again(visitor.entry, message)
    if not forms.is_trap(request.form):
        with context.database().writing(visitor.entry.org_id) as session:
            tracking.take_message(session, visitor, message, recorded_of(current_app))
    return _thanks(visitor.entry)


@room.get("/logos/<token>")
def logo(token: str) -> Response:
    """An org's logo: an image whatever a browser would make of it; a new one has a new address."""
    found = find_logo(context.database(), token, host_org())
    if found is None:
        return shown.gone()
    set_policy(CLOSED.with_directives(sandbox=""))
    response = Response(found.data, mimetype=found.media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@room.get(ABOUT_PATH)
def about() -> Response:
    """What pages record, for everybody to read."""
    return shown.about()


@room.errorhandler(404)
def _on_nothing(_error: Exception) -> Response:
    return shown.gone()


@room.errorhandler(GateClosedError)
def _on_closed_gate(error: GateClosedError) -> Response:
    status = 200 if request.method in {"GET", "HEAD"} else 403
    return shown.gate(error.entry, _page(error.entry), Introduction(), status)


@room.errorhandler(BeaconError)
def _on_bad_beacon(error: BeaconError) -> Response:
    return problem(400, error.reason, error.message)


def _enter(token: str) -> Entry:
    return enter(context.database(), token, utcnow(), host_org()) or abort(404)


def _visitor(token: str, max_bytes: int) -> Visitor:
    request.max_content_length = max_bytes
    agent = request.headers.get("User-Agent", "")[:512]
    entry, now, passed = _enter(token), utcnow(), None
    if entry.gate.asks(entry.email):
        with context.database().reading(entry.org_id) as session:
            passed = passes.require(session, entry, now)
    pages_url = context.config().pages_url
    if host_org():  # what is kept leads to where the visitor was
        pages_url = f"{urlsplit(pages_url).scheme}://{request.host}"
    viewer = visitor_at(entry.destination_id) if entry.counts_viewers else ""
    return Visitor(entry, agent, now, pages_url, passed, viewer)


def _page(entry: Entry) -> Page:
    with context.database().reading(entry.org_id) as session:
        return read_page(session, entry.destination_id)


def _wants_part() -> bool:
    """Whether the page's script asks, which puts the form's new state into the page itself."""
    return request.headers.get("X-Inlay-Part") == "form"


def _form_again(entry: Entry, state: FormState) -> Response:
    page = _page(entry)
    return shown.form(entry, page, state) if _wants_part() else shown.page(entry, page, state, 422)


def _thanks(entry: Entry) -> BaseResponse:
    if _wants_part():
        return _form_again(entry, FormState(is_sent=True))
    address = url_for("destinations.show", token=entry.token, sent="", _anchor="contact")
    return redirect(address, 303)
