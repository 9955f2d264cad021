"""Cells of a CSV file: text stays text in a spreadsheet."""

from __future__ import annotations

#: What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: object) -> object:
    """The same, marked as text where what others wrote could run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
