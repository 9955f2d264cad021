"""`python -m tools.demo orgs …`: an operator's commands on the demo's data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.demo.home import Home

ROOT = Path(__file__).resolve().parents[2]


def demo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command with this folder."""
    return subprocess.run(
        [sys.executable, "-m", "tools.demo", *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath, "INLAY_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_command_runs_with_the_demos_settings(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.lock().close()
    home.secrets()
    assert demo(home.path, "upgrade").returncode == 0
    assert demo(home.path, "orgs", "add", "00D5e000000DEVO", "Devorg").returncode == 0
    done = demo(home.path, "orgs", "list")
    assert done.stdout == "00D5e000000DEVOEA4  active     Devorg\n"


def test_the_empty_demo_does_not_begin_in_a_folder_with_people(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.lock().close()
    home.keep_api_key("key")
    done = demo(home.path, "--empty")
    assert done.returncode == 1
    assert "holds the demo with its people" in done.stderr


def test_without_a_demo_there_is_nothing_to_ask(tmp_path: Path) -> None:
    done = demo(tmp_path / "none", "orgs", "list")
    assert done.returncode == 1
    assert "run `make demo` first" in done.stderr
    done = demo(tmp_path / "none", "--empty", "staff", "list")
    assert "run `make demo-empty` first" in done.stderr
    assert not (tmp_path / "none").exists()
