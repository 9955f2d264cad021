"""Where an obstacle is cleared: the page for it, if whoever asks may open that page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.console.nav import N_
from app.console.permissions import ROUTES
from app.console.principal import Principal
from app.outbox.models import DeliveryState
from app.web.i18n import _


@dataclass(frozen=True, slots=True)
class Fix:
    """A button: what it says, where it leads."""

    label: str
    url: str


_PAGES: Mapping[str, tuple[str, str]] = {
    "connect": ("console.connect", N_("Connect")),
    "state": ("console.org_state", N_("Change it")),
    "retry": ("console.ask_decision", N_("Try all of them again")),
    "paused": ("console.activity", N_("See what is paused")),
    "breaker": ("console.health", N_("See what is held")),
}
#: What switches writing on, and the page that does it.
_SWITCHES = (
    ("console.turn", "console.setup"),
    ("console.switch_feature", "console.features"),
)


def fixes(principal: Principal) -> Mapping[str, Fix]:
    """The ways out that this principal has, by name; the address names the org."""
    values: Mapping[str, Mapping[str, Any]] = {
        "retry": {"verb": "retry"},
        "paused": {"state": DeliveryState.PAUSED.value},
    }
    found = {
        name: Fix(_(label), url_for(endpoint, **values.get(name, {})))
        for name, (endpoint, label) in _PAGES.items()
        if endpoint in ROUTES and principal.may(ROUTES[endpoint])
    }
    return {**found, **_switching_on(principal)}


def _switching_on(principal: Principal) -> Mapping[str, Fix]:
    """Writing is turned on in the set-up; support, who may not, switches the feature."""
    for act, endpoint in _SWITCHES:
        if principal.may(ROUTES[act]):
            return {"features": Fix(_("Switch it on"), url_for(endpoint))}
    return {}
