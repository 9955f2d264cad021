"""Responses of the widget: the card, its fragments, calm pages, problems."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Response, g, render_template, request, url_for
from markupsafe import Markup

from app.config import API_VERSION, Config
from app.errors import InlayError
from app.orgs.errors import NotAdmittedError
from app.web import context, i18n
from app.web.i18n import _
from app.web.problem import problem
from app.web.room import set_policy
from app.widget import refusals
from app.widget.card import Card
from app.widget.header import header_of
from app.widget.opening import Opening
from app.widget.policy import policy_for
from app.widget.refusals import Refusal
from app.widget.timeline import TimelineView
from app.widget.views import View
from app.widget.why.explained import Explained
from canvas.envelope import Envelope
from canvas.errors import CanvasError, HostError
from canvas.framing import check_instance_url, check_login_url, check_page_origin


def card_page(config: Config, opening: Opening, card: Card) -> Response:
    """The whole page: the card with the frame's session inside."""
    sdk_origin = _sdk_origin(config, opening)
    set_policy(policy_for(config, opening.envelope, sdk_origin))
    page = render_template(
        "widget/page.html",
        lang=_language(),
        header=header_of(opening.rights),
        card=card,
        card_html=Markup(_card_html(card)),  # noqa: S704  # a template's own output
        sdk_url=f"{sdk_origin}/canvas/sdk/js/{API_VERSION}/canvas-all.js" if sdk_origin else "",
        session={
            **_session(config, opening, card),
            "client": client_of(config, opening.envelope),
            "urls": _urls(card.view, request.script_root),
            "texts": _texts(),
        },
    )
    return Response(page)


def framed(config: Config, envelope: Envelope, page: str) -> Response:
    """Another room's page in Salesforce's frame."""
    set_policy(policy_for(config, envelope))
    return Response(page)


def renewed(config: Config, opening: Opening, card: Card) -> dict[str, Any]:
    """What a frame gets for a fresh signed request: a bearer, and the card as it is now."""
    return {**_session(config, opening, card), "card": _card_html(card)}


def fragment(card: Card, status: int = 200) -> Response:
    """The card's parts alone; their ETag is what ``/widget/changes`` compares with."""
    response = Response(_card_html(card), status=status)
    response.set_etag(card.version)
    return response


def timeline_fragment(view: TimelineView) -> Response:
    """Rows and foot of the timeline alone."""
    return Response(render_template("widget/timeline.html", timeline=view))


def why_fragment(found: Explained) -> Response:
    """Why something is not in Salesforce."""
    return Response(render_template("widget/why.html", why=found))


def remember(envelope: Envelope) -> None:
    """Whatever this request is answered with, it is in this user's language and to this parent."""
    g.envelope = envelope
    i18n.set_locale(envelope.user.locale or i18n.DEFAULT_LOCALE)


def refusal(error: CanvasError | InlayError) -> Response:
    """The calm page of a no."""
    said = refusals.of(error)
    response = _calm(
        icon=said.icon,
        title=said.title_text,
        detail=_detail(error, said),
        reason=error.reason,
        again=_("Try again") if said.is_passing else _("Reload"),
        status=said.status,
    )
    if said.is_passing:
        response.headers["Retry-After"] = str(refusals.RETRY_AFTER_S)
    return response


def problem_of(error: CanvasError | InlayError) -> Response:
    """The same no for the frame's script, which shows title and detail."""
    said = refusals.of(error)
    response = problem(said.status, error.reason, _detail(error, said), title_text=said.title_text)
    if said.is_passing:
        response.headers["Retry-After"] = str(refusals.RETRY_AFTER_S)
    return response


def _detail(error: CanvasError | InlayError, said: Refusal) -> str:
    """What staff wrote for this org's people, else the usual sentence."""
    told = error.told if isinstance(error, NotAdmittedError) else ""
    return told or said.detail_text


