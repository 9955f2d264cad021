"""The template of new Destinations: written in a form, seen as it is typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from flask import Response, jsonify, redirect, request, url_for
from werkzeug.exceptions import NotFound

from app.console.destinations import typed
from app.console.destinations.typed import Fields
from app.console.nav import N_
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.destinations import logos, stored_template
from app.destinations.models import BlockKind
from app.destinations.sample import preview, sample_values
from app.destinations.shown import style_of
from app.destinations.template import FIELDS
from app.orgs import settings
from app.orgs.settings import OrgSettings
from app.web import context
from app.web.i18n import _

_COLOR = re.compile(r"[0-9a-f]{6}")
_MEANING: Mapping[str, str] = {
    "who": N_("whom the page is for: the account, else the contact or lead"),
    "account": N_("the account, or the company of a lead"),
    "rep": N_("the rep who makes the page"),
    "company": N_("your company's name"),
}
_SHOWN: Mapping[BlockKind, str] = {
    BlockKind.GREETING: N_("Greeting"),
    BlockKind.TEXT: N_("Text"),
    BlockKind.LINKS: N_("Links"),
    BlockKind.DOCUMENTS: N_("Documents"),
    BlockKind.REP_CARD: N_("Card of the rep"),
    BlockKind.CALL_TO_ACTION: N_("Next step"),
}


@room.get("/console/orgs/<org_id>/destinations/template")
def template() -> Response:
    """What new Destinations say now."""
    with context.database().reading(current_org().id) as session:
        found = stored_template.read(session)
    return _editor(typed.fields_of(found), {})


@room.post("/console/orgs/<org_id>/destinations/template")
def save_template() -> Response:
    """Keep it, or show it only; what is wrong is said at its field, and what was typed stays."""
    fields = typed.fields_from(request.form)
    problems = typed.problems_of(fields)
    if problems:
        return _editor(fields, problems, status=422)
    if request.form.get("do") == "preview":
        return _editor(fields, {})
    with context.database().writing(current_org().id) as session:
        stored_template.save(session, typed.template_of(fields), by=current_principal().actor)
    return _back("saved")


@room.post("/console/orgs/<org_id>/destinations/template/preview")
def preview_template() -> Response:
    """The page that the fields would make, for the script; nothing is kept."""
    with context.database().reading(current_org().id) as session:
        chosen, logo = settings.read(session), logos.data_url(session)
    return jsonify(html=_preview(typed.fields_from(request.form), chosen, logo))


@room.post("/console/orgs/<org_id>/destinations/template/reset")
def reset_template() -> Response:
    """Back to the default."""
    with context.database().writing(current_org().id) as session:
        stored_template.reset(session, by=current_principal().actor)
    return _back("reset")


@room.get("/console/page-style/<color>.css")
def page_style(color: str) -> Response:
    """The style of public pages in a colour. The preview's frame has no origin, hence for all."""
    if _COLOR.fullmatch(color) is None:
        raise NotFound
    response = Response(style_of(f"#{color}"), mimetype="text/css")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _editor(fields: Fields, problems: Mapping[str, str], *, status: int = 200) -> Response:
    with context.database().reading(current_org().id) as session:
        chosen = settings.read(session)
        is_own = stored_template.own(session) is not None
        logo = logos.data_url(session)
    return page(
        "destinations/template.html",
        status=status,
        fields=fields,
        problems=problems,
        limits=typed.limits(),
        links=_rows(fields, "link", typed.MOST_LINKS),
        documents=_rows(fields, "document", typed.MOST_DOCUMENTS),
        blocks=[(f"show-{kind}", _(label)) for kind, label in _SHOWN.items()],
        merge_fields=_merge_fields(chosen),
        preview=_preview(fields, chosen, logo),
        is_own=is_own,
        may_change=current_principal().may(Permission.CONFIGURE_ORG),
        done=request.args.get("done", ""),
    )


def _rows(fields: Fields, name: str, most: int) -> Sequence[str]:
    """Prefixes of the lines that hold something, and of an empty one to write on."""
    held = [
        number
        for number in range(most)
        if any(text for field, text in fields.items() if field.startswith(f"{name}-{number}-"))
    ]
    return [f"{name}-{number}" for number in range(min(most, max(held, default=-1) + 2))]


def _merge_fields(chosen: OrgSettings) -> Sequence[tuple[str, str, str]]:
    """Name, meaning and what it gives in the preview."""
    sample = sample_values(_rep_name(), chosen)
    return [(name, _(_MEANING[name]), sample[name]) for name in FIELDS]


def _preview(fields: Fields, chosen: OrgSettings, logo: str) -> str:
    color = chosen.brand_color.removeprefix("#").lower()
    style = url_for("console.page_style", color=color)
    wanted = typed.template_of(fields)
    return preview(wanted, _rep_name(), chosen, style_url=style, logo_url=logo)


def _rep_name() -> str:
    """Whoever looks stands for the rep; of who came in by a link, no name is known."""
    principal = current_principal()
    return _("Sam") if principal.actor == f"admin:{principal.name}" else principal.name


def _back(done: str) -> Response:
    return cast(Response, redirect(url_for("console.template", done=done), 303))
