"""Before each request: who asks, about which org, and whether their role includes the route."""

from __future__ import annotations

import hmac
from typing import Any

from flask import current_app, g, request

from app.clock import utcnow
from app.console import bearer, errors, sessions
from app.console.permissions import ROUTES, Permission
from app.console.principal import Principal, principal_or_none
from app.orgs import audit, service
from app.orgs.models import Org
from app.web import context, limits
from app.web.addresses import visitor_of
from app.web.logs import bind
from app.web.room import Room
from canvas.ids import to_18

#: Field of a form that carries the session's own token.
CSRF_FIELD = "csrf"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Nothing here takes more than a form (a logo or a file of users may come one day).
_MAX_BODY_BYTES = 256 * 1024
#: Requests per minute and person: pages are made for people.
_PER_MINUTE = 240


def install(room: Room) -> None:
    """Guard every route of the room, and let the address name an org by its Salesforce id."""
    room.url_value_preprocessor(_take_org_id)
    room.url_defaults(_keep_org_id)
    room.before_request(admit)
    room.teardown_request(_forget_address)


def admit() -> None:
    """Raises ConsoleError unless whoever asks may use this route, on this org."""
    request.max_content_length = request.max_form_memory_size = _MAX_BODY_BYTES
    audit.set_address(request.remote_addr or "")
    g.principal = _principal()
    permission = ROUTES.get(request.endpoint or "")
    if permission is None:
        raise errors.not_allowed()
    _check_origin()
    if permission is Permission.ANYBODY:
        return
    principal = principal_or_none()
    if principal is None:
        raise errors.signed_out()
    bind(user=principal.actor)
    if not principal.may(permission):
        raise errors.not_allowed()
    if permission is not Permission.SIGNED_IN:
        _check_proof(principal)
    _check_form(principal)
    _check_text()
    g.org = _org(principal)


def _forget_address(_error: BaseException | None) -> None:
    """The thread goes on with somebody else's request."""
    audit.set_address("")


def require_form_of_nobody() -> None:
    """For forms that are sent before anybody is known: limited by address."""
    visitor = visitor_of(request.remote_addr or "")
    limits.hit(context.database(), f"console:{visitor}", _PER_MINUTE // 8)


def _principal() -> Principal | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return bearer.read(token.strip(), context.keyring())
    cookie = sessions.COOKIE.read(request, context.config())
    return sessions.find(context.database(), context.keyring(), cookie) if cookie else None


def _check_origin() -> None:
    """A browser says where a form comes from; another site's is refused before it is read."""
    origin = request.headers.get("Origin")
    if request.method in _SAFE or origin is None:
        return
    if origin != context.config().app_url:
        raise errors.forged_form()


def _check_form(principal: Principal) -> None:
    """A cookie comes along with any form, so a page of ours proves itself; a bearer does not."""
    if request.method in _SAFE or principal.in_frame:
        return
    if not hmac.compare_digest(request.form.get(CSRF_FIELD, "").encode(), principal.csrf.encode()):
        raise errors.forged_form()


def is_navigation() -> bool:
    """Whether a person's browser goes to a page, so that it can be sent by way of elsewhere."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return request.method == "GET" and mode == "navigate"


def _check_proof(principal: Principal) -> None:
    """Raises ConsoleError ``ask_again`` when Salesforce's word about this admin is too old."""
    if principal.proven_at is None:
        return
    age = utcnow() - principal.proven_at
    if age > (sessions.ASKED_AGAIN_AFTER if is_navigation() else sessions.PROVEN_FOR):
        raise errors.ask_again()


def _check_text() -> None:
    """PostgreSQL keeps no NUL, and compares with none."""
    if any("\0" in text for text in (request.path, *request.values.values())):
        raise errors.no_text()


def _org(principal: Principal) -> Org | None:
    """The org of the address; an admin's own org must be served besides."""
    wanted = g.get("org_id")
    if wanted is None:
        return None
    try:
        salesforce_id = to_18(wanted)
    except ValueError:
        raise errors.unknown_org() from None
    with context.database().system_reading() as session:
        org = service.by_salesforce_id(session, salesforce_id)
    if org is None or not principal.reaches(org):
        raise errors.unknown_org()
    if not principal.is_staff and not org.admits_admins:
        raise errors.org_not_served()
    bind(org=org.salesforce_id)
    return org


def _take_org_id(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.org_id = (values or {}).pop("org_id", None)


def _keep_org_id(endpoint: str, values: dict[str, Any]) -> None:
    """Links within an org's pages stay in that org."""
    org = g.get("org")
    if org is not None and current_app.url_map.is_endpoint_expecting(endpoint, "org_id"):
        values.setdefault("org_id", org.salesforce_id)
