"""The preflight of an org, with the records that the mirror knows as its witnesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, union_all

from app.crm.models import RecordLink, SObject
from app.db import TenantSession
from app.salesforce.gateway import Gateway
from app.salesforce.preflight import service
from app.salesforce.preflight.reading import KNOWN_RECORDS
from app.salesforce.preflight.result import Preflight


def run(gateway: Gateway, org_id: UUID) -> Preflight:
    """Run the preflight of an org and keep its answer.

    Raises:
        SalesforceError: The org could not be asked; the answer of before stays.
    """
    return service.run(gateway, org_id, known_records)


def known_records(session: TenantSession) -> Mapping[str, Sequence[str]]:
    """The newest records that Inlay met, some of each object: one statement."""
    newest = [
        select(RecordLink.sobject, RecordLink.salesforce_id)
        .where(RecordLink.sobject == each)
        .order_by(RecordLink.id.desc())  # ids grow with time
        .limit(KNOWN_RECORDS)
        .subquery()
        for each in SObject
    ]
    found: dict[str, list[str]] = {each.value: [] for each in SObject}
    for sobject, record in session.execute(union_all(*(select(each) for each in newest))):
        found[SObject(sobject).value].append(record)
    return found
