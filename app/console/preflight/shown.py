"""A preflight as the page shows it: features with names for people, the gravest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.salesforce.preflight.result import FeatureReport, Finding, Preflight, Verdict
from app.web.i18n import N_, _

#: Names of features for people; one that is missing here is shown by its own name.
FEATURES = {
    "connection": N_("Connection"),
    "widget": N_("Widget in record pages"),
    "create_destination": N_("Destinations made by reps"),
    "activity_to_salesforce": N_("Activities"),
    "follow_ups": N_("Follow-up tasks"),
    "destination_records": N_("Destinations as records"),
    "scores": N_("Scores on people"),
    "sync_to_inlay": N_("Sync to Inlay"),
    "sync_to_salesforce": N_("Sync to Salesforce"),
}
_LABELS = {
    Verdict.FINE: N_("Fine"),
    Verdict.NOTE: N_("Note"),
    Verdict.UNKNOWN: N_("Unknown"),
    Verdict.MISSING: N_("Missing"),
}
#: Classes of tags; a thing that nobody can see is no fault, and looks like none.
_TAGS = {Verdict.FINE: "good", Verdict.MISSING: "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding; ``code`` is what an admin looks for in Setup."""

    tag: str
    label: str
    sentence: str
    code: str
    sets: tuple[str, ...]
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One feature; ``missing`` of its ``lines`` say what it lacks."""

    name: str
    title: str
    tag: str
    label: str
    fine: int
    missing: int
    lines: tuple[Line, ...]


def lacking(found: Preflight) -> list[Line]:
    """What features in use lack, each once, with the features that need it."""
    return [
        _line(each, [_title(report) for report in found.in_use if each in report.missing])
        for each in found.lacks
    ]


def to_assign(found: Preflight) -> list[str]:
    """The permission sets that grant all of it, where one does."""
    return sorted({name for each in found.lacks for name in each.sets})


def in_use(found: Preflight) -> list[Part]:
    """The features that are switched on; what they lack stands above them."""
    return [_part(report, is_told=True) for report in found.in_use]


def switched_off(found: Preflight) -> list[Part]:
    """The others: what would be missing if they were switched on."""
    return [_part(report) for report in found.features if not report.is_on]


def of_org(found: Preflight) -> list[Line]:
    """What was seen of the org as a whole."""
    return _lines(found.org)


def _part(report: FeatureReport, *, is_told: bool = False) -> Part:
    shown = [each for each in report.findings if not (is_told and each in report.missing)]
    return Part(
        report.feature,
        _title(report),
        _TAGS.get(report.verdict, ""),
        _(_LABELS[report.verdict]),
        report.fine,
        len(report.missing),
        tuple(_lines(shown)),
    )


def _title(report: FeatureReport) -> str:
    return _(FEATURES.get(report.feature, report.feature))


def _lines(findings: Iterable[Finding]) -> list[Line]:
    order = list(Verdict)
    ordered = sorted(findings, key=lambda each: -order.index(each.verdict))
    return [_line(each) for each in ordered]


def _line(each: Finding, features: Iterable[str] = ()) -> Line:
    code = f"{each.access} {each.name}".removeprefix("use ") if each.right else ""
    return Line(
        _TAGS.get(each.verdict, ""),
        _(_LABELS[each.verdict]),
        each.sentence,
        code,
        each.sets if each.right else (),
        tuple(features),
    )
