"""The table of docs/assumptions.md: what nobody has verified, and the probe of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "assumptions.md"
Verdict = Literal["true", "false", "not run"]
TRUE: Verdict = "true"
FALSE: Verdict = "false"
NOT_RUN: Verdict = "not run"
_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Assumption:
    """A line of the table: what we assume, its probe, and what devorg is like."""

    text: str
    probe: str
    devorg: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found in an org; the reason says how, or why it was not run."""

    verdict: Verdict
    reason: str


def found(holds: bool, reason: str) -> Finding:
    """True or false, and how one knows."""
    return Finding(TRUE if holds else FALSE, reason)


def listed() -> list[Assumption]:
    """The table, in its order."""
    rows = []
    for line in DOCUMENT.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == _COLUMNS and cells[1].startswith("`"):
            rows.append(Assumption(cells[0], cells[1].strip("`"), cells[2]))
    return rows
