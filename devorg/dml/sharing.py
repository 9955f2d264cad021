"""Whether a user may change or delete a record, beyond seeing it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from devorg import access
from devorg.dml.reach import fulfilling
from devorg.errors import RowError
from devorg.preferences import PRIVATE, Preferences
from devorg.rights import Rights
from devorg.rows import Record
from devorg.schema import SObject
from devorg.users import User

_OWNED = (
    '(t."OwnerId" = :user OR EXISTS (SELECT 1 FROM role_below AS b'
    ' WHERE b.user_id = :user AND b.below = t."OwnerId"))'
)


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
        self._private = sobject.sharing == "activity" and preferences.activity_sharing == PRIVATE
        self._open: set[str] = set()

    def load(self, record_ids: Iterable[str], *, deleting: bool = False) -> None:
        """Look up which of these records the user may change, or delete."""
        if self._all:
            return
        condition = access.edit_condition(self._sobject, "t")
        owners_delete = (
            deleting and self._sobject.sharing == "record" and "OwnerId" in self._sobject.by_name
        )
        if self._private or owners_delete:
            condition += f" AND {_OWNED}"
        self._open |= fulfilling(
            self._connection, self._user.id, self._sobject, record_ids, condition
        )

    def check(self, record: Record) -> None:
        """Refuse what may not be done with a record that was loaded. Raises RowError."""
        if not self._all and record["Id"] not in self._open:
            message = "insufficient access rights on object id"
            raise RowError("INSUFFICIENT_ACCESS_OR_READONLY", message, status=403)
