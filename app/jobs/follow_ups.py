"""Decides the follow-ups of all orgs; an org that hangs or fails delays no other for long."""

from __future__ import annotations

from app.db import Database
from app.jobs.orgwise import each_org
from app.outbox.follow_ups.cases import orgs_with_cases
from app.outbox.follow_ups.deciding import make_tasks
from app.salesforce.gateway import Gateway


def make_all(database: Database, gateway: Gateway) -> int:
    """Make what is due; how many orgs had something. One statement when nothing is."""
    with database.system_reading() as session:
        orgs = orgs_with_cases(session)
    return each_org("follow_ups", orgs, lambda org_id: make_tasks(gateway, org_id))
