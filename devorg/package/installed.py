"""What of the package is in the org at present: a version, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace

from devorg.metadata import Changes
from devorg.rights import Rights
from devorg.users import USERS

REP, ADMIN, INTEGRATION = "Inlay_Rep", "Inlay_Admin", "Inlay_Integration"
_HOLDERS = {"admin": ADMIN, "integration": INTEGRATION}


@dataclass(frozen=True, slots=True)
class Package:
    """A version of the package, None while it is not installed; names of older versions'
    missing fields and objects are in `without`.
    """

    version: str | None
    without: frozenset[str] = frozenset()

    @property
    def installed(self) -> bool:
        """False for an org whose admin has not installed it, or has uninstalled it."""
        return self.version is not None


def grant(changes: Changes, rights: Rights, namespace: str | None) -> None:
    """Bring the permission sets, and give each user the one of their role."""
    describe(changes, rights, namespace)
    for user in USERS:
        name = _HOLDERS.get(user.alias, REP)
        if name in changes.permission_sets:
            rights.assign(user, name)


def describe(changes: Changes, rights: Rights, namespace: str | None) -> None:
    """Bring the permission sets as those of a package with this namespace."""
    for each in changes.permission_sets.values():
        rights.define(replace(each, namespace=namespace))
