"""Which lines of the log are asked for, from the query of the address."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from app.crm.queries import people_found, people_of_records, roles_on
from app.db import TenantSession
from app.engagement.kinds import MAX_KIND
from app.outbox.log import Asked
from app.outbox.models import DeliveryState
from app.web.i18n import _
from app.web.times import zone_of
from canvas.ids import CONTACT, LEAD, OPPORTUNITY, sobject_of, to_18

_ID = re.compile(r"(?<![a-zA-Z0-9])[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?(?![a-zA-Z0-9])")
FIELDS = ("q", "state", "kind", "reason", "code", "from", "to")
_LONGEST = 500
#: More than a database counts to.
_NO_SEQ = 2**63


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody typed and chose; ``problems`` says what is wrong, by field."""

    values: Mapping[str, str]
    before: tuple[datetime, int] | None
    problems: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.values.get(field, "")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return not any(self.values.values())

    def query(self, **more: str) -> str:
        """The same filter as a query string."""
        return urlencode({name: text for name, text in {**self.values, **more}.items() if text})


def filter_of(arguments: Mapping[str, str]) -> Filter:
    """From the address; what makes no sense is said and left out."""
    values = {field: arguments.get(field, "").strip()[:_LONGEST] for field in FIELDS}
    problems = {}
    if values["state"] and _state(values["state"]) is None:
        problems["state"] = _("There is no such state.")
    for field in ("from", "to"):
        if values[field] and _day(values[field]) is None:
            problems[field] = _("Write the day as 2026-11-16.")
    return Filter(values, _place(arguments.get("before", "")), problems)


def asked_of(session: TenantSession, wanted: Filter, zone: str) -> Asked:
    """The question that a filter means; days are those of the reader's zone."""
    asked = Asked(
        state=_state(wanted["state"]),
        kind=wanted["kind"][:MAX_KIND],
        reason=wanted["reason"],
        code=wanted["code"],
        since=_begin_of(wanted["from"], zone),
        until=_begin_of(wanted["to"], zone, days=1),
        before=wanted.before,
    )
    words = wanted["q"]
    return replace(asked, people=_people(session, words)) if words else asked


def record_id_in(text: str) -> str:
    """The first id (18) of a Contact, Lead, Opportunity or Account in a text or link, or ""."""
    for match in _ID.finditer(text):
        try:
            found = to_18(match[0])
        except ValueError:
            continue
        if sobject_of(found) is not None:
            return found
    return ""


def mark_of(place: tuple[datetime, int]) -> str:
    """A place in the log as text for an address."""
    text = f"{place[0].isoformat()}|{place[1]}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _place(mark: str) -> tuple[datetime, int] | None:
    try:
        moment, _bar, seq = base64.urlsafe_b64decode(mark.encode()).decode().partition("|")
        place = datetime.fromisoformat(moment).astimezone(UTC), int(seq)
    except (ValueError, binascii.Error, OverflowError):
        return None
    return place if 0 <= place[1] < _NO_SEQ else None


def _people(session: TenantSession, words: str) -> list[UUID]:
    record_id = record_id_in(words)
    if not record_id:
        return list(people_found(session, words))
    if sobject_of(record_id) in (CONTACT, LEAD):
        return list(people_of_records(session, [record_id]).values())
    if sobject_of(record_id) == OPPORTUNITY:
        return [role.person_id for role in roles_on(session, record_id)]
    return []


def _state(text: str) -> DeliveryState | None:
    return DeliveryState(text) if text in set(DeliveryState) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _begin_of(text: str, zone: str, days: int = 0) -> datetime | None:
    day = _day(text)
    if day is None:
        return None
    try:
        local = datetime.combine(day + timedelta(days=days), time(), zone_of(zone))
        return local.astimezone(UTC)
    except OverflowError:
        return None
