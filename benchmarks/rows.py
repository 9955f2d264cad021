"""What a row of the table says, and goals in a form that can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on the ratio, or on the value itself."""

    bound: float
    is_least: bool = False
    of_value: bool = False

    def is_met(self, value: float, ratio: float) -> bool:
        """Whether a measured row keeps the bound."""
        measured = value if self.of_value else ratio
        return measured >= self.bound if self.is_least else measured <= self.bound

    def __str__(self) -> str:
        words = f"{'≥' if self.is_least else '≤'} {self.bound:g}"
        return words if self.of_value else f"{words} ×"


@dataclass(frozen=True, slots=True)
class Row:
    """One measured number with its baseline, both in ``unit``; without a goal it is for scale."""

    name: str
    value: float
    unit: str
    baseline: float
    goal: Goal | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """The value over its baseline."""
        return self.value / self.baseline

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        return self.goal.is_met(self.value, self.ratio) if self.goal else None

    def as_json(self) -> dict[str, Any]:
        """The row as `results.json` holds it."""
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "baseline": round(self.baseline, 4),
            "ratio": round(self.ratio, 4),
            "goal": str(self.goal) if self.goal else None,
            "met": self.met,
            "note": self.note,
        }


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table, as the README shows it."""
    heads = ("what", "value", "baseline", "unit", "ratio", "goal", "met")
    body = [
        (
            row.name,
            _number(row.value),
            _number(row.baseline),
            row.unit,
            f"{row.ratio:.3g}",
            str(row.goal or "—"),
            {True: "yes", False: "NO", None: "—"}[row.met],
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in (heads, *body)) for column in range(len(heads))]
    ruler = tuple("-" * width for width in widths)
    return "\n".join(_line(line, widths) for line in (heads, ruler, *body))


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
