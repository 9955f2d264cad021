"""The body of an activity, as it is frozen when a row is first sent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.outbox.models import ActivityObject
from app.outbox.words import Happening, description_of, subject_of
from app.salesforce.names import ActivityField, Names

_KEY_PREFIX = {ActivityObject.TASK: "t", ActivityObject.EVENT: "e"}
_KIND, _OCCURRED_AT, _CONFIDENCE, _LINK = (
    field.name
    for field in (
        ActivityField.KIND,
        ActivityField.OCCURRED_AT,
        ActivityField.CONFIDENCE,
        ActivityField.LINK,
    )
)
_LINK_LENGTH = 255
#: Salesforce takes calendar events of up to 14 days.
_LONGEST_MINUTES = 14 * 24 * 60


@dataclass(frozen=True, slots=True)
class OrgForm:
    """How this org wants its activities written.

    ``has_key_field``: activities can be upserted by our key. Without it the key goes into the
    description, where it can be read back.
    """

    sobject: ActivityObject
    names: Names
    closed_status: str
    has_key_field: bool = True

    @property
    def key_field(self) -> str | None:
        """API name of the external id, where it can be used."""
        return self.names.api(ActivityField.KEY) if self.has_key_field else None


def activity_key(sobject: ActivityObject, event_id: UUID, rank: int) -> str:
    """The external id: told apart by object, for uniqueness may span both; one per target."""
    suffix = f":{rank}" if rank else ""
    return f"{_KEY_PREFIX[sobject]}:{event_id.hex}{suffix}"


def build(
    form: OrgForm,
    event: Happening,
    zone: ZoneInfo,
    key: str,
    *,
    who: str | None,
    what: str | None,
) -> dict[str, Any]:
    """What is frozen: {"fields": standard fields, "package": ours by logical name}.

    The date is that of the rep's zone: Salesforce shows ActivityDate as it is, without a zone.
    """
    fields: dict[str, Any] = {
        "Subject": subject_of(event),
        "Description": description_of(event, zone, "" if form.has_key_field else key),
    }
    if form.sobject is ActivityObject.TASK:
        fields["Status"] = form.closed_status
        fields["ActivityDate"] = event.occurred_at.astimezone(zone).date().isoformat()
    else:
        fields["StartDateTime"] = instant(event.occurred_at)
        fields["DurationInMinutes"] = _minutes(event)
    if who is not None:
        fields["WhoId"] = who
    if what is not None:
        fields["WhatId"] = what
    return {"fields": fields, "package": _package_fields(event)}


def wire(form: OrgForm, payload: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The row as it is sent: our fields under the org's own API names, those it has."""
    package = {ActivityField[name]: value for name, value in payload["package"].items()}
    if form.has_key_field:
        package[ActivityField.KEY] = key
    return {**payload["fields"], **form.names.row(package)}


def instant(moment: datetime) -> str:
    """A date-time as Salesforce's JSON takes it: UTC, milliseconds."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='milliseconds')}Z"


def _package_fields(event: Happening) -> dict[str, Any]:
    values = {
        _KIND: event.kind,
        _OCCURRED_AT: instant(event.occurred_at),
        _CONFIDENCE: event.confidence,
    }
    if event.url and len(event.url) <= _LINK_LENGTH:  # a clipped address leads nowhere
        values[_LINK] = event.url
    return values


def _minutes(event: Happening) -> int:
    seconds: Any = event.stay.seconds if event.stay else event.properties.get("seconds", 60)
    known = float(seconds) if isinstance(seconds, int | float) else 60.0
    return max(1, min(_LONGEST_MINUTES, math.ceil(known / 60)))
