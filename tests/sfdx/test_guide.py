"""The guides say what is so; where they do not, a check says which words (C5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.sfdx import guide
from tools.sfdx.project import Project
from tools.sfdx.table import GUIDE


@pytest.mark.parametrize(
    ("check", "page", "old", "new", "said"),
    [
        (guide.guide_explains_every_refusal, GUIDE, '"Almost there"', '"Nearly there"',
         ['docs/install.md does not explain "Almost there"',
          'docs/install.md quotes "Nearly there", which Inlay does not say']),
        (guide.maintainers_enter_real_addresses, guide.PACKAGING, "/oauth/callback", "/callback",
         ["docs/packaging.md: app has no address /callback"]),
        (guide.review_names_real_files, guide.PACKAGING, "app/web/csp.py", "app/web/gone.py",
         ["docs/packaging.md: there is no app/web/gone.py"]),
    ],
)  # fmt: skip
def test_words_that_are_no_longer_so_are_found(
    tmp_path: Path,
    check: Callable[[Project, Path], Iterator[str]],
    page: Path,
    old: str,
    new: str,
    said: list[str],
) -> None:
    told = page.read_text(encoding="utf-8")
    assert old in told
    changed = tmp_path / page.name
    changed.write_text(told.replace(old, new), encoding="utf-8")
    assert list(check(Project(), changed)) == said
