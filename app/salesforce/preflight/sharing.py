"""Whether the integration user sees all records of an object, as far as that can be known.

No API tells a user who may not look at the setup. So in this order: the org-wide default (what is
open to everybody needs no right), the permission sets where they are visible, and records that
Inlay knows from reps' own pages: when not one of them is visible, View All is missing.
"""

from __future__ import annotations

from app.salesforce.preflight.reading import Seen
from app.salesforce.preflight.result import Verdict

#: Org-wide defaults, in Organization's words, by which everybody reads, and may edit.
_READ_BY_ALL = frozenset({"Read", "Edit", "ReadEdit", "ReadEditTransfer", "All"})
_EDITED_BY_ALL = _READ_BY_ALL - {"Read"}
_PARENT = "ControlledByParent"


def level(seen: Seen, sobject: str) -> str:
    """The org-wide default of a standard object; that of accounts where it follows them."""
    organization = seen.one.get("organization", {})
    found = str(organization.get(f"Default{sobject}Access") or "")
    if found == _PARENT and sobject != "Account":
        return level(seen, "Account")
    return found


def is_open(seen: Seen, sobject: str) -> bool:
    """Whether everybody may read all records of the object."""
    return level(seen, sobject) in _READ_BY_ALL


def is_open_to_edit(seen: Seen, sobject: str) -> bool:
    """Whether everybody may edit all records of the object, as far as sharing goes."""
    return level(seen, sobject) in _EDITED_BY_ALL


def is_told_by_sets(seen: Seen) -> bool:
    """Whether the integration user may look at its own permission sets."""
    return bool(seen.rows.get("sets")) and "view_all" in seen.rows


def sees_all(seen: Seen, sobject: str) -> Verdict:
    """How the right to view all records of a standard object stands."""
    if is_open(seen, sobject) or _is_granted(seen, sobject):
        return Verdict.FINE
    if is_told_by_sets(seen):
        return Verdict.MISSING
    known, visible = seen.visible.get(sobject, (0, 0))
    if known and visible == known:
        return Verdict.FINE  # by View All or by sharing rules: what Inlay knows is visible
    return Verdict.MISSING if known and not visible else Verdict.UNKNOWN


def undecided(seen: Seen) -> tuple[str, ...]:
    """Objects of which only records can tell."""
    if is_told_by_sets(seen):
        return ()
    four = ("Account", "Contact", "Lead", "Opportunity")
    return tuple(name for name in four if name in seen.describes and not is_open(seen, name))


def sentence(seen: Seen, sobject: str, verdict: Verdict) -> str:
    """What was seen of an object's records."""
    known, visible = seen.visible.get(sobject, (0, 0))
    if verdict is Verdict.MISSING:
        shown = f": none of {known} known to Inlay is visible" if known else ""
        return f"The integration user lacks View All on {sobject}{shown}."
    if known:
        return (
            f"{visible} of {known} records of {sobject} that Inlay knows are visible; the others "
            "are deleted, or View All is missing."
        )
    return (
        f"Records of {sobject} are not open to everybody, and whether the integration user has "
        "View All cannot be seen."
    )


def _is_granted(seen: Seen, sobject: str) -> bool:
    everything = ("PermissionsViewAllData", "PermissionsModifyAllData")
    if any(row.get(name) for row in seen.rows.get("sets", ()) for name in everything):
        return True
    return any(row["SobjectType"] == sobject for row in seen.rows.get("view_all", ()))
