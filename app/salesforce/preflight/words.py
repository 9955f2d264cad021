"""A preflight as text: for a terminal, or to paste into a ticket."""

from __future__ import annotations

from collections.abc import Iterator

from app.salesforce.preflight.result import FeatureReport, Finding, Preflight, Verdict

_MARKS = {
    Verdict.FINE: "ok",
    Verdict.NOTE: "note",
    Verdict.UNKNOWN: "unknown",
    Verdict.MISSING: "MISSING",
}


def as_text(found: Preflight, organization: str) -> str:
    """All that was found, the missing first, as plain lines of text."""
    return "\n".join(_lines(found, organization)) + "\n"


def summary(found: Preflight) -> str:
    """One sentence."""
    lacks = len(found.lacks)
    if found.refused:
        return "This organization cannot be served."
    if lacks:
        one = "thing is" if lacks == 1 else "things are"
        return f"{lacks} {one} missing for what is switched on."
    if found.verdict is Verdict.MISSING:
        return "Nothing is missing for what is switched on, but the organization needs a look."
    return "Nothing is missing for what is switched on."


def _lines(found: Preflight, organization: str) -> Iterator[str]:
    yield f"Inlay preflight of {organization}, {found.ran_at:%Y-%m-%d %H:%M} UTC"
    yield summary(found)
    for report in (*found.in_use, *(each for each in found.features if not each.is_on)):
        yield ""
        yield _head(report)
        yield from _findings(report.findings)
    if found.org:
        yield ""
        yield "The organization"
        yield from _findings(found.org)
    yield ""
    calls = "1 API call" if found.calls == 1 else f"{found.calls} API calls"
    yield f"This took {calls}."


def _head(report: FeatureReport) -> str:
    state = "on" if report.is_on else "off"
    verdict = "ok" if report.verdict is Verdict.FINE else report.verdict.value
    there = f", rights that are there: {report.fine}" if report.fine else ""
    return f"{report.feature} ({state}): {verdict}{there}"


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    order = list(reversed(Verdict))
    for each in sorted(findings, key=lambda finding: order.index(finding.verdict)):
        yield f"  {_MARKS[each.verdict]:<8} {each.sentence}"
