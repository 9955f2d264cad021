"""A style sheet says once what a class looks like: a second rule would change other pages (E7)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHEETS = sorted(ROOT.glob("app/*/static/*.css"))
#: What stands in an @media, and a rule of one class outside of it, such as `.ways { … }`.
MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
RULE = re.compile(r"^(\.[\w-]+) \{", re.MULTILINE)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_class_has_one_rule(sheet: Path) -> None:
    always = MEDIA.sub("", sheet.read_text(encoding="utf-8"))
    rules = Counter(RULE.findall(always))
    assert [name for name, times in rules.items() if times > 1] == []
