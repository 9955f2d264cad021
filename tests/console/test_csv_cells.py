"""What others wrote is no formula in whatever spreadsheet opens a file of ours."""

from __future__ import annotations

import pytest

from app.console.csv_cells import harmless


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("=1", "'=1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t'=1"),
        ("\n=1", "'\n'=1"),
        ("＝1", "'＝1"),  # what input methods make of the sign
        ("note;=1", "note;'=1"),
        ('note; "=1"', 'note;\' "=1"'),
        ("first line\r\n+1", "first line\r\n'+1"),
        ("a-b, 1 + 1 = 2; and so on", "a-b, 1 + 1 = 2; and so on"),
        (-1, -1),
    ],
)
def test_a_cell_runs_nothing_wherever_it_is_split(written: object, kept: object) -> None:
    """With semicolons between cells, as in much of Europe, our quotes do not hold a cell."""
    assert harmless(written) == kept
