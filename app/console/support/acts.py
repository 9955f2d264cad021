"""Acts of the audit as people say them: what was done, and what is known of it besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.console.nav import N_
from app.console.support.features import LABELS
from app.orgs.audit import Tag
from app.web.i18n import _

_WORDS: Mapping[str, str] = {
    Tag.ORG_STATE: N_("State of the org changed"),
    Tag.ORG_FEATURE: N_("Feature switched"),
    Tag.ORG_PLAN: N_("Plan changed"),
    Tag.SANDBOX_REFRESHED: N_("Taken as a sandbox's refresh"),
    Tag.ORG_SETTING: N_("Setting changed"),
    Tag.API_KEY_CREATED: N_("API key made"),
    Tag.API_KEY_REVOKED: N_("API key revoked"),
    Tag.DESTINATION_CREATED: N_("Destination created"),
    Tag.DESTINATION_REVOKED: N_("Destination revoked"),
    Tag.DESTINATION_RESTORED: N_("Destination restored"),
    Tag.DESTINATION_EXPIRY: N_("Expiry of a Destination changed"),
    Tag.DESTINATION_GATE: N_("Gate of a Destination changed"),
    Tag.LINK_REVOKED: N_("Link revoked"),
    Tag.LINK_RESTORED: N_("Link restored"),
    Tag.TEMPLATE_CHANGED: N_("Template of Destinations changed"),
    Tag.DOMAIN_ASKED: N_("Own domain asked for"),
    Tag.DOMAIN_OPENED: N_("Own domain opened"),
    Tag.DOMAIN_REMOVED: N_("Own domain given up"),
    Tag.CONNECTION_CREATED: N_("Connected at a shell"),
    Tag.CONNECTED: N_("Connected"),
    Tag.DISCONNECTED: N_("Disconnected"),
    Tag.CONNECT_LINK_MADE: N_("Link for connecting made"),
    Tag.BREAKER_RESET: N_("Held activities tried"),
    Tag.OWNER_MAPPED: N_("Colleague mapped to a user"),
    Tag.FOLLOW_UP_RULE: N_("Follow-up rule changed"),
    Tag.BACKFILL_STARTED: N_("History requested"),
    Tag.BACKFILL_STOPPED: N_("History stopped"),
    Tag.DELIVERY_RETRIED: N_("Activities tried again"),
    Tag.DELIVERY_RETRIED_BY_REP: N_("Activities tried again by a rep"),
    Tag.DELIVERY_PAUSED: N_("Activities paused"),
    Tag.DELIVERY_RESUMED: N_("Paused activities resumed"),
    Tag.DELIVERY_DROPPED: N_("Activities dropped"),
    Tag.ADMIN_INVITED: N_("Admin invited"),
    Tag.INVITATION_WITHDRAWN: N_("Invitation withdrawn"),
    Tag.ADMIN_CAME_IN: N_("Admin came in"),
    Tag.DATA_EXPORTED: N_("All data exported"),
    Tag.DELETION_ASKED: N_("Deletion asked for"),
    Tag.DELETION_CANCELLED: N_("Deletion called off"),
    Tag.VIEWED_AS: N_("Widget looked at as a rep"),
}

#: Acts whose details are what was there before, and what is there now.
_CHANGES = frozenset({Tag.ORG_SETTING, Tag.DESTINATION_EXPIRY, Tag.DESTINATION_GATE})
#: A moment as details keep it, in UTC.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


def words_of(tag: str) -> str:
    """``staff:feature:switch`` as people say it."""
    return _(_WORDS[tag]) if tag in _WORDS else tag.replace(":", " ").replace("_", " ")


def _nobody(_found: str) -> str:
    return ""


def detail_of(tag: str, detail: Mapping[str, Any], name_of: Callable[[str], str] = _nobody) -> str:
    """``feature: Widget, on: yes``; what was changed as ``before → after``; ids after their names.

    ``name_of`` gives the name of a record or user by its id, or "".
    """
    return ", ".join(
        f"{name.replace('_', ' ')}: {_plain(tag, name, value, name_of)}"
        for name, value in detail.items()
        if value != "" and not (name == "destination" and "title" in detail)
    )


def _plain(tag: str, name: str, value: object, name_of: Callable[[str], str]) -> str:
    """A value as people say it: yes and no, a feature by its name, a moment to the minute."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        parts = [_plain(tag, name, part, name_of) or "–" for part in value]
        return (" → " if tag in _CHANGES and len(parts) == 2 else ", ").join(parts)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(tag, key, part, name_of)}" for key, part in value.items())
    if name == "feature" and value in LABELS:
        return _(LABELS[str(value)])
    text = "" if value is None else str(value)
    if known := name_of(text):
        return f"{known} ({text})"
    return f"{text[:10]} {text[11:16]} UTC" if _MOMENT.fullmatch(text) else text
