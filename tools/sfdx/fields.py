"""The package's fields are those that `app` writes: names, types, lengths, keys, states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from uuid import UUID

from app.destinations.models import DestinationState
from app.engagement.kinds import MAX_KIND
from app.engagement.models import Confidence
from app.outbox.records.current import EXPIRED, LOOKUPS
from app.salesforce.package import DESTINATION, ActivityField, DestinationField, PersonField
from tools.sfdx.project import Field, Project

#: What `app` writes as the state of a Destination.
STATES = (*(each.value for each in DestinationState), EXPIRED)
_ID = len(UUID(int=0).hex)
#: What `app` writes to each field: type, least length (of numbers, digits).
_WRITTEN: Mapping[StrEnum, tuple[str, int]] = {
    ActivityField.KEY: ("Text", len("t:") + _ID),
    ActivityField.KIND: ("Text", MAX_KIND),
    ActivityField.OCCURRED_AT: ("DateTime", 0),
    ActivityField.CONFIDENCE: ("Text", max(len(each.value) for each in Confidence)),
    ActivityField.LINK: ("Url", 0),
    PersonField.SCORE: ("Number", 3),  # up to 100
    PersonField.LAST_ENGAGED: ("DateTime", 0),
    PersonField.SYNC_STATE: ("Text", 0),
    DestinationField.EXTERNAL_ID: ("Text", _ID),
    DestinationField.LINK: ("Url", 0),
    DestinationField.STATE: ("Text", max(map(len, STATES))),
    DestinationField.VIEWS: ("Number", 9),
    DestinationField.VIEWERS: ("Number", 9),
    DestinationField.LAST_VIEWED: ("DateTime", 0),
    **dict.fromkeys(LOOKUPS.values(), ("Lookup", 0)),
}
_KEYS = {ActivityField.KEY.value, DestinationField.EXTERNAL_ID.value}


def activity_fields_are_those_of_app(project: Project) -> Iterator[str]:
    """The package's fields on Activity are exactly those that `app` writes, wide enough."""
    ours = {field.name: field for field in project.fields.values() if field.sobject == "Activity"}
    for known in ActivityField:
        found = ours.pop(known.value, None)
        if found is None:
            yield f"Activity.{known.value} is missing; app writes it"
        else:
            yield from _misfits(found, *_WRITTEN[known])
    yield from (f"Activity.{name} is unknown to app/salesforce/package.py" for name in ours)


def other_fields_are_those_of_app(project: Project) -> Iterator[str]:
    """The package's fields on people and Destinations are those of app/salesforce/package.py."""
    named = {
        "Contact": {each.value for each in PersonField},
        "Lead": {each.value for each in PersonField},
        DESTINATION: {each.value for each in DestinationField},
    }
    for sobject, known in named.items():
        ours = {f.name for f in project.fields.values() if f.sobject == sobject and f.writable}
        yield from (f"{sobject}.{name} is missing; app names it" for name in sorted(known - ours))
        yield from (f"{sobject}.{name} is unknown to app" for name in sorted(ours - known))
    for wanted in (*PersonField, *DestinationField):
        for field in project.fields.values():
            if field.name == wanted.value and field.sobject in named:
                yield from _misfits(field, *_WRITTEN[wanted])
    for pointed, lookup in LOOKUPS.items():
        found = project.fields.get(f"{DESTINATION}.{lookup.value}")
        if found is not None and found.references != pointed.value:
            yield f"{DESTINATION}.{found.name} points to {found.references}, not {pointed.value}"


def state_tells_what_app_writes(project: Project) -> Iterator[str]:
    """The description of a Destination's state names each one that `app` writes."""
    told = project.field_description(f"{DESTINATION}.{DestinationField.STATE.value}")
    yield from (
        f"{DESTINATION}.{DestinationField.STATE.value}: its description does not name {state}"
        for state in STATES
        if state not in told
    )


def _misfits(field: Field, kind: str, least: int) -> Iterator[str]:
    place = f"{field.sobject}.{field.name}"
    if field.type != kind:
        yield f"{place} is {field.type}; app writes {kind}"
    if field.length < least:
        what = "digits" if kind == "Number" else "characters"
        yield f"{place} holds {field.length} {what}; app writes up to {least}"
    is_key = field.name in _KEYS
    for trait in ("unique", "external_id", "case_sensitive"):
        if getattr(field, trait) is not is_key:
            yield f"{place}: {trait} must be {str(is_key).lower()}"
