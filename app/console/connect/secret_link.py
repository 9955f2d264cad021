"""A page for secrets that works once (M1, M3): its link is sent, the secrets are not.

Made by an org's admin or by support, opened by whoever has the secrets, without signing in. It
shows nothing but the org's name, takes what is typed, and is over once that opened the org.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from flask import Response, request, url_for

from app.console import links
from app.console.connect import show, typed, ways, words
from app.console.errors import ConsoleError, link_over, org_not_served
from app.console.guard import require_form_of_nobody
from app.console.models import LinkPurpose, OneTimeLink
from app.console.pages import page
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.orgs import audit
from app.orgs.models import Org
from app.salesforce.errors import SalesforceError
from app.salesforce.models import Method
from app.web import context
from app.web.i18n import _

HOURS = 24


@room.post("/console/orgs/<org_id>/connect/link")
def make_secret_link() -> Response:
    """A link to send; it is shown this once."""
    org, principal = current_org(), current_principal()
    with context.database().system_writing() as session:
        token = links.make(
            session,
            context.keyring(),
            LinkPurpose.CONNECT_SECRET,
            by=principal.actor,
            lasts=timedelta(hours=HOURS),
            org_id=org.id,
        )
        audit.record_for(session, org.id, audit.Tag.CONNECT_LINK_MADE, principal.actor, hours=HOURS)
    url = context.config().app_url + url_for("console.show_secret_page", token=token)
    return show.show(link=url, link_hours=HOURS)


@room.get("/console/secret/<token>")
def show_secret_page(token: str) -> Response:
    """Where secrets are typed; looking at it (as mail scanners do) does not use it up."""
    require_form_of_nobody()
    _link, org = _find(token)
    return _form(org, None)


@room.post("/console/secret/<token>")
def use_secret_page(token: str) -> Response:
    """Connect the org; the link is over when that worked, and stays for another try if not."""
    require_form_of_nobody()
    link, org = _find(token)
    method = ways.typed_method(request.form.get("way", ""), ways.BY_LINK)
    typed.limit_tries(org)
    try:
        with _taken(token):
            typed.connect_by(org, method, f"link by {link.made_by}")
    except ConsoleError as error:
        if error.reason == "link_over":
            raise
        return _form(org, method, error.message)
    except SalesforceError as error:
        return _form(org, method, words.sentence(words.reason_of(error)))
    return page("connect/secret_done.html", name=org.name)


@contextmanager
def _taken(token: str) -> Iterator[None]:
    """One try at a time: of two at once, the second might show Salesforce a spent token, too."""
    with context.database().system_writing() as session:
        link = links.use(session, context.keyring(), token, LinkPurpose.CONNECT_SECRET)
    try:
        yield
    except BaseException:
        with context.database().system_writing() as session:
            links.give_back(session, link)
        raise


def _form(org: Org, opened: Method | None, problem: str = "") -> Response:
    shown = [
        show.Way(
            method,
            _(words.METHODS[method]),
            ways.inputs(method, request.form if method is opened else {}),
            method is (opened or ways.BY_LINK[0]),
            problem if method is opened else "",
        )
        for method in ways.BY_LINK
    ]
    return page(
        "connect/secret.html",
        status=422 if problem else 200,
        name=org.name,
        ways=shown,
        addresses=context.config().outbound_addresses,
    )


def _find(token: str) -> tuple[OneTimeLink, Org]:
    with context.database().system_reading() as session:
        link = links.find(session, context.keyring(), token, LinkPurpose.CONNECT_SECRET)
        org = session.get(Org, link.org_id) if isinstance(link.org_id, UUID) else None
    if org is None:
        raise link_over()
    if not org.is_served:
        raise org_not_served()
    return link, org
