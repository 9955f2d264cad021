"""Which opportunity an activity goes to (E2, E3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.crm.models import SObject
from app.ids import new_id
from app.orgs.settings import OpportunityRule
from app.outbox.composing.targets import Deal, Who, choose

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONTACT = Who(SObject.CONTACT, "003000000000001AAA")
LEAD = Who(SObject.LEAD, "00Q000000000001AAA")


def _deal(name: str, days: int, *, closed: bool = False, primary: bool = False) -> Deal:
    return Deal(new_id(), name, NOW - timedelta(days=days), closed, primary)


OLD = _deal("old", 90)
NEW = _deal("new", 10)
PRIMARY = _deal("primary", 60, primary=True)
CLOSED = _deal("closed", 40, closed=True)
FUTURE = _deal("future", -1)
PRIMARILY, LATEST = OpportunityRule.PRIMARY, OpportunityRule.LATEST
ALL, NONE = OpportunityRule.ALL, OpportunityRule.NONE


@pytest.mark.parametrize(
    ("rule", "deals", "visited", "names"),
    [
        (PRIMARILY, [], None, []),  # no role anywhere: the person alone
        (PRIMARILY, [OLD, NEW], None, ["new"]),  # the latest opened
        (PRIMARILY, [OLD, NEW, PRIMARY], None, ["primary"]),  # a primary role goes first
        (PRIMARILY, [CLOSED], None, []),  # a closed deal is over
        (PRIMARILY, [CLOSED, NEW], "closed", ["closed"]),  # but its own Destination was visited
        (PRIMARILY, [OLD, NEW], "old", ["old"]),  # the Destination's opportunity goes before all
        (PRIMARILY, [NEW], "visited", ["visited"]),  # and needs no role: its page was visited
        (PRIMARILY, [FUTURE], None, []),  # E3: nothing from before its creation
        (PRIMARILY, [FUTURE, OLD], "future", ["old"]),  # E3 goes before the Destination
        (ALL, [OLD, NEW, PRIMARY, CLOSED, FUTURE], None, ["primary", "new", "old"]),
        (ALL, [OLD, NEW], "old", ["old", "new"]),
        (ALL, [OLD, NEW], "visited", ["visited", "new", "old"]),
        (LATEST, [OLD, NEW, PRIMARY, CLOSED, FUTURE], None, ["new"]),  # whatever the role
        (LATEST, [PRIMARY], None, ["primary"]),
        (LATEST, [OLD, NEW], "old", ["old"]),
        (NONE, [OLD, NEW], "old", []),
    ],
)
def test_the_rule_chooses(
    rule: OpportunityRule, deals: list[Deal], visited: str | None, names: list[str]
) -> None:
    """E2, E3: each row says why."""
    chosen = choose(rule, CONTACT, deals, NOW, visited)

    assert [deal.salesforce_id for deal in chosen] == names


@pytest.mark.parametrize("rule", [PRIMARILY, LATEST, ALL])
def test_a_lead_never_goes_with_an_opportunity(rule: OpportunityRule) -> None:
    """Salesforce refuses WhoId Lead together with a WhatId."""
    assert choose(rule, LEAD, [NEW, PRIMARY], NOW, "new") == []
