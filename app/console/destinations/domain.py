"""A domain of the org's own for its public pages: asked for, proven, opened by an operator."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import Response, redirect, request, url_for

from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.destinations import domains
from app.destinations.domains import TXT_LABEL, DomainError, url_on
from app.web import context
from app.web.i18n import _

_LONGEST = 300


@room.get("/console/orgs/<org_id>/destinations/domain")
def domain() -> Response:
    """Which it is, and what is still to be done."""
    return _domain()


@room.post("/console/orgs/<org_id>/destinations/domain")
def ask_domain() -> Response:
    """Ask for one; whoever runs it is told what to put into its DNS."""
    typed = request.form.get("host", "").strip()[:_LONGEST]
    try:
        with context.database().writing(current_org().id) as session:
            domains.ask(session, context.config(), typed, by=current_principal().actor)
    except DomainError as error:
        return _domain(field="host", typed=typed, problem=error.message, status=422)
    return _back("asked")


@room.post("/console/orgs/<org_id>/destinations/domain/remove")
def remove_domain() -> Response:
    """Give it up."""
    with context.database().writing(current_org().id) as session:
        domains.remove(session, by=current_principal().actor)
    return _back("removed")


@room.post("/console/orgs/<org_id>/destinations/domain/open")
def open_domain() -> Response:
    """The operator saw the proof, and there is a certificate: pages answer there."""
    why = request.form.get("why", "").strip()[:_LONGEST]
    if not why:
        problem = _("Say what you saw: it stands in the audit.")
        return _domain(field="why", problem=problem, status=422)
    try:
        with context.database().writing(current_org().id) as session:
            proof, by = request.form.get("proof", ""), current_principal().actor
            domains.open_domain(session, proof=proof, by=by, why=why)
    except DomainError as error:
        return _domain(field="why", typed=why, problem=error.message, status=422)
    return _back("opened")


def _domain(*, field: str = "", typed: str = "", problem: str = "", status: int = 200) -> Response:
    principal, pages_url = current_principal(), context.config().pages_url
    with context.database().reading(current_org().id) as session:
        found = domains.read(session)
    return page(
        "destinations/domain.html",
        status=status,
        found=found,
        is_open=found is not None and found.opened_at is not None,
        url=url_on(pages_url, found.host) if found else "",
        target=urlsplit(pages_url).hostname,
        pages_url=pages_url,
        txt_name=f"{TXT_LABEL}.{found.host}" if found else "",
        field=field,
        typed=typed,
        problem=problem,
        may_change=principal.may(Permission.CONFIGURE_ORG),
        may_open=principal.may(Permission.OPEN_DOMAINS),
        done=request.args.get("done", ""),
    )


def _back(done: str) -> Response:
    return cast(Response, redirect(url_for("console.domain", done=done), 303))
