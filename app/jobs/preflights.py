"""The daily preflight of every connected org: what was taken away is told before a call fails."""

from __future__ import annotations

from uuid import UUID

from app.crm import preflights
from app.salesforce import budget
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway


def check(gateway: Gateway, org_id: UUID) -> str:
    """``ok``, how many things are missing, or why the org was not asked (``budget``, a reason)."""
    with gateway.database.reading(org_id) as session:
        if budget.standing(session).exhausted:
            return "budget"
    try:
        found = preflights.run(gateway, org_id)
    except SalesforceError as error:
        return error.reason
    return f"{len(found.lacks)} missing" if found.lacks else "ok"
