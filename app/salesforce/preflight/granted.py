"""Whether each right that a feature needs is there, judged from describes (E8).

A describe shows a user what that user may do: hidden objects and fields are absent, and flags tell
the rest. One missing right is told once: where an object is hidden, nothing is said of its fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.salesforce import profile
from app.salesforce.names import Names
from app.salesforce.package import DESTINATION, FIRST_RELEASE, since
from app.salesforce.preflight import sharing
from app.salesforce.preflight.reading import Seen
from app.salesforce.preflight.result import Finding, Verdict, name_of
from app.salesforce.preflight.rights import SETS, Access, Needs, Right

ACTIVITIES = ("Task", "Event")
#: User permissions by the words of Salesforce's setup.
_PERMISSIONS = {
    "ApiEnabled": "API Enabled",
    "ActivitiesAccess": "Access Activities",
    "EditTask": "Edit Tasks",
    "EditEvent": "Edit Events",
}
#: What is to be done with a set that is assigned and lacks a right, by whether it is packaged.
_RENEW = {True: "upgrade the package", False: "deploy the set again"}
_EDITS = {"EditTask": "Task", "EditEvent": "Event"}
_FLAGS = {Access.CREATE: "createable", Access.EDIT: "updateable", Access.DELETE: "deletable"}


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges rights by what was seen; ``activities`` are the objects that are written."""

    seen: Seen
    names: Names
    activities: frozenset[str]

    def judge(self, needs: Needs) -> tuple[list[Finding], int]:
        """What is missing or unknown of a feature's rights, and how many are there."""
        findings, fine = [], 0
        if needs.own and not self.names.is_installed and not hides_package(self.seen):
            findings.append(_NO_PACKAGE)
        for right, granting in needs.grants().items():
            verdict = self._verdict(right)
            if verdict is Verdict.FINE:
                fine += 1
            elif verdict is not None:
                findings.append(self._finding(right, granting, verdict))
        return findings, fine

    def _verdict(self, right: Right) -> Verdict | None:
        """How a right stands; None where another missing one explains it, or nobody needs it."""
        if right.is_user_permission:
            return self._of_user(right.name)
        if right.sobject in ACTIVITIES and not self._is_written(right):
            return None
        if _is_own(right) and not self.names.is_installed:
            return None
        if not right.field:
            return self._of_object(right)
        return self._of_field(right)

    def _is_written(self, right: Right) -> bool:
        """Fields of the package are of both activities: either shows them."""
        return right.sobject in self.activities or _is_own(right)

    def _of_user(self, name: str) -> Verdict | None:
        if name in _EDITS:
            described = self.seen.describe(_EDITS[name])
            if _EDITS[name] not in self.activities or described is None:
                return None
            return _found(bool(described["createable"]))
        if name == "ActivitiesAccess":
            return _found(any(self.seen.describe(each) for each in self.activities))
        return Verdict.FINE  # API Enabled: the org has answered

    def _of_object(self, right: Right) -> Verdict | None:
        described = self.seen.describe(right.name)
        if right.access is Access.READ:
            return _found(described is not None)
        if described is None:
            return None
        if right.access is Access.VIEW_ALL:
            return sharing.sees_all(self.seen, right.name)
        return _found(bool(described[_FLAGS[right.access]]))

    def _of_field(self, right: Right) -> Verdict | None:
        described = self._describe(right)
        if described is None:
            return None
        field = next((f for f in described["fields"] if f["name"] == self._field(right)), None)
        if field is None:
            return Verdict.MISSING
        if right.access is Access.READ:
            return Verdict.FINE
        flags = [flag for flag in ("createable", "updateable") if described[flag]]
        return _found(all(field[flag] for flag in flags)) if flags else None

    def _describe(self, right: Right) -> Mapping[str, Any] | None:
        if right.sobject in ACTIVITIES and _is_own(right):
            found = (self.seen.describe(each) for each in sorted(self.activities, reverse=True))
            return next((each for each in found if each is not None), None)
        return self.seen.describe(right.sobject)

    def _field(self, right: Right) -> str:
        return self.names.expected(right.field) if _is_own(right) else right.field

    def _finding(self, right: Right, granting: str, verdict: Verdict) -> Finding:
        return Finding(
            check="right",
            verdict=verdict,
            sentence=f"{self._what(right, verdict)} {self._remedy(right, granting, verdict)}",
            access=right.access.value,
            name=self._api_name(right),
            sets=(granting,),
            right=name_of(right),
        )

    def _api_name(self, right: Right) -> str:
        if right.is_user_permission:
            return right.name
        own = right.sobject == DESTINATION
        sobject = self.names.expected(right.sobject) if own else right.sobject
        return f"{sobject}.{self._field(right)}" if right.field else sobject

    def _what(self, right: Right, verdict: Verdict) -> str:
        name = self._api_name(right)
        if right.is_user_permission:
            label = _PERMISSIONS.get(name, name)
            return f"The integration user lacks the user permission {label} ({name})."
        if right.access is Access.VIEW_ALL:
            return sharing.sentence(self.seen, right.name, verdict)
        return f"The integration user may not {right.access.value} {name}."

    def _remedy(self, right: Right, granting: str, verdict: Verdict) -> str:
        held = sets_held(self.seen)
        if right.field and is_newer(self.names, right):
            return "The package installed is older than this field: upgrade it."
        if verdict is Verdict.UNKNOWN:
            return f"{granting} grants it for certain."
        if held is not None and granting in held:
            return f"{granting} is assigned but lacks it: {_RENEW[SETS[granting].is_packaged]}."
        if SETS[granting].is_packaged:
            return f"Assign {granting}, which comes with the package."
        return f"Assign {granting}, or grant it by a set of your own."


def sets_held(seen: Seen) -> frozenset[str] | None:
    """Names of the integration user's permission sets; None where they are hidden from it."""
    rows = seen.rows.get("sets")
    return frozenset(str(row["Name"]) for row in rows) if rows else None


def hides_package(seen: Seen) -> bool:
    """Whether nothing that carries fields of the package is visible, so that they cannot be."""
    return not any(name in seen.describes for name in profile.STANDARD)


def is_newer(names: Names, right: Right) -> bool:
    """Whether a field came with a release of which nothing is there: the package is older."""
    came = since(right.name)
    if came == FIRST_RELEASE:
        return False
    lacking = {f"{sobject}.{field}" for sobject, field in names.missing()}
    return right.name in lacking and names.release is not None and names.release < came


_NO_PACKAGE = Finding(
    check="package",
    verdict=Verdict.MISSING,
    sentence="Nothing of the Inlay package is to be seen. Install it, and assign "
    "Inlay_Integration to the integration user.",
    sets=("Inlay_Integration",),
)


def _is_own(right: Right) -> bool:
    return right.name.endswith("__c")


def _found(is_there: bool) -> Verdict:
    return Verdict.FINE if is_there else Verdict.MISSING
