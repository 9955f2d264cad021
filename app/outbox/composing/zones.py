"""Time zones: whose clock words are told by, and whose days digests tell of."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db import TenantSession
from app.orgs.settings import OrgSettings
from app.salesforce.models import OrgProfile

UTC_ZONE = ZoneInfo("UTC")


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The zone of a name; UTC for one that this system does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC_ZONE


def org_zone(session: TenantSession, chosen: OrgSettings) -> ZoneInfo:
    """The org's zone: the setting, else what Salesforce told, else UTC; at most one statement."""
    if chosen.time_zone:
        return zone_named(chosen.time_zone)
    facts = session.scalar(select(OrgProfile.facts)) or {}
    return zone_named(str(facts.get("time_zone") or "UTC"))
