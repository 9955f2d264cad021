"""What a user may do with objects and fields, as the sum of profile and permission sets."""

from __future__ import annotations

import sqlite3
from typing import Literal

from devorg import access
from devorg.schema import SObject
from devorg.users import User

Action = Literal["create", "read", "edit", "delete", "view_all", "modify_all"]


class Rights:
    """The rights of one org's users; the standard profile may do everything the object allows."""

    def may(self, user: User, sobject: SObject, action: Action) -> bool:
        """True if the user may do that with rows of the object, sharing aside."""
        if action in {"view_all", "modify_all"}:
            return False
        return action == "read" or sobject.writable

    def readable(self, user: User, sobject: SObject) -> frozenset[str]:
        """The bare names of the fields that the user may read."""
        return frozenset(sobject.by_name)

    def editable(self, user: User, sobject: SObject) -> frozenset[str]:
        """The bare names of the fields that the user may write."""
        return frozenset(each.name for each in sobject.fields if each.createable or each.updateable)

    def hidden_fields(
        self, connection: sqlite3.Connection, user: User
    ) -> frozenset[tuple[str, str]]:
        """(object, bare field name) of each field that the user may not see, for any reason."""
        return access.hidden_fields(connection, user.id)
