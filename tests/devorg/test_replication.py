"""The lists of updated and deleted ids: spans of time, what is covered, who sees what."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from devorg import moments
from devorg.server import RunningOrg
from tests.devorg.bulk_jobs import Jobs, allow_hard_deletes
from tests.devorg.client import Client


def stamp(moment: datetime) -> str:
    """A moment as clients write it into a URL's parameter."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def span(org: RunningOrg, *, back: float = 60, ahead: float = 60) -> dict[str, str]:
    """A span of minutes around the org's present."""
    now = org.org.clock.now()
    return {
        "start": stamp(now - timedelta(minutes=back)),
        "end": stamp(now + timedelta(minutes=ahead)),
    }


def test_updated_lists_what_was_made_and_changed(org: RunningOrg, integration: Client) -> None:
    """X16: once each, and says up to when it knows."""
    made = integration.call("POST", "sobjects/Account", {"Name": "New"}).json()["id"]
    integration.call("PATCH", f"sobjects/Account/{made}", {"Industry": "Energy"})
    body = integration.call("GET", "sobjects/Account/updated", params=span(org)).json()
    assert body["ids"].count(made) == 1
    covered = moments.read(body["latestDateCovered"])
    assert covered is not None
    assert covered <= org.org.clock.now()
    assert covered.second == 0
    earlier = integration.call("GET", "sobjects/Account/updated/", params=span(org, ahead=-30))
    assert made not in earlier.json()["ids"]


def test_deleted_lists_ids_and_moments(org: RunningOrg, integration: Client) -> None:
    """X16: the recycle bin, and what is gone for good."""
    binned = integration.call("POST", "sobjects/Contact", {"LastName": "Binned"}).json()["id"]
    gone = Jobs(integration).good(Jobs(integration).load("insert", "LastName\nGone\n"))[0]["sf__Id"]
    allow_hard_deletes(integration, "integration")
    Jobs(integration).load("hardDelete", f"Id\n{gone}\n")
    integration.call("DELETE", f"sobjects/Contact/{binned}")
    body = integration.call("GET", "sobjects/Contact/deleted", params=span(org)).json()
    found = {each["id"]: each["deletedDate"] for each in body["deletedRecords"]}
    assert {gone, binned} <= set(found)
    assert all(moments.read(each) for each in found.values())
    earliest = moments.read(body["earliestDateAvailable"])
    assert earliest is not None
    assert org.org.clock.now() - earliest < timedelta(days=15, minutes=1)
    updated = integration.call("GET", "sobjects/Contact/updated", params=span(org)).json()
    assert binned not in updated["ids"]


def test_the_lists_show_what_the_user_may_see(org: RunningOrg, rep: Client) -> None:
    """X16: a hidden record is in neither."""
    made = rep.call("POST", "sobjects/Account", {"Name": "Secret"}).json()["id"]
    rep.control("POST", "access", {"user": "norecord", "record": made, "visible": False})
    other = Client(org, "norecord")
    assert made not in other.call("GET", "sobjects/Account/updated", params=span(org)).json()["ids"]
    assert made in rep.call("GET", "sobjects/Account/updated", params=span(org)).json()["ids"]


@pytest.mark.parametrize(
    ("resource", "back", "ahead", "code"),
    [
        ("updated", 1, -1, "INVALID_REPLICATION_DATE"),
        ("updated", 0, -60, "INVALID_REPLICATION_DATE"),
        ("updated", 31 * 24 * 60, 0, "INVALID_REPLICATION_DATE"),
        ("deleted", 16 * 24 * 60, 0, "INVALID_REPLICATION_DATE"),
    ],
)
def test_a_span_that_cannot_be_answered_is_refused(
    org: RunningOrg, rep: Client, resource: str, back: float, ahead: float, code: str
) -> None:
    """X16: too short, turned around, or too long ago."""
    parameters = span(org, back=back, ahead=ahead)
    answer = rep.call("GET", f"sobjects/Contact/{resource}", params=parameters)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_bounds_must_be_given_and_objects_replicateable(org: RunningOrg, rep: Client) -> None:
    """X16: as moments; read-only objects have no such lists."""
    missing = rep.call("GET", "sobjects/Contact/deleted")
    assert missing.json()[0]["errorCode"] == "MISSING_ARGUMENT"
    wrong = rep.call("GET", "sobjects/Contact/updated", params={"start": "today", "end": "now"})
    assert wrong.json()[0]["errorCode"] == "INVALID_REPLICATION_DATE"
    closed = rep.call("GET", "sobjects/Organization/updated", params=span(org))
    assert closed.json()[0]["errorCode"] == "INVALID_TYPE_FOR_OPERATION"
