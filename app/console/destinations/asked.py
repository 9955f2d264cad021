"""Which Destinations are asked for, from the query of the address; places and days as text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from app.clock import utcnow
from app.console.activity.asked import record_id_in
from app.destinations.overview import Asked, Place
from app.web.times import zone_of
from canvas.ids import USER_PREFIX, to_18

STATES = ("active", "revoked", "over")
_USER = re.compile(rf"(?<![a-zA-Z0-9]){USER_PREFIX}[a-zA-Z0-9]{{12}}(?:[a-zA-Z0-9]{{3}})?\b")
_LONGEST = 200


def chosen(arguments: Mapping[str, str]) -> dict[str, str]:
    """What was typed and chosen; a state that is none is left out."""
    state = arguments.get("state", "")
    return {
        "q": arguments.get("q", "").strip()[:_LONGEST],
        "state": state if state in STATES else "",
    }


def asked_of(arguments: Mapping[str, str]) -> Asked:
    """The question that it means."""
    values = chosen(arguments)
    return Asked(
        now=utcnow(),
        words=values["q"],
        salesforce_id=record_id_in(values["q"]) or _user_id_in(values["q"]),
        state=values["state"],
        before=_place(arguments.get("before", "")),
    )


def query(values: Mapping[str, str], place: Place) -> str:
    """The same question, from a place on."""
    mark = base64.urlsafe_b64encode(f"{place[0].isoformat()}|{place[1]}".encode()).decode()
    return urlencode({name: text for name, text in {**values, "before": mark}.items() if text})


def end_of_day(text: str, zone: str) -> datetime:
    """When a day (``2026-11-16``) is over in a zone; ValueError when it is none."""
    following = date.fromisoformat(text) + timedelta(days=1)
    return datetime.combine(following, time(), zone_of(zone)).astimezone(UTC)


def day_before(moment: datetime | None, zone: str) -> str:
    """The last day that ends by then, as a field of a form shows it; "" for never."""
    if moment is None:
        return ""
    return (moment.astimezone(zone_of(zone)) - timedelta(seconds=1)).date().isoformat()


def _user_id_in(text: str) -> str:
    found = _USER.search(text)
    try:
        return to_18(found[0]) if found else ""
    except ValueError:
        return ""


def _place(mark: str) -> Place | None:
    try:
        moment, _bar, last = base64.urlsafe_b64decode(mark.encode()).decode().partition("|")
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(last)
    except (ValueError, binascii.Error, OverflowError):
        return None
