"""Metadata of an SFDX project: objects, fields, record types, profiles, permission sets."""

from __future__ import annotations

from pathlib import Path

from devorg.errors import ConfigError, ControlError
from devorg.metadata.changes import Changes
from devorg.metadata.folder import read_folder
from devorg.schema import Schema


def given(folder: Path | None, schema: Schema) -> Changes:
    """What an org starts with: that schema, and the metadata of its settings.

    Raises ConfigError for a folder that cannot be used.
    """
    changes = Changes(schema)
    if folder is None:
        return changes
    try:
        return read_folder(folder, changes)
    except ControlError as error:
        raise ConfigError("metadata", error.message) from error


__all__ = ["Changes", "given", "read_folder"]
