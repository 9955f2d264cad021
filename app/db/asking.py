"""A transaction that only asks prepared questions: no session, for what is opened again and again.

An ORM session around a handful of reads costs more than they do. What may be asked is narrower,
too: rows of the one org by ``Prepared``, those of all by ``PreparedForAll``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.engine import Connection

from app.db import prepared
from app.db.prepared import Prepared, PreparedForAll

Rows = Sequence[Sequence[Any]]


class TenantReads(Protocol):
    """Whoever can be asked about one org: a tenant session, or ``Asking``."""

    @property
    def org_id(self) -> UUID:
        """The one org."""
        ...

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    def read(self, question: Prepared, **values: Any) -> Rows:
        """The rows of the org."""
        ...


class SystemReads(Protocol):
    """Whoever can be asked about all orgs: a system session, or ``AskingAll``."""

    def read(self, question: PreparedForAll, **values: Any) -> Rows:
        """The rows of all orgs."""
        ...


class Asking:
    """Questions about one org, within one transaction."""

    def __init__(self, connection: Connection, org_id: UUID) -> None:
        self._connection = connection
        self.org_id = org_id

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._connection.dialect.name

    def read(self, question: Prepared, **values: Any) -> Rows:
        """The rows of the org."""
        return prepared.read(self._connection, question, self.org_id, values)


class AskingAll:
    """Questions about all orgs, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, question: PreparedForAll, **values: Any) -> Rows:
        """The rows of all orgs."""
        return prepared.read(self._connection, question, None, values)
