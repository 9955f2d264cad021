"""Which records an activity is written to: the person, and the opportunity the org's rule chooses.

Pure functions over what the mirror holds just before sending (C4, E2, E3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from app.crm.models import SObject
from app.orgs.settings import OpportunityRule

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Who:
    """The Contact or Lead that stands for a person."""

    sobject: SObject
    salesforce_id: str


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity; ``opportunity_id`` is None for one on which the person has no role."""

    opportunity_id: UUID | None
    salesforce_id: str
    opened_at: datetime | None
    is_closed: bool
    is_primary: bool


def choose(
    rule: OpportunityRule,
    who: Who,
    deals: Sequence[Deal],
    occurred_at: datetime,
    visited: str | None = None,
) -> list[Deal]:
    """Opportunities of an activity, the best one first; only the rule "all" gives more than one.

    Without a role and without a visited one there is none: then it is the person's alone.

    Args:
        rule: The org's choice.
        who: A Lead never goes together with an opportunity: Salesforce refuses it.
        deals: Opportunities on which the person has a role, in any order.
        occurred_at: Nothing from before an opportunity's creation is copied to it (E3).
        visited: Record id of the opportunity whose Destination the event came from, if any. It
            goes before all others, and needs no role: the person was on its page.
    """
    if rule is OpportunityRule.NONE or who.sobject is SObject.LEAD or not (deals or visited):
        return []
    begun = [deal for deal in deals if deal.opened_at is None or deal.opened_at <= occurred_at]
    at_home = [deal for deal in begun if deal.salesforce_id == visited] if visited else []
    if visited and all(deal.salesforce_id != visited for deal in deals):
        at_home = [Deal(None, visited, None, is_closed=False, is_primary=False)]
    others = [deal for deal in begun if not deal.is_closed and deal.salesforce_id != visited]
    if len(others) > 1:
        others.sort(key=_latest if rule is OpportunityRule.LATEST else _primary)
    chosen = at_home + others
    return chosen if rule is OpportunityRule.ALL else chosen[:1]


def _primary(deal: Deal) -> tuple[bool, float, str]:
    """Primary role first, then the latest opened."""
    return (not deal.is_primary, *_latest(deal))


def _latest(deal: Deal) -> tuple[float, str]:
    """The latest opened first; the id makes it certain."""
    opened = deal.opened_at or _LONG_AGO
    return (-opened.timestamp(), deal.salesforce_id)
