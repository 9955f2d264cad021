"""The widget's addresses: the posted request, and what an open frame asks."""

from __future__ import annotations

from typing import cast

import structlog
from flask import Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.clock import utcnow
from app.errors import InlayError
from app.orgs.admission import Verified, verify
from app.salesforce.gateway import current_gateway
from app.web import context, i18n
from app.web.errors import answer
from app.web.logs import bind
from app.web.metrics import CANVAS_REQUESTS
from app.web.room import Origin, Room
from app.widget import bearer, card, frames, pages, refusals, sharing
from app.widget.card import Card
from app.widget.errors import WidgetError
from app.widget.opening import Parts, open_frame
from app.widget.policy import POLICY
from app.widget.ports import console_of
from app.widget.views import View, view_named, view_of
from app.widget.why import explained
from canvas.errors import CanvasError, SignedRequestError

room = Room("widget", __name__, origin=Origin.APP, policy=POLICY)
_log = structlog.get_logger("inlay.widget")

#: Apex may pass 32 kB of parameters; base64 and form encoding make at most twice that of it.
MAX_BODY_BYTES = 160_000


@room.before_request
def limit_body() -> None:
    """Nothing here takes more than a signed request."""
    request.max_content_length = MAX_BODY_BYTES
    request.max_form_memory_size = MAX_BODY_BYTES


@room.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """A body beyond the limit, said as calmly as the rest."""
    return refused(SignedRequestError("too_large"))


@room.errorhandler(CanvasError)
@room.errorhandler(InlayError)
def refused(error: CanvasError | InlayError) -> Response:
    """A calm page in the frame, problem+json for the frame's own calls; counted and logged."""
    CANVAS_REQUESTS.labels(outcome=error.reason).inc()
    if refusals.is_known(error.reason):
        _log.warning("refused", reason=error.reason)
    else:
        _log.error("unexpected_refusal", reason=error.reason, exc_info=error)
    return _say(error)


@room.errorhandler(Exception)
def crashed(error: Exception) -> Response:
    """A mistake of ours: still a calm page, since the frame would stay blank without one."""
    if isinstance(error, HTTPException):
        return answer(error.code or 500, "http_error", error.description or "")
    CANVAS_REQUESTS.labels(outcome="crash").inc()
    _log.error("crash", kind=type(error).__name__, exc_info=error)
    return _say(WidgetError("Something went wrong on our side.", reason="crash"))


def _say(error: CanvasError | InlayError) -> Response:
    if request.path.startswith("/widget/"):
        return pages.problem_of(error)
    return pages.refusal(error)


@room.post("/canvas")
@room.post("/canvas/<app_key>")
def open_widget(app_key: str = "") -> Response:
    """Salesforce posts a signed request: the whole card, or a calm page."""
    verified = _verify(request.form.get("signed_request", ""), app_key)
    if view_of(verified.envelope) is View.CONSOLE:
        return _console(verified)
    opening = open_frame(_parts(), verified)
    shown = card.of_opening(context.database(), opening, context.config().pages_url)
    CANVAS_REQUESTS.labels(outcome="opened").inc()
    _log.info("opened", sobject=opening.frame.claims.sobject)
    return pages.card_page(context.config(), opening, shown)


@room.get("/canvas")
@room.get("/canvas/<app_key>")
def explain(app_key: str = "") -> Response:
    """No signed request: the user has to approve the app first, or came by another way."""
    if request.args.get("_sfdc_canvas_auth") == "user_approval_required":
        CANVAS_REQUESTS.labels(outcome="approval_required").inc()
        return pages.approval(request.args.get("loginUrl"))
    return pages.belongs_in_salesforce()


@room.post("/widget/renew")
def renew() -> Response:
    """The frame's bearer ends: a fresh signed request of the same user and record, proven anew."""
    frame = bearer.read(
        _bearer(), context.keyring(), now=utcnow(), allow_expired_s=bearer.RENEWABLE_S
    )
    body = request.get_json(silent=True)
    text = body.get("signed_request") if isinstance(body, dict) else None
    verified = _verify(text if isinstance(text, str) else "", frame.names.app_key)
    opening = open_frame(_parts(), verified, renews=frame.claims)
    shown = card.of_opening(context.database(), opening, context.config().pages_url)
    CANVAS_REQUESTS.labels(outcome="renewed").inc()
    return jsonify(pages.renewed(context.config(), opening, shown))


@room.get("/widget/changes")
def changes() -> Response:
    """Whether the card would differ from the one that the ETag names."""
    answer = Response("{}", mimetype="application/json")
    answer.set_etag(frames.current_version(context.database(), _frame()))
    return cast(Response, answer.make_conditional(request))


@room.get("/widget/card")
def show_card() -> Response:
    """The card's parts as they are now, within the rights that the bearer proves."""
    frame = _frame()
    return pages.fragment(_card(frame))


@room.get("/widget/timeline")
def show_timeline() -> Response:
    """A page of the timeline: of a kind, or older than a cursor."""
    page = card.timeline_of_frame(
        context.database(),
        _frame(),
        kind=request.args.get("kind", ""),
        before=request.args.get("before", ""),
    )
    return pages.timeline_fragment(page)


@room.get("/widget/why")
def why() -> Response:
    """Why something of this card's people is not in Salesforce."""
    return pages.why_fragment(explained.explain(context.database(), _frame()))


@room.post("/widget/why/retry")
def retry() -> Response:
    """Try again what was refused of this card's people, and say how it stands then."""
    database, frame = context.database(), _frame()
    retried = explained.retry(database, frame)
    return pages.why_fragment(explained.explain(database, frame, retried=retried))


@room.post("/widget/destinations")
def create_destination() -> Response:
    """One click: the Destination of this record, made now or long ago."""
    frame = _frame()
    created = sharing.create(context.database(), frame)
    return pages.fragment(_card(frame), status=201 if created else 200)


def _parts() -> Parts:
    return Parts(context.database(), context.config(), context.keyring(), current_gateway())


def _verify(text: str, app_key: str) -> Verified:
    """From the posted text to what Salesforce vouches for; it also serves the calm pages."""
    parts = _parts()
    verified = verify(parts.database, parts.config, parts.keyring, text, app_key)
    pages.remember(verified.envelope)
    return verified


def _console(verified: Verified) -> Response:
    """For admins, another room's page in the same canvas."""
    config = context.config()
    page = console_of(current_app)(verified, pages.client_of(config, verified.envelope))
    CANVAS_REQUESTS.labels(outcome="console").inc()
    return pages.framed(config, verified.envelope, page)


def _card(frame: bearer.Frame) -> Card:
    return card.of_frame(
        context.database(),
        frame,
        context.config().pages_url,
        view=view_named(request.args.get("view")),
        kind=request.args.get("kind", ""),
    )


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _frame() -> bearer.Frame:
    """The frame that asks, by its bearer; what it reads checks org and features."""
    frame = bearer.read(_bearer(), context.keyring(), now=utcnow())
    bind(user=frame.claims.user_id)
    i18n.set_locale(frame.claims.locale)
    return frame
