"""Writing as a user, outside a call of the API: rules and rights are those of the API."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from devorg.dml.options import WriteOptions
from devorg.dml.write import Outcome, Writer
from devorg.errors import ControlError
from devorg.faults import RowFaults
from devorg.org import Org
from devorg.rest.call import Call
from devorg.schema import SObject
from devorg.users import User

_VERSION = "v68.0"


class Actor:
    """One user, acting in one transaction."""

    def __init__(self, org: Org, user: User, connection: sqlite3.Connection) -> None:
        self.org = org
        self.user = user
        self.connection = connection
        hidden = org.rights.hidden_fields(connection, user)
        self._call = Call(
            org, user, connection, _VERSION, "POST", "", {}, {}, None, "", hidden
        )  # fmt: skip

    def create(self, sobject: SObject, values: Mapping[str, Any]) -> str:
        """A new record; its Id. Raises ControlError where the org's rules refuse it."""
        given = {name: value for name, value in values.items() if value is not None}
        return _id(self._writer(sobject).create([given]))

    def change(self, sobject: SObject, record_id: str, values: Mapping[str, Any]) -> None:
        """Change a record. Raises ControlError where the org's rules refuse it."""
        _id(self._writer(sobject).update([(record_id, values)]))

    def _writer(self, sobject: SObject) -> Writer:
        faults = RowFaults(self.org.faults, f"{self._call.root}/actions")
        # People at a page are warned of duplicates, and go on.
        return Writer(self._call, sobject, faults, WriteOptions(allow_duplicates=True))


def _id(outcomes: list[Outcome]) -> str:
    (outcome,) = outcomes
    if outcome.errors or outcome.id is None:
        raise ControlError(outcome.errors[0].reason, outcome.errors[0].message)
    return outcome.id
