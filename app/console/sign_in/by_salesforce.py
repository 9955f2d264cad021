"""Admins come in by "Log in with Salesforce": their org says who they are, and what."""

from __future__ import annotations

from typing import NoReturn

from flask import Response, request, url_for
from sqlalchemy import or_, select

from app.console import sessions
from app.console.connect import ways, words
from app.console.errors import ConsoleError
from app.console.frame import FEATURE, not_admin, package_at
from app.console.guard import require_form_of_nobody
from app.console.models import Way
from app.console.principal import current_principal
from app.console.room import room
from app.console.sign_in import attempts
from app.console.sign_in.attempts import Begun
from app.console.sign_in.entering import arrive, asks_anew, go_on, leave, sign_in_page
from app.orgs import audit, service
from app.orgs.errors import NotAdmittedError
from app.orgs.models import CanvasApp, Org
from app.salesforce import me
from app.salesforce.connect import signing_in
from app.salesforce.connect.oauth import App
from app.salesforce.connect.signing_in import Visitor
from app.salesforce.errors import ForeignHost, SalesforceDown, SalesforceError, SalesforceSlow
from app.salesforce.gateway import current_gateway
from app.web import context
from app.web.i18n import _
from app.web.id_tokens import IdTokenRefusedError

#: Longer than any address of ours.
_LONGEST = 500


@room.post("/console/sign-in/salesforce")
def to_salesforce() -> Response:
    """Send the browser to a login host of the table, or to the org's own."""
    require_form_of_nobody()
    gateway = current_gateway()
    vendor = gateway.policy.vendor
    if vendor is None:
        return sign_in_page(words.sentence("way_not_allowed"), reason="way_not_allowed", status=404)
    try:
        login_url = ways.login_url(
            gateway, request.form.get("login", ""), request.form.get("address", "")
        )
    except ForeignHost as error:
        return sign_in_page(words.sentence(error.reason), reason=error.reason, status=422)
    begun = attempts.begin(context.database(), context.keyring(), Way.SALESFORCE, login_url)
    return leave(begun, _address(begun, login_url, vendor))


@room.get("/console/sign-in/again")
def ask_salesforce() -> Response:
    """Have Salesforce say again that this is an admin, on the way to a page.

    Who is logged in there sees nothing of it; the session and its forms stay.
    """
    require_form_of_nobody()
    gateway, session_id = current_gateway(), current_principal().session_id
    vendor, goes_to = gateway.policy.vendor, request.args.get("to", "")
    if vendor is None or session_id is None:
        return sign_in_page(words.sentence("way_not_allowed"), reason="way_not_allowed", status=404)
    try:
        with context.database().system_reading() as session:
            login_url = gateway.hosts.login(sessions.login_of(session, session_id))
    except ForeignHost as error:  # from before logins were kept, or taken off the table
        return sign_in_page(words.sentence(error.reason), reason=error.reason, status=422)
    begun = attempts.begin(
        context.database(),
        context.keyring(),
        Way.SALESFORCE,
        login_url,
        session_id=session_id,
        goes_to=goes_to if _is_ours(goes_to) else url_for("console.front"),
    )
    return leave(begun, _address(begun, login_url, vendor))


def _is_ours(path: str) -> bool:
    return path.startswith("/console/") and path.isprintable() and len(path) <= _LONGEST


def _address(begun: Begun, login_url: str, vendor: App) -> str:
    return signing_in.address(
        login_url,
        vendor,
        state=begun.state,
        nonce=begun.nonce,
        challenge=begun.challenge,
        redirect_uri=_callback(),
        anew=asks_anew(),
    )


def answered() -> Response:
    """Back from Salesforce, at the one address that the Connect app has."""
    try:
        return _come_in()
    except SalesforceError as error:
        reason = words.reason_of(error)
        sentence = _(_WORDS[reason]) if reason in _WORDS else words.sentence(reason)
        passing = isinstance(error, (SalesforceDown, SalesforceSlow))
        return sign_in_page(sentence, reason=reason, status=503 if passing else 403)
    except (ConsoleError, NotAdmittedError, IdTokenRefusedError) as error:
        status = getattr(error, "status", 403)
        return sign_in_page(_(error.message), reason=error.reason, status=status)


