"""The folder of the embedded database: made where it is missing, private, named when it cannot."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.db import Database, schema
from app.errors import ConfigError


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """X17."""
    home = tmp_path / "not" / "there"
    database = Database(f"sqlite:///{home / 'inlay.sqlite'}")
    assert not home.exists()  # nothing is written before somebody connects
    assert schema.state(database) == "migrations_pending"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    database.dispose()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    home = tmp_path / "file" / "home"
    database = Database(f"sqlite:///{home / 'inlay.sqlite'}")
    with pytest.raises(ConfigError, match=f"INLAY_HOME={home} cannot be written"):
        schema.state(database)
