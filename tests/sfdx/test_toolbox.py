"""What the checks run with is there, or a line says how to get it (X16)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tools import systems
from tools.sfdx import __main__ as command
from tools.sfdx import metadata, toolbox
from tools.sfdx.project import ROOT, Project
from tools.sfdx.toolbox import ToolMissingError


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without npm, Node, Java and packages."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(toolbox, "MODULES", tmp_path)
    return tmp_path


def test_missing_programs_are_named_with_the_line_that_installs_them(bare: Path) -> None:
    system = systems.current()
    for ask, remedy in (
        (toolbox.install, system.node),
        (toolbox.node, system.node),
        (toolbox.java, system.java),
    ):
        with pytest.raises(ToolMissingError) as caught:
            ask()
        assert str(caught.value).endswith(remedy)


def test_the_command_ends_with_that_line(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 1
    assert capsys.readouterr().err.startswith("sfdx: npm was not found.")


def test_packages_that_are_there_are_not_installed_again(bare: Path) -> None:
    lock = (ROOT / "package-lock.json").read_bytes()
    (bare / toolbox.STAMP).write_text(hashlib.sha256(lock).hexdigest())
    assert toolbox.install() is False


def test_a_check_that_fails_itself_has_found_something(broken: Project) -> None:
    (broken.root / "sfdx-project.json").unlink()
    outcome = command.look(metadata.replacements_hit, broken)
    assert outcome.problems[0].startswith("FileNotFoundError")
