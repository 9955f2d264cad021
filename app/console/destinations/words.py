"""How a Destination reads on these pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.console.nav import N_
from app.destinations.models import DestinationState
from app.destinations.overview import Line
from app.web.i18n import _

#: Label and look of each state.
STATES: Mapping[str, tuple[str, str]] = {
    "active": (N_("Open"), "good"),
    "over": (N_("Expired"), "warn"),
    "revoked": (N_("Revoked"), "bad"),
}


def state_of(line: Line, now: datetime) -> tuple[str, str]:
    """Label and look of a Destination's state."""
    if line.state is DestinationState.REVOKED:
        name = "revoked"
    else:
        name = "over" if line.is_over(now) else "active"
    label, style = STATES[name]
    return _(label), style


def record_url(line: Line, instance_url: str) -> str:
    """Its record in Salesforce; "" while the org is not connected."""
    if not instance_url:
        return ""
    return f"{instance_url}/lightning/r/{line.sobject.value}/{line.record_id}/view"
