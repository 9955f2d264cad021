"""Whether every connected org still lets us in; a lost one says so in console and widget."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.db import Database
from app.salesforce.connect import establishing
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.models import Connection, ConnectionState


def connected_orgs(database: Database) -> list[UUID]:
    """Orgs that have a connection which is not known to be lost."""
    with database.system_reading() as session:
        statement = select(Connection.org_id).where(Connection.state == ConnectionState.CONNECTED)
        return list(session.scalars(statement))


def check(gateway: Gateway, org_id: UUID) -> str:
    """Refresh the token, and call with it; ``ok`` or the reason of the refusal."""
    try:
        establishing.look_after(gateway, org_id)
    except SalesforceError as error:
        return error.reason
    return "ok"
