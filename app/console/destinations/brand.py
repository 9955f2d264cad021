"""How an org's public pages look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Response, redirect, request, url_for

from app.console.nav import N_
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.destinations import logos
from app.destinations.logos import MOST_BYTES, LogoError
from app.orgs import audit, service, settings
from app.orgs.settings import OrgSettings
from app.web import context
from app.web.i18n import _

_LONGEST = 400
#: What is told of a value that its setting does not take.
_WRONG = {
    "website": N_("Write an address such as https://www.example.com, or leave it empty."),
    "brand_color": N_("Write a colour such as #0b5cab."),
    "consent_text": N_("Write 300 characters at most."),
}
_BRAND = ("company_name", "website", "brand_color", "consent_text")


@room.get("/console/orgs/<org_id>/destinations/brand")
def brand() -> Response:
    """How pages look that prospects see."""
    with context.database().reading(current_org().id) as session:
        chosen = settings.read(session)
    return _brand(_values(chosen), {})


@room.post("/console/orgs/<org_id>/destinations/brand")
def save_brand() -> Response:
    """Keep it; pages show it from the next visit on."""
    typed = {name: request.form.get(name, "").strip()[:_LONGEST] for name in _BRAND}
    problems = _problems(typed)
    if problems:
        return _brand(typed, problems, status=422)
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        settings.write(session, org, **typed)
        actor = current_principal().actor
        audit.record_for(session, org.id, audit.Tag.ORG_SETTING, actor, **typed)
    return _back()


@room.post("/console/orgs/<org_id>/destinations/logo")
def save_logo() -> Response:
    """Show the uploaded logo; what is none is said at the field."""
    sent = request.files.get("logo")
    data = sent.stream.read(MOST_BYTES * 2) if sent is not None else b""
    try:
        with context.database().system_writing() as session:
            org = service.required(session, current_org().salesforce_id)
            logos.save(session, org, data, by=current_principal().actor)
    except LogoError as error:
        with context.database().reading(current_org().id) as session:
            chosen = settings.read(session)
        return _brand(_values(chosen), {"logo": error.message}, status=422)
    return _back()


@room.post("/console/orgs/<org_id>/destinations/logo/remove")
def remove_logo() -> Response:
    """Show none."""
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        logos.remove(session, org, by=current_principal().actor)
    return _back()


def _values(chosen: OrgSettings) -> dict[str, str]:
    return {name: str(getattr(chosen, name)) for name in _BRAND}


def _problems(typed: Mapping[str, str]) -> Mapping[str, str]:
    told = {name: settings.problem(name, typed[name]) for name in _BRAND}
    return {name: _(_WRONG.get(name, words)) for name, words in told.items() if words}


def _brand(
    values: Mapping[str, str], problems: Mapping[str, str], *, status: int = 200
) -> Response:
    with context.database().reading(current_org().id) as session:
        logo = logos.data_url(session)
    return page(
        "destinations/brand.html",
        status=status,
        values=values,
        problems=problems,
        logo=logo,
        most_kilobytes=MOST_BYTES // 1024,
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
        done=request.args.get("done") == "1",
    )


def _back() -> Response:
    return cast(Response, redirect(url_for("console.brand", done=1), 303))
