"""Responses of the console: pages in its layout, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.numbers import format_decimal
from flask import Response, g, render_template, request
from markupsafe import Markup

from app.console import nav
from app.console.guard import CSRF_FIELD
from app.console.principal import principal_or_none
from app.orgs.models import Org
from app.web import i18n
from app.web.i18n import _
from app.web.times import friendly


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """A page of ``console/<template>`` in the layout of whoever is signed in."""
    principal = principal_or_none()
    org: Org | None = g.get("org")
    layout = {
        "lang": i18n.current_locale().replace("_", "-"),
        "principal": principal,
        "org": org,
        "org_nav": nav.of_org(principal, org) if principal else [],
        "staff_nav": nav.of_staff(principal) if principal else [],
        "csrf": _csrf,
        "when": _when,
        "by": by,
        "count": _count,
    }
    return Response(render_template(f"console/{template}", **layout, **values), status=status)


def trouble(status: int, reason: str, detail: str) -> Response:
    """A no as a page: what it is, and what to do."""
    title = _(_TITLES.get(reason) or _TITLES.get(status, "That did not work"))
    return page("trouble.html", status=status, title=title, detail=detail, reason=reason)


def _csrf() -> Markup:
    """The hidden field that every form of a signed-in page carries."""
    principal = principal_or_none()
    token = principal.csrf if principal else ""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, token)


def _when(moment: datetime | None) -> Markup:
    """A time in the reader's zone, exact for machines and on hover."""
    if moment is None:
        return Markup("–")
    principal = principal_or_none()
    zone = principal.time_zone if principal else "UTC"
    text = friendly(moment, zone, i18n.current_locale())
    return Markup('<time datetime="{}" title="{} {}">{}</time>').format(
        moment.isoformat(), text, zone, text
    )


def by(actor: str) -> str:
    """Who did something, as people say it: ``staff:mara@example.com`` is her address."""
    kind, _colon, name = actor.partition(":")
    if kind == "staff" and name:
        return name
    if kind == "admin" and name:
        told = _("admin %(who)s") if name.startswith("005") else _("an admin, %(who)s")
        return told % {"who": name}
    return actor


def _count(number: int) -> str:
    """A number with its thousands apart, as the reader's language does it."""
    return format_decimal(number, locale=i18n.current_locale())


def wants_json() -> bool:
    """Whether a script asks rather than a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/problem+json"])
    return best == "application/problem+json"


_TITLES: Mapping[int | str, str] = {
    "ask_again": "Salesforce has to be asked again",
    401: "You are signed out",
    403: "Not for your role",
    404: "Nothing is here",
    410: "This link is over",
    413: "Too much at once",
    429: "One moment, please",
    500: "Something went wrong",
}
