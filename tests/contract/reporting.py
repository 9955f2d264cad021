"""What a run against an org prints: kept, broken, not run with the reason, and the assumptions.

A pytest plugin that `tools.contract` alone loads.
"""

from __future__ import annotations

from typing import Any

import pytest

NOT_RUN = "not run"
#: The org's own count of API calls, once the run has ended.
USED = pytest.StashKey[str]()
_WORDS = {
    "passed": ("kept", ".", "kept"),
    "failed": ("failed", "F", "BROKEN"),  # pytest shows the reasons of what it counts as failed
    "skipped": (NOT_RUN, "-", NOT_RUN),
}


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Our words for what became of a test."""
    if report.when == "call" or report.outcome != "passed":
        return _WORDS[report.outcome]
    return None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What was not run and why, then what was found of the assumptions, and the calls used."""
    stats = terminalreporter.stats
    skipped = stats.get(NOT_RUN, [])
    if skipped:
        terminalreporter.section("not run")
    for report in skipped:
        name = report.nodeid.rpartition("/")[2]
        terminalreporter.line(f"{name}: {_reason(report)}")
    found = [
        value
        for report in stats.get("kept", []) + stats.get("failed", [])
        for key, value in report.user_properties
        if key == "assumption"
    ]
    if found:
        terminalreporter.section("assumptions")
    for finding in found:
        terminalreporter.line(str(finding))
    terminalreporter.line(
        f"API calls of this day, by the org's count: {config.stash.get(USED, '?')}"
    )


def _reason(report: pytest.TestReport) -> str:
    """Why a test was not run, in one line."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