def _come_in() -> Response:
    """In with a new session, or on with the one that was asked about, by the org's own word.

    The token is taken back; a session whose admin is none any more ends.

    Raises:
        ConsoleError: ``attempt_over``, ``denied``, ``not_admin``, ``no_such_tenant``.
        NotAdmittedError: The org is not served.
        IdTokenRefusedError, SalesforceError: Salesforce does not vouch for them, or not now.
    """
    begun = attempts.answer(context.database(), context.keyring(), context.config(), Way.SALESFORCE)
    if "error" in request.args or not request.args.get("code"):
        _refuse(request.args.get("error", ""))
    brought = signing_in.Answer(
        begun.login_url, request.args["code"], begun.verifier, begun.nonce, _callback()
    )
    with signing_in.visit(current_gateway(), brought) as visitor:
        org, places = _tenant(visitor.organization)
        found = me.ask(visitor.client, org.salesforce_id, places, feature=FEATURE)
    if not found.is_admin or found.user_id != visitor.user_id:
        if begun.session_id is not None:
            sessions.end(context.database(), begun.session_id)
        raise not_admin()
    if begun.session_id is not None:
        with context.database().system_writing() as session:
            if sessions.prove(session, begun.session_id, org.id, visitor.user_id):
                return go_on(begun.goes_to)
    return arrive(_begin(org, visitor, begun.login_url))


def _tenant(organization: str) -> tuple[Org, list[str]]:
    """The org that logged in, and the namespaces where the package may be.

    Raises:
        ConsoleError: ``no_such_tenant``.
        NotAdmittedError: It is pending or suspended.
    """
    database = context.database()
    with database.system_reading() as session:
        org = service.by_salesforce_id(session, organization)
    if org is None:
        raise no_such_tenant()
    service.check_served(org)
    with database.reading(org.id) as tenant:
        signing = or_(CanvasApp.org_id.is_(None), CanvasApp.org_id == org.id)
        apps = tenant.scalars(select(CanvasApp.namespace).where(signing).distinct()).all()
        return org, [*package_at(tenant), *sorted(apps, reverse=True), ""]


def _begin(org: Org, visitor: Visitor, login_url: str) -> str:
    with context.database().system_writing() as session:
        actor = f"admin:{visitor.user_id}"
        by = "Log in with Salesforce"
        audit.record_for(session, org.id, audit.Tag.ADMIN_CAME_IN, actor, by=by)
        return sessions.begin(
            session,
            context.keyring(),
            request,
            name=visitor.name or visitor.user_id,
            org_id=org.id,
            user_id=visitor.user_id,
            login_url=login_url,
        )


def _refuse(given: str) -> NoReturn:
    """Salesforce's own code as words, if it is one that we know."""
    known = _WORDS.get(given) or words.REASONS.get(given) or _WORDS["access_denied"]
    reason = given if given in _WORDS or given in words.REASONS else "access_denied"
    raise ConsoleError(known, reason=reason, status=403)


def _callback() -> str:
    return context.config().app_url + url_for("console.oauth_callback")


def no_such_tenant() -> ConsoleError:
    """Nobody of this org has opened Inlay here yet."""
    return ConsoleError(
        "This Salesforce org does not use Inlay yet. Install the package and open Inlay on a "
        "contact once, or ask the people who run Inlay for you.",
        reason="no_such_tenant",
        status=403,
    )


#: Codes that mean something else here than while connecting.
_WORDS = {
    "access_denied": "Access was denied at Salesforce. Nobody was signed in.",
    "invalid_scope": "The Connect app at Salesforce does not allow the scopes openid and api. Tell "
    "whoever runs Inlay.",
    "invalid_grant": "Salesforce did not accept the answer of your browser. Sign in again.",
    "package_missing": me.PackageMissing.sentence,
    "wrong_org": "Salesforce says different things about which org this is. Sign in again.",
}
