"""Reads an SFDX project's folder, wherever in it the metadata lies."""

from __future__ import annotations

from pathlib import Path

from devorg.errors import ControlError
from devorg.metadata import source
from devorg.metadata.changes import Changes
from devorg.metadata.source import Edit


def read_folder(folder: Path, changes: Changes, edited: Edit | None = None) -> Changes:
    """Add all that devorg understands of a folder. Raises ControlError if there is none."""
    if not folder.is_dir():
        raise ControlError("folder", f"{str(folder)!r} is not a folder.")
    for path in _files(folder, "globalValueSet"):
        changes.value_sets[_name(path)] = source.read(path)
    for path in _files(folder, "object"):
        changes.add_object(_name(path), source.read(path))
    for path in _files(folder, "field"):
        changes.add_field(path.parent.parent.name, source.read(path, edited), name=_name(path))
    for path in _files(folder, "recordType"):
        changes.add_record_type(path.parent.parent.name, source.read(path), name=_name(path))
    for path in _files(folder, "permissionset"):
        changes.add_permission_set(source.read(path), name=_name(path))
    for path in _files(folder, "profile"):
        changes.add_permission_set(source.read(path), name=_name(path), profile=True)
    return changes


def _files(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.rglob(f"*.{kind}-meta.xml"))


def _name(path: Path) -> str:
    return path.name.split(".", 1)[0]
