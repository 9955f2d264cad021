"""A copy of the Salesforce project that a test may break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.sfdx.project import ROOT, Project


@pytest.fixture
def broken(tmp_path: Path) -> Project:
    """The project in a folder of its own, without the npm packages."""
    copy = tmp_path / "sfdx"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("node_modules", ".sf", ".sfdx"))
    return Project(copy)
