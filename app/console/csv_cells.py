"""Cells of a CSV file that people open in a spreadsheet."""

from __future__ import annotations

import re

#: Where a spreadsheet would begin a formula: at a cell's start, and after what it may take for the
#: end of a cell. Where the decimal comma is usual that is a semicolon, and quotes of ours then
#: hold nothing together, nor lines. The wide forms are what input methods make of the same signs.
_FORMULA = re.compile(r'^(?=[\t\r\n=+\-@＝＋－＠])|(?<=[\t\r\n;])(?=[ "]*[=+\-@＝＋－＠])')


def harmless(cell: object) -> object:
    """The same, marked as text where what others wrote could run."""
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell
