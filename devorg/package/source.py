"""The folder of the package (`sfdx/`): what an install brings, and what its admin deploys besides.

One source for devorg and for real orgs, so that the two cannot drift.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path

from devorg.errors import ConfigError, ControlError
from devorg.metadata import Changes, read_folder
from devorg.schema import Schema

FOLDER = Path(__file__).resolve().parents[2] / "sfdx"
_PACKAGED = Path("force-app", "main", "default")
# Deployed by the customer's admin with one command: nothing of it is stripped.
_LOCAL = Path("unpackaged", "permissionsets")


class PackageSource:
    """The metadata of one package. Raises ConfigError for a folder that is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in (_PACKAGED, _LOCAL):
            if not (folder / part).is_dir():
                message = f"{str(folder)!r} is not the folder of the package: {part} is missing."
                raise ConfigError("package", message)
        self.version = _version(folder / "sfdx-project.json")

    @lru_cache(maxsize=4)  # noqa: B019 - one source per folder, kept for good
    def packaged(self, schema: Schema) -> Changes:
        """What an install adds to a schema; names are bare, the org's namespace comes later."""
        return _read(self.folder / _PACKAGED, Changes(schema, packaged=True))

    @lru_cache(maxsize=4)  # noqa: B019 - as above
    def local(self, schema: Schema) -> Changes:
        """The permission sets that the customer's admin deploys."""
        return _read(self.folder / _LOCAL, Changes(schema))


def _read(folder: Path, changes: Changes) -> Changes:
    try:
        return read_folder(folder, changes)
    except ControlError as error:
        raise ConfigError("package", error.message) from error


@cache
def source_of(folder: Path) -> PackageSource:
    """The package of a folder, read once in a process."""
    return PackageSource(folder)


def _version(path: Path) -> str:
    """`0.1.0` of `0.1.0.NEXT`."""
    try:
        project = json.loads(path.read_text(encoding="utf-8"))
        return str(project["packageDirectories"][0]["versionNumber"]).rpartition(".")[0]
    except (OSError, ValueError, LookupError) as error:
        raise ConfigError("package", f"{path} does not tell the package's version.") from error
