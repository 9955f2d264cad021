"""What a preflight found, as data: of the org as a whole, and for each feature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.salesforce.preflight.rights import Access, Right

#: Raised when the kept form changes, so that an older answer is asked for anew.
FORM = 1
#: The check that tells that a feature hangs on rights of each rep.
OF_REPS = "rights_of_reps"


class Verdict(StrEnum):
    """How something stands. A note is worth knowing and stops nothing."""

    FINE = "fine"
    NOTE = "note"
    UNKNOWN = "unknown"
    MISSING = "missing"


_WEIGHT = {each: weight for weight, each in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        check: Machine code of what was looked at: ``right``, ``edition``, ``closed_status``, …
        sentence: For a human, with the next step where there is one.
        access: What the right would allow; empty where it is none (see ``rights.Access``).
        name: API name, in this org, of the object, field or user permission it is about.
        sets: Permission sets that grant it.
        right: The bare right as "access name", by which it is told apart; empty for other checks.
    """

    check: str
    verdict: Verdict
    sentence: str
    access: str = ""
    name: str = ""
    sets: tuple[str, ...] = ()
    right: str = ""

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Finding:
        """From the kept form."""
        return cls(**{**kept, "verdict": Verdict(kept["verdict"]), "sets": tuple(kept["sets"])})


def name_of(right: Right) -> str:
    """A right in one line: "edit Task.WhoId", "EditTask"."""
    return right.name if right.access is Access.USE else f"{right.access} {right.name}"


@dataclass(frozen=True, slots=True)
class FeatureReport:
    """How a feature stands: ``findings`` are what is not fine, ``fine`` counts what is."""

    feature: str
    is_on: bool
    findings: tuple[Finding, ...] = ()
    fine: int = 0

    @property
    def verdict(self) -> Verdict:
        """The gravest of its findings, notes aside."""
        return gravest(self.findings)

    @property
    def missing(self) -> tuple[Finding, ...]:
        """What it lacks."""
        return tuple(each for each in self.findings if each.verdict is Verdict.MISSING)


@dataclass(frozen=True, slots=True)
class Preflight:
    """The answer of one run.

    Attributes:
        ran_at: When it was run.
        calls: Counted API calls that it took.
        refused: Why this org cannot be served at all: ``edition``, ``api``; else empty.
        org: Findings about the org as a whole.
        features: One report per feature; those switched off as well.
        facts: What was seen, by name, for people who want to know.
    """

    ran_at: datetime
    calls: int = 0
    refused: str = ""
    org: tuple[Finding, ...] = ()
    features: tuple[FeatureReport, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The gravest of what is found of the features that are on, and of what the org lacks.

        What no integration user can ever see (policies, rights of reps) does not count.
        """
        org = [each for each in self.org if each.verdict is Verdict.MISSING]
        used = [each for report in self.in_use for each in report.findings]
        seen = [each for each in (*org, *used) if each.check != OF_REPS]
        return Verdict.MISSING if self.refused else gravest(seen)

    @property
    def in_use(self) -> tuple[FeatureReport, ...]:
        """Features that are switched on."""
        return tuple(each for each in self.features if each.is_on)

    @property
    def lacks(self) -> tuple[Finding, ...]:
        """What features in use lack, each once."""
        found = [finding for each in self.in_use for finding in each.missing]
        return tuple(dict.fromkeys(found))

    def report(self, feature: str) -> FeatureReport:
        """The report of one feature.

        Raises:
            KeyError: There is none.
        """
        return {each.feature: each for each in self.features}[feature]

    def as_json(self) -> dict[str, Any]:
        """The kept form, and that of the API."""
        kept = asdict(self)
        kept["ran_at"] = self.ran_at.isoformat()
        kept["verdict"] = self.verdict.value
        for each, report in zip(kept["features"], self.features, strict=True):
            each["verdict"] = report.verdict.value
        return {"form": FORM, **kept}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Preflight:
        """From the kept form."""
        return cls(
            ran_at=datetime.fromisoformat(kept["ran_at"]),
            calls=kept["calls"],
            refused=kept["refused"],
            org=_findings(kept["org"]),
            features=tuple(
                FeatureReport(
                    each["feature"], each["is_on"], _findings(each["findings"]), each["fine"]
                )
                for each in kept["features"]
            ),
            facts=kept["facts"],
        )


def gravest(findings: Iterable[Finding]) -> Verdict:
    """The gravest verdict; a note is no worse than fine."""
    told = [each.verdict for each in findings if each.verdict is not Verdict.NOTE]
    return max(told, key=_WEIGHT.__getitem__, default=Verdict.FINE)


def _findings(kept: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding.of_json(each) for each in kept)
