"""What is known of the org of a signed request: a few plain values, read by one prepared statement.

Whole rows are for those who change them: each would cost an open more than its answer does.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from app.db import PreparedForAll, SystemReads
from app.orgs.models import SERVED, Org, OrgState


class KnownOrg(NamedTuple):
    """An org as admission sees it, under the names of its row."""

    id: UUID
    salesforce_id: str
    state: OrgState
    state_message: str
    domain: str

    @property
    def is_served(self) -> bool:
        """Whether its reps see anything and activities are sent."""
        return self.state in SERVED


def known(org: Org) -> KnownOrg:
    """The same of a row."""
    return KnownOrg(*(getattr(org, name) for name in KnownOrg._fields))


_OF_SALESFORCE_ID = PreparedForAll(
    select(*(getattr(Org, name) for name in KnownOrg._fields)).where(
        Org.salesforce_id == bindparam("salesforce_id")
    )
)


def find(session: SystemReads, salesforce_id: str) -> KnownOrg | None:
    """The org of an 18-character organization id."""
    rows = session.read(_OF_SALESFORCE_ID, salesforce_id=salesforce_id)
    return KnownOrg._make(rows[0]) if rows else None
