"""Whether a user may change a record, beyond seeing it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from devorg.access import editable_ids
from devorg.errors import RowError
from devorg.preferences import PRIVATE, Preferences
from devorg.rights import Rights
from devorg.rows import Record
from devorg.schema import SObject
from devorg.users import User


class Sharing:
    """Record access of one user to rows of one object."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        user: User,
        sobject: SObject,
        rights: Rights,
        preferences: Preferences,
    ) -> None:
        self._connection = connection
        self._user = user
        self._sobject = sobject
        self._all = rights.may(user, sobject, "modify_all")
        self._owners_alone = (
            sobject.sharing == "activity" and preferences.activity_sharing == PRIVATE
        )
        self._seen: set[str] = set()

    def load(self, record_ids: Iterable[str]) -> None:
        """Look up which of these records the user may change."""
        if not self._all:
            self._seen |= editable_ids(self._connection, self._user.id, self._sobject, record_ids)

    def check(self, record: Record) -> None:
        """Refuse a change of a record that was loaded. Raises RowError."""
        if self._all:
            return
        others = self._owners_alone and record.get("OwnerId") != self._user.id
        if others or record["Id"] not in self._seen:
            message = "insufficient access rights on object id"
            raise RowError("INSUFFICIENT_ACCESS_OR_READONLY", message, status=403)
