"""Log in with Salesforce in a popup (web server flow): from the button to the page that closes.

The popup opens a ticket, so that it works from a frame, too, which has no cookie. Its browser gets
a cookie of its own for the way; the verifier of PKCE never leaves the server.
"""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Response, jsonify, redirect, request, url_for
from sqlalchemy import select

from app.console.connect import typed, ways, words
from app.console.connect.show import show
from app.console.cookies import Cookie
from app.console.errors import ConsoleError
from app.console.guard import require_form_of_nobody
from app.console.pages import page, wants_json
from app.console.principal import current_org, current_principal, principal_or_none
from app.console.room import POLICY, room
from app.console.sign_in import attempts as sign_in_attempts
from app.console.sign_in import by_salesforce
from app.orgs.models import Org
from app.salesforce.connect import attempts, establishing
from app.salesforce.connect.attempts import Answered
from app.salesforce.errors import AttemptOver, ForeignHost, ReconnectNeeded, SalesforceError
from app.salesforce.gateway import current_gateway
from app.salesforce.models import ConnectAttempt, Method
from app.web import context
from app.web.csp import Policy
from app.web.problem import problem
from app.web.room import set_policy

#: The popup keeps its opener through Salesforce's pages; it shows nothing of anybody's.
POPUP = Policy(
    POLICY.directives,
    {
        **POLICY.headers,
        "Cross-Origin-Opener-Policy": "unsafe-none",
        "Referrer-Policy": "no-referrer",  # its address holds a ticket, or a code and a state
    },
)
_COOKIE = Cookie("inlay-connect", attempts.LIFE)


@room.post("/console/orgs/<org_id>/connect/popup")
def open_popup() -> Response:
    """A ticket for the popup: as JSON for the script, as a page that goes on without one."""
    org, principal, gateway = current_org(), current_principal(), current_gateway()
    if gateway.policy.vendor is None:
        raise ConsoleError(words.sentence("way_not_allowed"), reason="way_not_allowed", status=404)
    try:
        login_url = ways.login_url(
            gateway, request.form.get("login", ""), request.form.get("address", "")
        )
    except ForeignHost as error:
        return _no_login(words.sentence(error.reason))
    opener = str(principal.session_id) if principal.session_id else ""
    with context.database().writing(org.id) as session:
        ticket = attempts.offer(session, actor=principal.actor, opener=opener, login_url=login_url)
    url = context.config().app_url + url_for("console.go", ticket=ticket)
    attempt = attempts.digest(ticket)
    if wants_json():
        waiting = url_for("console.attempt", org_id=org.salesforce_id, ticket=attempt)
        return jsonify(url=url, attempt=waiting)
    set_policy(POPUP)
    return page("connect/going.html", url=url)


@room.get("/console/orgs/<org_id>/connect/attempt/<ticket>")
def attempt(ticket: str) -> Response:
    """How an attempt ended, for a page whose popup lost sight of it; empty while it has not."""
    with context.database().reading(current_org().id) as session:
        outcome = session.scalar(
            select(ConnectAttempt.outcome).where(ConnectAttempt.ticket_digest == ticket)
        )
    return jsonify(outcome="attempt_over" if outcome is None else outcome)


@room.get("/console/connect/go/<ticket>")
def go(ticket: str) -> Response:
    """Spend the ticket and go to Salesforce."""
    require_form_of_nobody()
    set_policy(POPUP)  # a redirect's own policy could cut the tie to the opener, too
    gateway = current_gateway()
    org_id, vendor = attempts.org_of(ticket), gateway.policy.vendor
    if org_id is None or vendor is None:
        return _done("attempt_over")
    try:
        with context.database().writing(org_id) as session:
            begun = attempts.begin(session, context.keyring(), ticket, _opener())
        login_url = gateway.hosts.login(begun.login_url)
    except (AttemptOver, ForeignHost) as error:
        return _done(words.reason_of(error))
    address = begun.address(vendor.client_id, _callback())
    assert address.startswith(login_url)  # noqa: S101  # the host was just found in the table
    response = cast(Response, redirect(address, 302))
    _COOKIE.put(response, context.config(), begun.secret)
    return response


@room.get("/oauth/callback")
def oauth_callback() -> Response:
    """Back from Salesforce: the answer counts once, and in the browser that began.

    The Connect app has this one address, so who only signs in comes back here, too.
    """
    require_form_of_nobody()
    state = request.args.get("state", "")
    if sign_in_attempts.is_state(state):
        return by_salesforce.answered()
    org_id = attempts.org_of(state)
    if org_id is None:
        return _done("attempt_over")
    try:
        answered = _answered(org_id, state)
    except AttemptOver:
        return _done("attempt_over")
    outcome = _outcome(org_id, answered)
    with context.database().writing(org_id) as session:
        attempts.conclude(session, answered.attempt_id, outcome)
    return _done(outcome)


def _answered(org_id: UUID, state: str) -> Answered:
    """The attempt, if it is this browser's and its session is still there.

    Raises:
        AttemptOver: It is not.
    """
    secret = _COOKIE.read(request, context.config())
    with context.database().writing(org_id) as session:
        if session.get(Org, org_id) is None:
            raise AttemptOver(code="ORG")
        answered = attempts.answer(session, context.keyring(), state, secret)
    if answered.opener_digest not in {"", attempts.digest(_opener())}:
        raise AttemptOver(code="SESSION")
    return answered


def _outcome(org_id: UUID, answered: Answered) -> str:
    """``connected``, or the reason why not."""
    if "error" in request.args:
        given = request.args["error"]
        return given[:64] if given in words.REASONS else "access_denied"
    try:
        code = request.args.get("code", "")
        if not code:
            raise ReconnectNeeded(code="access_denied")
        establishing.establish_by_code(
            current_gateway(),
            org_id,
            login_url=answered.login_url,
            code=code,
            verifier=answered.verifier,
            redirect_uri=_callback(),
            by=answered.actor,
        )
        typed.connected(org_id, Method.WEB_SERVER, answered.actor)
    except SalesforceError as error:
        return words.reason_of(error)[:64]
    return "connected"


def _done(outcome: str) -> Response:
    """The page that tells its opener, by message to our own origin alone, and closes."""
    is_connected = outcome == "connected"
    set_policy(POPUP)
    response = page(
        "connect/done.html",
        status=200 if is_connected else 400,
        is_connected=is_connected,
        detail="" if is_connected else words.sentence(outcome),
        told={"origin": context.config().app_url, "outcome": outcome},
    )
    _COOKIE.take_away(response, context.config())
    return response


def _no_login(detail: str) -> Response:
    if wants_json():
        return problem(422, "foreign_host", detail)
    return show(Method.WEB_SERVER, request.form, detail, 422)


def _opener() -> str:
    """The session that asks; empty where nobody is signed in by cookie."""
    principal = principal_or_none()
    return str(principal.session_id) if principal and principal.session_id else ""


def _callback() -> str:
    return context.config().app_url + url_for("console.oauth_callback")
