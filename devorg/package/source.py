"""The folder of the package (`sfdx/`): what an install brings, and what its admin deploys besides.

One source for devorg and for real orgs, so that the two cannot drift.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from devorg.errors import ConfigError, ControlError
from devorg.metadata import Changes, read_folder
from devorg.metadata.source import Edit
from devorg.rights.sets import PermissionSet
from devorg.schema import STANDARD, Schema

FOLDER = Path(__file__).resolve().parents[2] / "sfdx"
_PACKAGED = Path("force-app", "main", "default")
# Deployed by the customer's admin with one command: nothing of it is stripped.
_LOCAL = Path("unpackaged", "permissionsets")
_PROJECT = "sfdx-project.json"


class PackageSource:
    """The metadata of one package. Raises ConfigError for a folder that is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in (_PACKAGED, _LOCAL):
            if not (folder / part).is_dir():
                message = f"{str(folder)!r} is not the folder of the package: {part} is missing."
                raise ConfigError("package", message)
        try:
            project = json.loads((folder / _PROJECT).read_text(encoding="utf-8"))
            number = str(project["packageDirectories"][0]["versionNumber"])
            self._edits = [_Edit(each) for each in project["replacements"] if _of_namespace(each)]
        except (OSError, ValueError, LookupError, TypeError, re.error) as error:
            message = f"{folder / _PROJECT} does not tell the package's version and replacements."
            raise ConfigError("package", message) from error
        # `0.1.0` of `0.1.0.NEXT`.
        self.version = number.rpartition(".")[0]

    @lru_cache(maxsize=8)  # noqa: B019 - one source per folder, kept for good
    def into(self, schema: Schema, namespace: str | None) -> Changes:
        """What an install adds to a schema. Names are bare: `Names` puts the namespace before
        them; what a build writes into the files is written.
        """

        def edited(path: Path, text: bytes) -> bytes:
            return self._built(path, text, namespace) if namespace else text

        return _read(self.folder / _PACKAGED, Changes(schema, packaged=True), edited)

    @lru_cache(maxsize=1)  # noqa: B019 - as above
    def local_sets(self) -> Mapping[str, PermissionSet]:
        """The permission sets that the customer's admin deploys."""
        return _read(self.folder / _LOCAL, Changes(STANDARD)).permission_sets

    def _built(self, path: Path, text: bytes, namespace: str) -> bytes:
        relative = path.relative_to(self.folder)
        for each in self._edits:
            if relative.match(each.files):
                text = each.pattern.sub(namespace.encode(), text)
        return text


class _Edit:
    """One replacement of the project that a managed build makes with the namespace."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.files = str(given.get("glob") or given["filename"])
        self.pattern = re.compile(str(given["regexToReplace"]).encode())


def _of_namespace(given: Mapping[str, Any]) -> bool:
    return given.get("replaceWithEnv") == "INLAY_NAMESPACE"


def _read(folder: Path, changes: Changes, edited: Edit | None = None) -> Changes:
    try:
        return read_folder(folder, changes, edited)
    except ControlError as error:
        raise ConfigError("package", error.message) from error


@cache
def source_of(folder: Path) -> PackageSource:
    """The package of a folder, read once in a process."""
    return PackageSource(folder)
