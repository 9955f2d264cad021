"""What an org is like: names, closed status, shape; read once a day by one counted call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.clock import utcnow
from app.db import Database
from app.orgs.models import Org
from app.salesforce import profile as profiles
from app.salesforce.errors import SalesforceDown
from app.salesforce.gateway import Gateway
from app.salesforce.models import OrgProfile
from app.salesforce.names import ActivityField, Names
from app.salesforce.profile import profile
from devorg.faults import fault_from
from devorg.server import RunningOrg


def _make_old(database: Database, org: Org) -> None:
    with database.writing(org.id) as session:
        session.execute(update(OrgProfile).values(read_at=utcnow() - timedelta(days=2)))


def test_names_status_and_shape_are_read_by_one_call(
    connected: Gateway, org: Org, devorg: RunningOrg
) -> None:
    """X19: the names are those of the org's namespace."""
    connected.for_org(org.id)
    devorg.org.usage.reset()
    found = profile(connected, org.id)
    prefix = f"{devorg.org.config.namespace}__" if devorg.org.config.namespace else ""
    # a namespace that nobody named costs one more call, once
    assert devorg.org.usage.total() == (2 if prefix else 1)
    assert found.names.api(ActivityField.KEY) == f"{prefix}Inlay_Key__c"
    assert all(field in found.names for field in ActivityField)
    assert found.has_key_field
    assert found.closed_status == "Completed"
    assert not found.has_person_accounts
    assert not found.is_multi_currency
    assert found.time_zone == "Europe/London"


def test_optional_fields_of_activities_are_known_with_what_they_take(
    connected: Gateway, org: Org
) -> None:
    """C4: what the org hides from Inlay, or does not take, is left out of activities."""
    found = profile(connected, org.id)
    task, event = found.writable("Task"), found.writable("Event")
    assert task is not None
    assert event is not None
    assert {"Email", "Call"} <= set(task["TaskSubtype"])
    assert "ShowAs" in event
    assert "CallType" not in event
    assert found.writable("Case") is None


def test_a_fresh_profile_costs_nothing(connected: Gateway, org: Org, devorg: RunningOrg) -> None:
    first = profile(connected, org.id)
    devorg.org.usage.reset()
    assert profile(connected, org.id) == first
    assert devorg.org.usage.total() == 0


def test_an_old_profile_is_asked_for_changes_only(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database
) -> None:
    first = profile(connected, org.id)
    with database.writing(org.id) as session:
        kept = session.scalars(select(OrgProfile)).one()
        kept.facts = {**kept.facts, "person_accounts": True}  # a mark: a new describe says False
        kept.read_at = utcnow() - timedelta(days=2)
    found = profile(connected, org.id)
    assert found.names == first.names
    assert found.has_person_accounts  # 304: what was known is kept
    assert not profile(connected, org.id, refresh=True).has_person_accounts


def test_trouble_keeps_the_old_profile(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database
) -> None:
    first = profile(connected, org.id)
    _make_old(database, org)
    devorg.org.faults.add(fault_from({"kind": "status", "status": 503, "match": "/composite"}))
    with pytest.raises(SalesforceDown):
        profile(connected, org.id)
    devorg.org.faults.clear()
    assert profile(connected, org.id) == first


def test_a_profile_of_an_earlier_version_of_the_service_is_read_anew(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database
) -> None:
    with database.writing(org.id) as session:
        session.add(OrgProfile(facts={"names": {}, "has_key_field": False}, read_at=utcnow()))
    assert profile(connected, org.id).has_key_field


def _status(name: str, order: int, *, is_default: bool = False) -> dict[str, Any]:
    return {"ApiName": name, "MasterLabel": name, "SortOrder": order, "IsDefault": is_default}


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        ([_status("Erledigt", 4), _status("Abgesagt", 2)], "Abgesagt"),
        ([_status("Erledigt", 4, is_default=True), _status("Abgesagt", 2)], "Erledigt"),
        ([{**_status("Done", 1), "ApiName": None}], "Done"),
        ([], ""),
    ],
)
def test_the_closed_status_is_the_orgs_own(rows: list[dict[str, Any]], chosen: str) -> None:
    assert profiles._closed_status(rows) == chosen


def _key(**traits: bool) -> list[Mapping[str, Any]]:
    usable = {"externalId": True, "unique": True, "createable": True}
    return [{"name": "acme__Inlay_Key__c", **usable, **traits}, {"name": "CurrencyIsoCode"}]


@pytest.mark.parametrize(
    ("fields", "has_key"),
    [
        (_key(), True),
        (_key(unique=False), False),
        (_key(createable=False), False),
        ([{"name": "Subject"}], False),
    ],
)
def test_a_key_that_cannot_be_upserted_by_is_none(
    fields: list[Mapping[str, Any]], has_key: bool
) -> None:
    assert profiles._has_usable_key(Names.from_fields(fields), fields) is has_key
