"""Writes Destinations and scores of all orgs that want them; an org that hangs delays none."""

from __future__ import annotations

from app.db import Database
from app.jobs.orgwise import each_org
from app.orgs import features
from app.orgs.features import Feature
from app.outbox.records import destinations, scores
from app.salesforce.gateway import Gateway


def write_destinations(database: Database, gateway: Gateway, pages_url: str) -> int:
    """Destinations that changed; how many orgs were looked at."""
    with database.system_reading() as session:
        orgs = features.orgs_with(session, Feature.DESTINATION_RECORDS)
    return each_org(
        "destinations", orgs, lambda org_id: destinations.write(gateway, pages_url, org_id)
    )


def write_scores(database: Database, gateway: Gateway) -> int:
    """People whose band changed; how many orgs were looked at."""
    with database.system_reading() as session:
        orgs = features.orgs_with(session, Feature.SCORES)
    return each_org("scores", orgs, lambda org_id: scores.write(gateway, org_id))
