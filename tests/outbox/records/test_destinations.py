"""Destinations as records of the org, with their counters (X3, X14, X20, X19)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.clock import utcnow
from app.crm.models import SObject
from app.destinations import switching
from app.destinations.expiry import Expiry
from app.destinations.models import Destination
from app.jobs import sweeps
from app.orgs.features import Feature
from app.outbox.records import rests
from app.salesforce.profile import profile
from tests.outbox.records.conftest import Desk

ALONE = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


def test_a_destination_becomes_a_record_of_its_rep_with_its_counters(desk: Desk) -> None:
    """The issue's list: external id, owner, lookups, link, state, views, viewers; no names."""
    contact = desk.world.contacts()[0]
    deal = desk.world.records("Opportunity")[0]["Id"]
    users = [r["Id"] for r in desk.world.records("User") if r["IsActive"]]
    of_contact = desk.destination(contact, rep=users[0])
    of_deal = desk.destination(deal, SObject.OPPORTUNITY, rep=users[-1])
    desk.view(of_contact, contact)
    desk.view(of_contact, contact)
    desk.view(of_contact)

    assert desk.write() == {"saved": 2, "unchanged": 0, "refused": 0}

    found = {row["External_Id__c"]: row for row in desk.in_org()}
    assert set(found) == {of_contact.hex, of_deal.hex}
    row = found[of_contact.hex]
    assert (row["Contact__c"], row["Opportunity__c"]) == (contact, None)
    assert found[of_deal.hex]["Opportunity__c"] == deal
    assert (row["OwnerId"], found[of_deal.hex]["OwnerId"]) == (users[0], users[-1])
    assert (row["Views__c"], row["Viewers__c"], row["State__c"]) == (3, 1, "active")
    assert row["Link__c"].startswith("https://pages.example/d/")
    assert row["Last_Viewed__c"] is not None
    assert "Ada" not in str({**row, "Name": ""})


@ALONE
def test_it_is_written_at_most_hourly_and_only_when_something_changed(desk: Desk) -> None:
    """X20: views within the hour wait for its end; a quiet Destination costs nothing."""
    destination = desk.destination(desk.world.contacts()[0])
    desk.write()
    desk.world.devorg.org.usage.reset()

    desk.view(destination)
    assert desk.write() == {}
    desk.later(minutes=61)
    assert desk.write()["saved"] == 1
    assert desk.in_org()[0]["Views__c"] == 1
    desk.later(minutes=61)
    assert desk.write() == {}
    assert desk.world.calls() == 1

    with desk.world.writing() as session:  # a change that the record does not show
        session.get_one(Destination, destination).version += 1
    assert desk.write()["unchanged"] == 1
    assert desk.world.calls() == 1


@ALONE
def test_many_are_written_with_one_call_booked_to_the_feature(desk: Desk) -> None:
    """X3, X14: 1,000 of an org in a composite of collections."""
    for contact in desk.world.contacts():
        desk.destination(contact)
    desk.write()
    desk.later(hours=2)
    with desk.world.writing() as session:
        for destination in session.query(Destination):
            destination.views += 1
            destination.version += 1
    desk.world.devorg.org.usage.reset()

    assert desk.write()["saved"] == len(desk.world.contacts())

    assert desk.world.calls() == 1


@ALONE
def test_a_death_between_sending_and_noting_does_not_double(desk: Desk) -> None:
    """Idempotent: an upsert by the external id."""
    contact = desk.world.contacts()[0]
    desk.destination(contact)
    profile(desk.world.gateway, desk.world.org.id)
    desk.world.fault(kind="drop", match="/composite", after=True, times=1)
    desk.write()
    assert len(desk.in_org()) == 1
    assert desk.kept() == []

    _go_on(desk)

    assert len(desk.in_org()) == 1
    assert [row.attempts for row in desk.kept()] == [0]


def _go_on(desk: Desk) -> None:
    with desk.world.writing() as session:
        for run in desk.runs():
            rests.again(session, run.traffic)
    desk.later(hours=2)
    desk.write()


@ALONE
def test_nothing_is_written_while_the_feature_is_off(desk: Desk) -> None:
    """X20."""
    desk.destination(desk.world.contacts()[0])
    desk.switch(Feature.DESTINATION_RECORDS, on=False)

    assert desk.write() == {}
    assert desk.in_org() == []


def test_what_the_org_made_of_it_is_left_alone(desk: Desk) -> None:
    """Owner and lookup are the org's once the record is there: merged, converted, reassigned."""
    contact, other = desk.world.contacts()[:2]
    users = [r["Id"] for r in desk.world.records("User") if r["IsActive"]]
    destination = desk.destination(contact, rep=users[0])
    desk.write()
    (row,) = desk.in_org()
    body = {"OwnerId": users[-1], f"{desk.prefix}Contact__c": other}
    desk.call("PATCH", f"{desk.prefix}Inlay_Destination__c/{row['Id']}", body)

    desk.view(destination)
    desk.later(hours=2)
    desk.write()

    (row,) = desk.in_org()
    assert (row["OwnerId"], row["Contact__c"], row["Views__c"]) == (users[-1], other, 1)


@ALONE
def test_a_record_that_somebody_deleted_comes_back_once_it_is_purged(desk: Desk) -> None:
    """Told at the row, tried with growing pauses; then made anew, whole."""
    contact = desk.world.contacts()[0]
    destination = desk.destination(contact)
    desk.write()
    (row,) = desk.in_org()
    desk.call("DELETE", f"{desk.prefix}Inlay_Destination__c/{row['Id']}")
    desk.view(destination)
    desk.later(hours=2)

    assert desk.write()["refused"] == 1
    assert [row.error_reason for row in desk.kept()] == ["record_unreachable"]
    with desk.world.devorg.org.store.writing() as connection:
        connection.execute('DELETE FROM "Inlay_Destination__c"')
    for _ in range(2):  # first without the lookup, since it was thought to be there
        desk.later(hours=2)
        assert desk.write()["saved"] == 1

    (row,) = desk.in_org()
    assert (row["Contact__c"], row["Views__c"]) == (contact, 1)
    (kept,) = desk.kept()
    assert kept.attempts == 0
    assert kept.written_at is not None
    assert utcnow() - kept.written_at < timedelta(minutes=1)


@ALONE
def test_the_record_says_expired_when_the_clock_says_so(desk: Desk) -> None:
    """E6: and active again once its time is prolonged; nobody has to look at the page for it."""
    destination = desk.destination(desk.world.contacts()[0])

    def end(moment: timedelta) -> None:
        with desk.world.writing() as session:
            wanted = Expiry(utcnow() + moment)
            assert switching.set_expiry(session, destination, wanted, by="test")

    end(timedelta(hours=1))
    desk.write()
    assert desk.in_org()[0]["State__c"] == "active"
    with desk.world.writing() as session:  # its time passes
        session.get_one(Destination, destination).expires_at = utcnow()
    assert sweeps.tell_expired(desk.world.database) == 1
    desk.later(minutes=61)
    desk.write()
    assert desk.in_org()[0]["State__c"] == "expired"
    end(timedelta(days=1))
    desk.later(minutes=61)
    assert desk.write()["saved"] == 1
    assert desk.in_org()[0]["State__c"] == "active"
