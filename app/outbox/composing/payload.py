"""The body of an activity, as it is frozen when a row is first sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.outbox.composing.shapes import event_fields, instant, task_fields
from app.outbox.composing.words import Happening, description_of, subject_of
from app.outbox.digests.words import description_of_day, subject_of_day
from app.outbox.models import ActivityObject
from app.salesforce.names import ActivityField, Names
from app.salesforce.profile import OPTIONAL

_KEY_PREFIX = {ActivityObject.TASK: "t", ActivityObject.EVENT: "e"}
_KEY, _KIND, _OCCURRED_AT, _CONFIDENCE, _LINK = (
    each.name
    for each in (
        ActivityField.KEY,
        ActivityField.KIND,
        ActivityField.OCCURRED_AT,
        ActivityField.CONFIDENCE,
        ActivityField.LINK,
    )
)
_LINK_LENGTH = 255

#: What the org may hide of a kind of activity: {field: [values of its picklist]}.
Writable = Mapping[str, Sequence[str]]
#: These an org was always asked to let Inlay fill; of the others it must be known.
_PRESUMED: Writable = {"Description": (), "WhatId": (), "ActivityDate": ()}


@dataclass(frozen=True, slots=True)
class OrgForm:
    """How this org wants its activities written.

    ``has_key_field``: activities can be upserted by our key. Without it the key goes into the
    description, where it can be read back. ``objects``: kinds that are written as another object
    than ``sobject``. ``writable``: which optional fields the org lets Inlay fill, by object.
    ``time_zone``: the org's own, "" when unknown. ``default_owner`` is Assigned To where nobody
    else is known; ``unfit_owners`` never are.
    """

    sobject: ActivityObject
    names: Names
    closed_status: str
    has_key_field: bool = True
    objects: Mapping[str, ActivityObject] = field(default_factory=dict)
    writable: Mapping[ActivityObject, Writable] = field(default_factory=dict)
    time_zone: str = ""
    default_owner: str = ""
    unfit_owners: frozenset[str] = frozenset()
    _limits: Mapping[ActivityObject, Any] = field(init=False, repr=False, compare=False)
    _api: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = {each: _limits_of(self.writable.get(each, _PRESUMED)) for each in ActivityObject}
        object.__setattr__(self, "_limits", found)
        # asked for each row: by the name that is frozen, what the field is called in the org today
        named = {each.name: self.names.api(each) for each in self.names}
        object.__setattr__(self, "_api", named)

    @property
    def key_field(self) -> str | None:
        """API name of the external id, where it can be used."""
        return self.names.api(ActivityField.KEY) if self.has_key_field else None

    def sobject_of(self, kind: str) -> ActivityObject:
        """What an event of this kind is written as."""
        return self.objects.get(kind, self.sobject)

    def assigned_to(self, owner: str | None) -> str | None:
        """Who is to be Assigned To; None leaves it to Salesforce: the integration user."""
        for user in (owner, self.default_owner):
            if user and user not in self.unfit_owners:
                return user
        return None

    def packaged(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The package's fields under the org's names, from their logical ones; those it has."""
        return {self._api[name]: value for name, value in values.items() if name in self._api}

    def taken(self, sobject: ActivityObject, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the org takes of these standard fields of an object, and of their values."""
        hidden, choices = self._limits[sobject]
        unknown = [name for name in choices if fields.get(name, "") not in choices[name]]
        if not unknown and hidden.isdisjoint(fields):
            return fields  # as nearly always
        left_out = hidden.union(unknown)
        return {name: value for name, value in fields.items() if name not in left_out}


def _limits_of(writable: Writable) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """Fields that are hidden, and what picklists take."""
    choices = {name: frozenset((*values, "")) for name, values in writable.items() if values}
    return OPTIONAL - writable.keys(), choices


def activity_key(sobject: ActivityObject, event_id: UUID, rank: int) -> str:
    """The external id: told apart by object, for uniqueness may span both; one per target."""
    suffix = f":{rank}" if rank else ""
    return f"{_KEY_PREFIX[sobject]}:{event_id.hex}{suffix}"


def sobject_of_key(key: str) -> ActivityObject:
    """What the activity of a key is written as."""
    return ActivityObject.EVENT if key.startswith("e:") else ActivityObject.TASK


def build(
    form: OrgForm,
    event: Happening,
    zone: ZoneInfo,
    key: str,
    *,
    who: str | None,
    what: str | None,
    owner: str | None = None,
) -> dict[str, Any]:
    """What is frozen: {"fields": standard fields, "package": ours by logical name}.

    All that is worth telling is frozen; ``wire`` leaves out what the org hides from Inlay.
    """
    reference = "" if form.has_key_field else key
    if event.day is not None:
        subject = subject_of_day(event.day)
        description = description_of_day(event.day, zone, reference)
    else:
        subject, description = subject_of(event), description_of(event, zone, reference)
    fields: dict[str, Any] = {"Subject": subject, "Description": description}
    if sobject_of_key(key) is ActivityObject.TASK:
        fields |= task_fields(event, zone, form.closed_status)
    else:
        fields |= event_fields(event)
    for name, value in (("WhoId", who), ("WhatId", what), ("OwnerId", form.assigned_to(owner))):
        if value:
            fields[name] = value
    return {"fields": fields, "package": _package_fields(event)}


def wire(form: OrgForm, payload: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The row as it is sent: what the org takes of the fields that are frozen.

    Ours go under the org's own API names; an owner who is unfit by now gives way to the default.
    """
    package = payload["package"]
    if form.has_key_field:
        package = {**package, _KEY: key}
    sent = {**form.taken(sobject_of_key(key), payload["fields"]), **form.packaged(package)}
    if "OwnerId" in sent:
        owner = form.assigned_to(sent.pop("OwnerId"))
        sent |= {"OwnerId": owner} if owner else {}
    return sent


def _package_fields(event: Happening) -> dict[str, Any]:
    values = {
        _KIND: event.kind,
        _OCCURRED_AT: instant(event.occurred_at),
        _CONFIDENCE: event.confidence,
    }
    if event.url and len(event.url) <= _LINK_LENGTH:  # a clipped address leads nowhere
        values[_LINK] = event.url
    return values
