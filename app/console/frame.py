"""The console inside Salesforce: an admin's signed request becomes a bearer, and pages are fetched.

Admin is who the org says: the package's resource ``me``, asked with the user's own token in this
visit and again whenever the frame renews its bearer. Nothing in the envelope is proof of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, jsonify, render_template, request, url_for
from sqlalchemy import select

from app.clock import utcnow
from app.console import bearer
from app.console.bearer import Admin
from app.console.errors import ConsoleError, signed_out
from app.console.room import room
from app.db import TenantSession
from app.orgs import admission, audit, service
from app.orgs.admission import Verified
from app.orgs.known import KnownOrg
from app.salesforce import me
from app.salesforce.gateway import current_gateway
from app.salesforce.models import OrgProfile
from app.salesforce.names import Names
from app.web import context, i18n
from app.web.i18n import _

#: What calls are booked to.
FEATURE = "console"


def open_console(verified: Verified, client: Mapping[str, str]) -> str:
    """The frame's page, for a user whom the org calls an admin.

    Args:
        verified: What Salesforce posted.
        client: How the frame reaches its parent.

    Raises:
        ConsoleError: ``not_admin``.
        InlayError: The org is not served, its package is missing, or Salesforce has trouble.
    """
    org, admin = _prove(verified)
    with context.database().writing(org.id) as tenant:
        audit.record(tenant, audit.Tag.ADMIN_CAME_IN, f"admin:{admin.user_id}", by="Salesforce")
    return render_template(
        "console/frame.html",
        lang=i18n.current_locale().replace("_", "-"),
        session={
            **_session(admin),
            "client": client,
            "urls": {
                "renew": url_for("console.renew"),
                "start": url_for("console.health", org_id=org.salesforce_id),
                "client": url_for("widget.static", filename="canvas-client.js"),
            },
            "texts": _texts(),
        },
    )


@room.post("/console/frame/renew")
def renew() -> Response:
    """The bearer ends: a fresh signed request of the same admin, proven anew."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    old = bearer.admin_of(
        token.strip() if scheme.lower() == "bearer" else "",
        context.keyring(),
        allow_expired=bearer.RENEWABLE,
    )
    if old is None:
        raise signed_out()
    body = request.get_json(silent=True)
    text = body.get("signed_request") if isinstance(body, dict) else None
    verified = admission.verify(
        context.database(),
        context.config(),
        context.keyring(),
        text if isinstance(text, str) else "",
        old.app_key,
    )
    _org, admin = _prove(verified)
    if (admin.org_id, admin.user_id) != (old.org_id, old.user_id):
        raise signed_out()
    return jsonify(_session(admin))


def _prove(verified: Verified) -> tuple[KnownOrg, Admin]:
    """The org and its admin, by the org's own word."""
    envelope = verified.envelope
    org = admission.admit(context.database(), context.config(), verified)
    with context.database().writing(org.id) as tenant:
        service.note_request(tenant, context.config(), verified.mac)
        service.note_user(tenant, envelope.user)
        namespaces = [*package_at(tenant), envelope.application.namespace or ""]
    client = current_gateway().for_user(
        org.salesforce_id, envelope.client.instance_url or "", envelope.client.oauth_token or ""
    )
    found = me.ask(client, org.salesforce_id, namespaces, feature=FEATURE)
    if not found.is_admin or found.user_id != envelope.user_id:
        raise not_admin()
    user = envelope.user
    name = user.full_name or user.user_name or envelope.user_id
    zone = user.time_zone or "UTC"
    return org, Admin(org.id, envelope.user_id, name, verified.app_key, zone)


def package_at(tenant: TenantSession) -> list[str]:
    """The namespace where the org's package was seen, if it was."""
    facts = tenant.scalar(select(OrgProfile.facts))
    seen = Names.of(facts).namespace if facts else None
    return [] if seen is None else [seen]


def not_admin() -> ConsoleError:
    """The org does not call this user an admin of Inlay."""
    return ConsoleError(
        "Your Salesforce user is no admin of Inlay. Ask for the permission set Inlay Admin.",
        reason="not_admin",
        status=403,
    )


def _session(admin: Admin) -> dict[str, object]:
    config = context.config()
    lifetime = config.bearer_seconds
    token = bearer.issue(admin, context.keyring(), now=utcnow(), lifetime_s=lifetime)
    return {"bearer": token, "seconds": lifetime}


def _texts() -> dict[str, str]:
    """What the script says."""
    return {
        "loading": _("Loading…"),
        "silentTitle": _("Salesforce does not answer"),
        "silent": _("The page around this view does not answer. Reload it to go on."),
        "offlineTitle": _("No connection"),
        "offline": _("The console can't be reached right now. Check your connection."),
        "lateDone": _("What you sent before has been answered."),
        "lateRefused": _("What you sent before was not taken."),
    }
