"""The preflight as the last step of every way in: an org that cannot be served is refused (L1)."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy import select

from app.salesforce.connect import connections
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.models import Connection
from app.salesforce.preflight import service

_log = structlog.get_logger()


def at_connect(gateway: Gateway, org_id: UUID) -> None:
    """Run the preflight of an org that was connected just now.

    An org that cannot be asked at the moment stays connected: the daily run asks again.

    Raises:
        OrgNotServed: Its edition has no API, or its integration user may not use it; the
            connection says so from now on.
    """
    try:
        found = service.run(gateway, org_id)
    except SalesforceError as error:
        _log.info("preflight.postponed", org=str(org_id), reason=error.reason)
        return
    if found.refused:
        with gateway.database.writing(org_id) as session:
            connection = session.scalars(select(Connection)).one()
            connections.mark_lost(session, connection, service.refusal_code(found))
    service.check_served(found)
