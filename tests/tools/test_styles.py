"""A style sheet says once what a class looks like: a second rule would change other pages (E7)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHEETS = sorted([*ROOT.glob("app/*/static/*.css"), *ROOT.glob("devorg/*/static/*.css")])
#: A rule that no other encloses, such as `.ways { … }`; what stands in an @media is indented or long.
RULE = re.compile(r"^(\.[\w-]+) \{", re.MULTILINE)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_class_has_one_rule(sheet: Path) -> None:
    rules = Counter(RULE.findall(sheet.read_text(encoding="utf-8")))
    assert [name for name, times in rules.items() if times > 1] == []
