"""What else must be so, or is worth knowing, of the org and of each feature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.salesforce.names import ActivityField, DestinationField, FieldNames, Names
from app.salesforce.preflight import sharing
from app.salesforce.preflight.granted import ACTIVITIES
from app.salesforce.preflight.reading import Seen
from app.salesforce.preflight.result import Finding, Verdict

_TRAITS = {
    "externalId": "an external id",
    "unique": "unique",
    "caseSensitive": "case-sensitive",
}
#: What activities are written without where it is hidden, beyond what the sets grant.
_OPTIONAL = {
    "Task": ("TaskSubtype", "CallType", "CallDurationInSeconds", "CallDisposition"),
    "Event": ("ShowAs", "IsAllDayEvent"),
}
#: Features that write to records of the customer, which its duplicate rules may refuse.
_EDITS_PEOPLE = {
    "scores": ("Contact", "Lead"),
    "sync_to_salesforce": ("Account", "Contact", "Lead"),
}


def of_feature(
    feature: str, seen: Seen, names: Names, activities: Sequence[str]
) -> Iterator[Finding]:
    """Findings of one feature beyond its rights."""
    if feature in {"activity_to_salesforce", "follow_ups"}:
        yield from _of_activities(seen, names, activities)
    if feature == "activity_to_salesforce":
        for sobject in activities:
            yield from _left_out(sobject, seen)
    if feature == "destination_records":
        described = seen.describe("Inlay_Destination__c")
        yield from _key(described, names.destination, DestinationField.EXTERNAL_ID)
    for sobject in _EDITS_PEOPLE.get(feature, ()):
        yield from _of_edits(seen, sobject)


def _of_activities(seen: Seen, names: Names, activities: Sequence[str]) -> Iterator[Finding]:
    described = {name: seen.describe(name) for name in ACTIVITIES if name in activities}
    first = next((each for each in described.values() if each is not None), None)
    yield from _key(first, names, ActivityField.KEY)
    if "Task" in activities and described["Task"] is not None and not seen.facts["closed_status"]:
        yield Finding(
            "closed_status",
            Verdict.MISSING,
            "No value of Task Status is closed, so activities cannot be written as done. Mark one "
            "as closed in Setup > Object Manager > Task > Fields > Status.",
        )
    for name, body in described.items():
        if body is not None:
            yield from _required(name, body, names)
    yield from _activity_sharing(seen)


def _key(
    described: Mapping[str, Any] | None, names: FieldNames[Any], field: Any
) -> Iterator[Finding]:
    """The key by which rows are upserted: it must be unique, or nothing is exactly once."""
    if described is None or field not in names:
        return  # the missing right, or the missing field, is told of already
    api = names.api(field)
    found = next((each for each in described["fields"] if each["name"] == api), None)
    lacking = [words for trait, words in _TRAITS.items() if found and not found.get(trait)]
    if lacking:
        yield Finding(
            "key",
            Verdict.MISSING,
            f"{described['name']}.{api} is not {' and not '.join(lacking)}. It was made by hand: "
            "use the package's own field.",
            name=f"{described['name']}.{api}",
        )


def _required(sobject: str, described: Mapping[str, Any], names: Names) -> Iterator[Finding]:
    """Fields that a customer made required: without a default every activity would be refused."""
    for field in described["fields"]:
        is_asked_for = field["createable"] and not field["nillable"]
        is_ours = names.logical(field["name"]) is not None
        if is_asked_for and field["custom"] and not field["defaultedOnCreate"] and not is_ours:
            yield Finding(
                "required_field",
                Verdict.MISSING,
                f"{sobject}.{field['name']} is required and has no default: Salesforce will "
                "refuse every activity. Give it a default, or make it optional.",
                name=f"{sobject}.{field['name']}",
            )


def _left_out(sobject: str, seen: Seen) -> Iterator[Finding]:
    """Fields that activities do without, where the org does not let Inlay fill them."""
    writable = seen.facts["writable"].get(sobject)
    wanted = _OPTIONAL[sobject] if writable is not None else ()
    lacking = [f"{sobject}.{name}" for name in wanted if name not in writable]
    if lacking:
        yield Finding(
            "optional_fields",
            Verdict.NOTE,
            f"Left out of activities, for Inlay may not fill them: {', '.join(lacking)}. A set of "
            "your own that lets the integration user edit them changes that.",
            name=", ".join(lacking),
        )


def _activity_sharing(seen: Seen) -> Iterator[Finding]:
    model = activity_sharing(seen)
    if model == "Private":
        yield Finding(
            "activity_sharing",
            Verdict.NOTE,
            "Activities are private: their owners and people above them change them, Inlay does "
            "not once they have another owner.",
        )
    if seen.has_shared_activities:
        yield Finding(
            "shared_activities",
            Verdict.NOTE,
            "Shared Activities is on. Inlay writes one person to each activity all the same.",
        )


def activity_sharing(seen: Seen) -> str:
    """``Private`` or ``ControlledByParent``; empty where the org does not show it."""
    rows = seen.rows.get("sharing", ())
    return next((str(row["InternalSharingModel"] or "") for row in rows), "")


def _of_edits(seen: Seen, sobject: str) -> Iterator[Finding]:
    if sobject in seen.describes and not sharing.is_open_to_edit(seen, sobject):
        yield Finding(
            "sharing_edit",
            Verdict.NOTE,
            f"Not everybody may edit every {sobject}: those of other owners can be changed only "
            "where a sharing rule lets the integration user.",
            name=sobject,
        )
    rules = [row for row in seen.rows.get("duplicates", ()) if row["SobjectType"] == sobject]
    if rules:
        named = ", ".join(sorted(str(row["MasterLabel"]) for row in rules))
        yield Finding(
            "duplicate_rules",
            Verdict.NOTE,
            f"Duplicate rules are active on {sobject} ({named}). One that blocks refuses Inlay's "
            "writes, too.",
            name=sobject,
        )