def approval(login_url: str | None) -> Response:
    """How to approve the app; the address comes from anybody, so only Salesforce's is followed."""
    config = context.config()
    try:
        url = check_login_url(login_url, extra_origins=config.salesforce_extra_origins)
    except HostError:
        url = ""
    detail = (
        _("Approve it once in Salesforce, then come back here and continue.")
        if url
        else _("Ask your Salesforce admin to approve this app for your profile.")
    )
    return _calm(
        icon="lock",
        title=_("One approval is needed"),
        detail=detail,
        approve_url=url,
        again=_("Continue") if url else _("Try again"),
    )


def belongs_in_salesforce() -> Response:
    """A plain GET: somebody opened the address by itself."""
    return _calm(
        icon="cloud",
        title=_("This view belongs inside Salesforce"),
        detail=_("Open a contact, lead, account or opportunity there to see its engagement."),
    )


def _calm(*, status: int = 200, **values: Any) -> Response:
    config, envelope = context.config(), g.get("envelope")
    policy = policy_for(config, envelope)
    set_policy(policy)
    session: dict[str, Any] = {"sources": policy.directives["frame-ancestors"].split()}
    if envelope is not None:
        session["client"] = client_of(config, envelope)
    page = render_template("widget/calm.html", lang=_language(), session=session, **values)
    return Response(page, status=status)


def _card_html(card: Card) -> str:
    return render_template(f"widget/{_template_of(card.view)}", card=card)


def _template_of(view: View) -> str:
    """The console is no page of this room: it was opened elsewhere."""
    return f"{(View.CARD if view is View.CONSOLE else view).value}.html"


def _language() -> str:
    return i18n.current_locale().replace("_", "-")


def _session(config: Config, opening: Opening, card: Card) -> dict[str, Any]:
    return {
        "bearer": opening.bearer,
        "seconds": config.bearer_seconds,
        "version": f'"{card.version}"',
    }


def client_of(config: Config, envelope: Envelope) -> dict[str, str]:
    """How the frame reaches its parent; an origin that is not Salesforce's is not spoken to."""
    named = envelope.client
    try:
        origin = check_page_origin(
            named.target_origin, extra_origins=config.salesforce_extra_origins
        )
    except HostError:
        origin = ""
    return {"instanceId": named.instance_id or "", "targetOrigin": origin}


def _sdk_origin(config: Config, opening: Opening) -> str:
    if not config.canvas_sdk_from_org:
        return ""
    return check_instance_url(
        opening.envelope.client.instance_url, extra_origins=config.salesforce_extra_origins
    )


@cache
def _urls(view: View, _root: str) -> Mapping[str, str]:
    """What the script asks; the question why stands below the card alone.

    Where the application stands (``_root``) is the proxy's word, and part of each.
    """
    asks = {"why": url_for("widget.why"), "retry": url_for("widget.retry")}
    return {
        **(asks if view is View.CARD else {}),
        "renew": url_for("widget.renew"),
        "changes": url_for("widget.changes"),
        "card": url_for("widget.show_card", view=view.value),
        "timeline": url_for("widget.show_timeline"),
        "destinations": url_for("widget.create_destination", view=view.value),
    }


def _texts() -> dict[str, str]:
    """What the script says."""
    return {
        "creating": _("Creating…"),
        "created": _("Destination created. Its link is ready to share."),
        "opened": _("This record has a Destination already; here it is."),
        "copied": _("Link copied"),
        "copyByHand": _("The link is selected: press Ctrl+C (⌘C on a Mac) to copy it."),
        "textCopied": _("Text copied"),
        "textByHand": _("The text is selected: press Ctrl+C (⌘C on a Mac) to copy it."),
        "newActivity": _("New activity"),
        "reload": _("Reload"),
        "retry": _("Try again"),
        "reloadPage": _("Nothing happened? Reload this browser page."),
        "silentTitle": _("Salesforce does not answer"),
        "silent": _("The page around this view does not answer. Reload to go on."),
        "offlineTitle": _("No connection"),
        "offline": _("This view can't be reached right now. Check your connection."),
        "troubleTitle": _("Something went wrong"),
        "trouble": _("That did not work. Try again in a moment."),
    }
