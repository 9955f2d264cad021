"""What can be switched, as data: features, plans as sets of them, kill switches by effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Feature(StrEnum):
    """What can be switched per org."""

    WIDGET = "widget"
    CREATE_DESTINATION = "create_destination"
    ACTIVITY_TO_SALESFORCE = "activity_to_salesforce"
    FOLLOW_UPS = "follow_ups"
    DESTINATION_RECORDS = "destination_records"
    SCORES = "scores"


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """Default, owner and meaning of a feature; ``writes``: its work is to write to Salesforce."""

    default: bool
    owner: str
    description: str
    writes: bool = False


SPECS: Mapping[Feature, FeatureSpec] = {
    Feature.WIDGET: FeatureSpec(True, "widget", "The widget in record pages."),
    Feature.CREATE_DESTINATION: FeatureSpec(
        False,
        "destinations",
        "Reps create Destinations from the record page (paid add-on).",
    ),
    Feature.ACTIVITY_TO_SALESFORCE: FeatureSpec(
        False, "outbox", "Engagement is written to Salesforce as activities.", writes=True
    ),
    Feature.FOLLOW_UPS: FeatureSpec(
        False,
        "outbox",
        "Rules make follow-up tasks in Salesforce, together with writing activities.",
        writes=True,
    ),
    Feature.DESTINATION_RECORDS: FeatureSpec(
        False,
        "outbox",
        "Destinations are kept as records in Salesforce, with their counters.",
        writes=True,
    ),
    Feature.SCORES: FeatureSpec(
        False, "outbox", "Score and last engagement stand on Contacts and Leads.", writes=True
    ),
}

#: Features whose work is to write to Salesforce.
WRITING = frozenset(feature for feature, spec in SPECS.items() if spec.writes)


class Plan(StrEnum):
    """What an org has bought."""

    WIDGET = "widget"
    ACTIVITIES = "activities"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """A plan's name for people and what it switches on; it switches nothing off."""

    label: str
    features: frozenset[Feature]


PLANS: Mapping[Plan, PlanSpec] = {
    Plan.WIDGET: PlanSpec("Widget", frozenset({Feature.WIDGET})),
    Plan.ACTIVITIES: PlanSpec(
        "Activities", frozenset({Feature.WIDGET, Feature.ACTIVITY_TO_SALESFORCE})
    ),
    Plan.COMPLETE: PlanSpec("Complete", frozenset(Feature)),
}


class KillSwitch(StrEnum):
    """What staff can stop for all orgs at once."""

    SALESFORCE_WRITES = "salesforce_writes"
    OPTIONAL_WRITES = "optional_writes"
    HISTORY = "history"
    NEW_DESTINATIONS = "new_destinations"
    WIDGET = "widget"


@dataclass(frozen=True, slots=True)
class KillSpec:
    """A kill switch named by its effect.

    ``off`` are features that nobody has while it is pulled. ``rests`` are features whose work
    waits: what they want to write is still noted, so nothing is lost.
    """

    label: str
    description: str
    off: frozenset[Feature] = frozenset()
    rests: frozenset[Feature] = frozenset()


KILLS: Mapping[KillSwitch, KillSpec] = {
    KillSwitch.SALESFORCE_WRITES: KillSpec(
        "Stop all writes to Salesforce",
        "Activities, tasks, records, scores and history wait here and go on later; nothing is"
        " lost. The widget goes on.",
        rests=WRITING,
    ),
    KillSwitch.OPTIONAL_WRITES: KillSpec(
        "Write nothing but activities",
        "Follow-up tasks, Destination records, scores and history wait, for times when calls are"
        " scarce.",
        rests=WRITING - {Feature.ACTIVITY_TO_SALESFORCE},
    ),
    KillSwitch.HISTORY: KillSpec(
        "Stop filling in history",
        "Back-fills of all orgs wait and go on later. What happens now is sent as usual.",
    ),
    KillSwitch.NEW_DESTINATIONS: KillSpec(
        "No new Destinations",
        "The button goes from open widgets, and the server refuses. Pages that exist stay open.",
        off=frozenset({Feature.CREATE_DESTINATION}),
    ),
    KillSwitch.WIDGET: KillSpec(
        "Widget answers calmly",
        "Reps see a page that says Engagement takes a break; nothing is asked of Salesforce.",
        off=frozenset({Feature.WIDGET}),
    ),
}

#: Kill switches under which no history is filled in.
STOPS_HISTORY = (
    KillSwitch.SALESFORCE_WRITES,
    KillSwitch.OPTIONAL_WRITES,
    KillSwitch.HISTORY,
)


def off_under(pulled: frozenset[str]) -> frozenset[Feature]:
    """Features that nobody has while these kill switches are pulled."""
    return frozenset().union(*(KILLS[each].off for each in _known(pulled)))


def resting_under(pulled: frozenset[str]) -> frozenset[Feature]:
    """Features whose work waits while these kill switches are pulled."""
    return frozenset().union(*(KILLS[each].rests for each in _known(pulled)))


def switches_that_stop(feature: Feature) -> list[KillSwitch]:
    """Kill switches under which this feature does nothing."""
    return [each for each, spec in KILLS.items() if feature in spec.off | spec.rests]


def _known(pulled: frozenset[str]) -> list[KillSwitch]:
    """A later release may have pulled what this one does not know."""
    return [each for each in KillSwitch if each.value in pulled]
