"""The package's fields are those that `app` writes: names, types, lengths, keys, states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from uuid import UUID

from app.destinations.models import DestinationState
from app.engagement.kinds import MAX_KIND
from app.engagement.models import Confidence
from app.engagement.score import word_for
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
_WARM = "reports/Inlay/Warm_Contacts.report-meta.xml"
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


def descriptions_tell_what_app_writes(project: Project) -> Iterator[str]:
    """What people read of a field names each value that `app` writes, and the limits of a score."""
    named = {
        f"{DESTINATION}.{DestinationField.STATE.value}": STATES,
        f"Activity.{ActivityField.CONFIDENCE.value}": [each.value for each in Confidence],
    }
    for name, values in named.items():
        told = project.told(name, "description")
        yield from (
            f"{name}: its description does not name {each}" for each in values if each not in told
        )
    limits = {word: _least(word) for word in ("Warm", "Hot")}
    for sobject in ("Contact", "Lead"):
        told = project.told(f"{sobject}.{PersonField.SCORE.value}", "inlineHelpText")
        yield from (
            f"{sobject}.{PersonField.SCORE.value}: its help does not say from {least} on {word}"
            for word, least in limits.items()
            if f"from {least} on {word.lower()}" not in told
        )
    report = (project.source / _WARM).read_text(encoding="utf-8")
    if f"<value>{limits['Warm']}</value>" not in report:
        yield f"{_WARM}: contacts are warm from {limits['Warm']} on"


def _least(word: str) -> int:
    return next(score for score in range(101) if word_for(score) == word)


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
