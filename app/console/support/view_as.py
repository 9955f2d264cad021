"""View as (X18): a card as a rep of the org saw it, read only, each look in the org's audit."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app, request
from markupsafe import Markup
from sqlalchemy import func, select

from app.clock import utcnow
from app.console.activity.asked import record_id_in
from app.console.pages import page
from app.console.ports import view_as_of
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.crm import sights
from app.crm.models import Sight
from app.db import TenantSession
from app.orgs import audit, settings
from app.orgs.models import OrgUser
from app.web import context
from app.web.i18n import _
from canvas.ids import to_18

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class _Typed:
    """What the form says: whose eyes, which record, and why."""

    rep: str = ""
    record: str = ""
    why: str = ""


@room.get("/console/orgs/<org_id>/view-as")
def view_as() -> Response:
    """The form."""
    return _form(_Typed(), {})


@room.post("/console/orgs/<org_id>/view-as")
def show_as() -> Response:
    """The card; the audit says so before anything is shown."""
    typed = _Typed(*(request.form.get(n, "").strip()[:_LONGEST] for n in _Typed.__slots__))
    org = current_org()
    with context.database().reading(org.id) as session:
        user, sight, problems = _find(session, typed)
    if user is None or sight is None or problems:
        return _form(typed, problems, status=422)
    with context.database().writing(org.id) as tenant:
        audit.record(
            tenant,
            audit.Tag.VIEWED_AS,
            current_principal().actor,
            rep=user.salesforce_id,
            record=sight.record_id,
            why=typed.why,
        )
    drawn = view_as_of(current_app)(context.database(), org.id, user, sight)
    shown = Markup(drawn)  # noqa: S704  # a template's own output
    return page("support/as_seen.html", shown=shown, rep=user, sight=sight, why=typed.why)


def _find(
    session: TenantSession, typed: _Typed
) -> tuple[OrgUser | None, Sight | None, dict[str, str]]:
    """Who and what is meant, and what is wrong by field."""
    problems: dict[str, str] = {}
    if not typed.why:
        problems["why"] = _("Say why: it stands in the audit that the org's admin reads.")
    user, record_id = _user(session, typed.rep), record_id_in(typed.record)
    if user is None:
        problems["rep"] = _("Nobody of this org with this address or id has opened the widget.")
    if not record_id:
        problems["record"] = _("Paste the record's id or its link.")
    if problems or user is None:
        return user, None, problems
    if not settings.read(session).support_view:
        return user, None, {"rep": _("This org does not allow it.")}
    sight = sights.find(session, user.salesforce_id, record_id, now=utcnow())
    if sight is None:
        problems["record"] = _("They did not open this record in the last seven days.")
    return user, sight, problems


def _user(session: TenantSession, typed: str) -> OrgUser | None:
    """By e-mail address, or id of 15 or 18 characters; of several the one who was here last."""
    try:
        named = OrgUser.salesforce_id == to_18(typed)
    except ValueError:
        if "@" not in typed:
            return None
        named = func.lower(OrgUser.email) == typed.lower()
    return session.scalar(select(OrgUser).where(named).order_by(OrgUser.last_seen_at.desc()))


def _form(typed: _Typed, problems: dict[str, str], *, status: int = 200) -> Response:
    with context.database().reading(current_org().id) as session:
        is_allowed = settings.read(session).support_view
    return page(
        "support/view_as.html",
        status=status,
        typed=typed,
        problems=problems,
        is_allowed=is_allowed,
    )
