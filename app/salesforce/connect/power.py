"""What the connecting user holds beyond what Inlay needs (E9): asked once by one counted call.

Nothing extra is needed to ask. A user who may not look at permission sets is told of as unknown: a
profile without these rights does not prove that no set grants them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from app.salesforce.client import Client
from app.salesforce.composite import Subrequest
from app.salesforce.connect.oauth import Identity
from app.salesforce.errors import SalesforceError
from app.salesforce.soql import soql

FEATURE = "connect"


class Excess(StrEnum):
    """User permissions that no feature of Inlay needs, by Salesforce's own names."""

    MODIFY_ALL_DATA = "ModifyAllData"
    VIEW_ALL_DATA = "ViewAllData"
    MANAGE_USERS = "ManageUsers"


@dataclass(frozen=True, slots=True)
class Power:
    """``holds`` is what was seen; ``is_complete`` whether all that could grant it was seen."""

    holds: tuple[Excess, ...] = ()
    is_complete: bool = False
    profile: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the connection's column."""
        return {
            "holds": [each.value for each in self.holds],
            "is_complete": self.is_complete,
            "profile": self.profile,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """From the connection's column."""
        holds = tuple(each for each in Excess if each.value in kept["holds"])
        return cls(holds, bool(kept["is_complete"]), str(kept["profile"]))


def look_at(client: Client, user_id: str) -> tuple[Power, Identity]:
    """What the user holds, and its names; unknown where the org does not show it. Never raises."""
    if not user_id:
        return Power(), Identity()
    try:
        user, sets = client.composite(
            [
                Subrequest.query("user", soql(_USER, user_id)),
                Subrequest.query("sets", soql(_SETS, user_id)),
            ],
            feature=FEATURE,
        )
    except SalesforceError:
        return Power(), Identity()
    users = _rows(user.body)
    profiles = [row.get("Profile") or {} for row in users]
    granted = [row.get("PermissionSet") or {} for row in _rows(sets.body)]
    # each profile comes as a set of its own, too: without that row the sets were hidden
    is_complete = any(row.get("IsOwnedByProfile") for row in granted)
    name = str(profiles[0].get("Name") or "") if profiles else ""
    power = Power(_held([*profiles, *granted]), is_complete, name)
    return power, _identity(users[0], user_id) if users else Identity()


_USER = (
    "SELECT Username, Name, Email, Profile.Name, Profile.PermissionsModifyAllData, "
    "Profile.PermissionsViewAllData, Profile.PermissionsManageUsers FROM User WHERE Id = {}"
)
_SETS = (
    "SELECT PermissionSet.IsOwnedByProfile, PermissionSet.PermissionsModifyAllData, "
    "PermissionSet.PermissionsViewAllData, PermissionSet.PermissionsManageUsers "
    "FROM PermissionSetAssignment WHERE AssigneeId = {}"
)


def _held(rows: Iterable[Mapping[str, Any]]) -> tuple[Excess, ...]:
    seen = list(rows)
    return tuple(
        each for each in Excess if any(row.get(f"Permissions{each.value}") is True for row in seen)
    )


def _identity(row: Mapping[str, Any], user_id: str) -> Identity:
    told = (str(row.get(name) or "")[:255] for name in ("Username", "Name", "Email"))
    return Identity(None, user_id, *told)


def _rows(body: object) -> list[Mapping[str, Any]]:
    """The rows of a part's answer; none where it was refused."""
    found = body.get("records") if isinstance(body, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
