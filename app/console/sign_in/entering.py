"""What both ways share: to the provider and back, and the page when it did not work."""

from __future__ import annotations

from typing import cast

import structlog
from flask import Response, redirect, request, url_for

from app.console import sessions
from app.console.connect import ways
from app.console.pages import page
from app.console.principal import principal_or_none
from app.console.sign_in import attempts
from app.console.sign_in.attempts import Begun
from app.console.sign_in.provider import current_provider
from app.salesforce.gateway import Gateway, current_gateway
from app.web import context

_log = structlog.get_logger("inlay.console")

#: Refusals of the account itself: the next try must not take the same one unasked.
_ANOTHER = frozenset({"not_invited", "unverified", "not_admin", "no_such_tenant"})


def asks_anew() -> bool:
    """Whether the form wants the provider to ask which account it shall be."""
    return "anew" in request.form


def sign_in_page(problem: str = "", *, reason: str = "", status: int = 200) -> Response:
    """The ways in that this installation has; what went wrong stands above them."""
    gateway = current_gateway()
    if reason:
        _log.info("sign_in_refused", reason=reason)
    response = page(
        "sign_in.html",
        status=status,
        problem=problem,
        reason=reason,
        anew=reason in _ANOTHER,
        has_provider=current_provider() is not None,
        logins=ways.logins(gateway) if gateway.policy.vendor is not None else [],
        chosen=_chosen(gateway),
        address=request.form.get("address", "").strip()[:255],
    )
    if request.args.get("state"):
        attempts.COOKIE.take_away(response, context.config())
    return response


def _chosen(gateway: Gateway) -> str:
    """The login host that was chosen before, else the likely one."""
    known = {"own", *(url for url, _label in ways.logins(gateway))}
    before = request.form.get("login", "")
    is_test = not context.config().is_https
    return before if before in known else ways.likely_login(gateway, None, "", is_test=is_test)


def leave(begun: Begun, address: str) -> Response:
    """Send the browser on by a page of ours.

    A form may not be redirected to another site, nor may the page that it leads to.
    """
    response = page("going.html", url=address)
    attempts.COOKIE.put(response, context.config(), begun.secret)
    return response


def arrive(token: str) -> Response:
    """Into the console with a new session; the one that this browser had is over."""
    before = principal_or_none()
    if before is not None and before.session_id is not None:
        sessions.end(context.database(), before.session_id)
    response = cast(Response, redirect(url_for("console.front"), 303))
    sessions.COOKIE.put(response, context.config(), token)
    attempts.COOKIE.take_away(response, context.config())
    return response


def go_on(goes_to: str) -> Response:
    """Back to where somebody was going, with the session that they have."""
    response = cast(Response, redirect(goes_to, 303))
    attempts.COOKIE.take_away(response, context.config())
    return response
