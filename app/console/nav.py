"""The console's navigation, as data: what a principal may open, in this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.console.permissions import ROUTES
from app.console.principal import Principal
from app.orgs.models import Org
from app.web.i18n import _


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for "translate later"
    """Mark a text for translation."""
    return message


#: Pages of one org: endpoint and label.
ORG_PAGES: tuple[tuple[str, str], ...] = (
    ("console.health", N_("Health")),
    ("console.setup", N_("Set-up")),
    ("console.connect", N_("Connection")),
    ("console.preflight", N_("Preflight")),
    ("console.activity", N_("Activity log")),
    ("console.why", N_("Why not in Salesforce?")),
    ("console.destinations", N_("Destinations")),
    ("console.keys", N_("API keys")),
    ("console.features", N_("Features")),
    ("console.org_audit", N_("Audit")),
    ("console.data", N_("Data and privacy")),
    ("console.view_as", N_("View as")),
    ("console.org_state", N_("State")),
)  # fmt: skip

#: Pages over all orgs.
STAFF_PAGES: tuple[tuple[str, str], ...] = (
    ("console.orgs", N_("Orgs")),
    ("console.audit", N_("Audit")),
    ("console.system", N_("Kill switches")),
    ("console.deletions", N_("Deletions")),
    ("console.staff_page", N_("Staff")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; ``is_current`` is the page that is shown, or one below it."""

    label: str
    url: str
    is_current: bool


def of_org(principal: Principal, org: Org | None) -> list[Item]:
    """Pages of the org that is looked at."""
    if org is None:
        return []
    return _items(principal, ORG_PAGES, org_id=org.salesforce_id)


def of_staff(principal: Principal) -> list[Item]:
    """Pages over all orgs; none for an org's admin."""
    return _items(principal, STAFF_PAGES)


def _items(principal: Principal, pages: tuple[tuple[str, str], ...], **values: Any) -> list[Item]:
    return [
        Item(_(label), url, request.path == url or request.path.startswith(f"{url}/"))
        for endpoint, label in pages
        if principal.may(ROUTES[endpoint])
        for url in [url_for(endpoint, **values)]
    ]
