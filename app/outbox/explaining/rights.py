"""Refusals for a right that is missing, and whether it is there again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.orgs.features import Feature
from app.salesforce.preflight.result import Finding, Preflight
from app.salesforce.preflight.rights import CONNECTION

#: Refusals whose cause a preflight names.
OF_RIGHTS = frozenset({"right_missing", "field_missing"})


def lacks(found: Preflight | None) -> Sequence[Finding]:
    """What activities lack, as the last preflight saw it."""
    reports = found.features if found else ()
    missing = [
        finding
        for report in reports
        if report.feature in (CONNECTION, Feature.ACTIVITY_TO_SALESFORCE)
        for finding in report.missing
    ]
    return list(dict.fromkeys(missing))


def is_cured(reason: str, tried_at: datetime | None, found: Preflight | None) -> bool:
    """Whether a right was missing at the last try, and a preflight since then missed none."""
    if reason not in OF_RIGHTS or tried_at is None or found is None or found.refused:
        return False
    return found.ran_at > tried_at and not lacks(found)
