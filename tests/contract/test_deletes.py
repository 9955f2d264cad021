"""What becomes of deleted records, and the lists of what was changed and deleted."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.org import Org


def span(org: Org, minutes: float = 10) -> dict[str, str]:
    """The last minutes and the one that runs, by the org's clock."""
    now = org.clock()
    begin, end = now - timedelta(minutes=minutes), now + timedelta(minutes=1)
    form = "%Y-%m-%dT%H:%M:%S+00:00"
    return {"start": begin.strftime(form), "end": end.strftime(form)}


def deleted_account(org: Org) -> str:
    """A record that was made and deleted."""
    org.needs("Account", "deletable")
    record = org.create("Account", Name=org.name())
    assert org.call("DELETE", f"sobjects/Account/{record}").status_code == 204
    return record


def test_query_all_finds_what_query_does_not(org: Org) -> None:
    """X16: the recycle bin."""
    record = deleted_account(org)
    soql = f"SELECT Id, IsDeleted FROM Account WHERE Id = '{record}'"
    assert org.query(soql) == []
    assert org.query(soql, path="queryAll") == [{"Id": record, "IsDeleted": True}]


def test_children_go_with_their_parent(org: Org) -> None:
    """X16: the contacts of an account that is deleted."""
    org.needs("Account", "deletable")
    account = org.create("Account", Name=org.name())
    contact = org.create("Contact", LastName=org.name(), AccountId=account)
    assert org.call("DELETE", f"sobjects/Account/{account}").status_code == 204
    soql = f"SELECT IsDeleted FROM Contact WHERE Id = '{contact}'"
    assert org.query(soql, path="queryAll") == [{"IsDeleted": True}]


def test_a_deleted_record_cannot_be_changed_nor_pointed_at(org: Org) -> None:
    """X16: ENTITY_IS_DELETED; INVALID_CROSS_REFERENCE_KEY or the same of who points at it."""
    record = deleted_account(org)
    status, error = org.refusal("PATCH", f"sobjects/Account/{record}", {"Site": "x"})
    assert (status, error["errorCode"]) == (404, "ENTITY_IS_DELETED")
    body = {"LastName": org.name(), "AccountId": record}
    _, error = org.refusal("POST", "sobjects/Contact", body)
    assert error["errorCode"] in {
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    }


def test_deleted_records_are_listed(org: Org) -> None:
    """X16: with the moment, and what the list covers."""
    org.needs("Account", "replicateable")
    record = deleted_account(org)
    found = org.get("sobjects/Account/deleted", params=span(org))
    assert set(found) == {"deletedRecords", "earliestDateAvailable", "latestDateCovered"}
    listed = {each["id"]: each["deletedDate"] for each in found["deletedRecords"]}
    assert listed[record].endswith(".000+0000")


def test_changed_records_are_listed(org: Org) -> None:
    """X16: once each, new ones too."""
    org.needs("Account", "replicateable")
    record = org.create("Account", Name=org.name())
    org.call("PATCH", f"sobjects/Account/{record}", {"Site": "x"})
    found = org.get("sobjects/Account/updated", params=span(org))
    assert set(found) == {"ids", "latestDateCovered"}
    assert found["ids"].count(record) == 1


@pytest.mark.parametrize("days", [40])
def test_a_span_too_long_ago_is_refused(org: Org, days: int) -> None:
    """X16: INVALID_REPLICATION_DATE."""
    org.needs("Account", "replicateable")
    asked: dict[str, Any] = {"params": span(org, days * 24 * 60)}
    status, error = org.refusal("GET", "sobjects/Account/updated", **asked)
    assert (status, error["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_a_span_needs_its_bounds(org: Org) -> None:
    """X16: MISSING_ARGUMENT."""
    org.needs("Account", "replicateable")
    status, error = org.refusal("GET", "sobjects/Account/deleted")
    assert (status, error["errorCode"]) == (400, "MISSING_ARGUMENT")
