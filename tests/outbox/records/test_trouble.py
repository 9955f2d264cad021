"""What Salesforce refuses of Destination records: said per record or once per org (E8, X19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from app.clock import utcnow
from app.crm.models import SObject
from app.outbox.records import rests
from app.outbox.records.models import Traffic
from tests.outbox.records.conftest import Desk

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


def _control(desk: Desk, name: str, **body: object) -> None:
    url = f"{desk.world.devorg.url}/_devorg/{name}"
    requests.post(url, json=body, timeout=30).raise_for_status()


def test_without_its_target_the_record_is_written_all_the_same(desk: Desk) -> None:
    """The contact was deleted or merged: the lookup is left out, and that is kept."""
    gone, here = desk.world.contacts()[:2]
    lost, whole = desk.destination(gone), desk.destination(here)
    with desk.world.devorg.org.store.writing() as connection:
        connection.execute('UPDATE "Contact" SET "IsDeleted" = 1 WHERE "Id" = ?', (gone,))

    assert desk.write()["saved"] == 2

    lookups = {row["External_Id__c"]: row["Contact__c"] for row in desk.in_org()}
    assert lookups == {lost.hex: None, whole.hex: here}
    assert {row.destination_id: row.left_out for row in desk.kept()} == {lost: "lookup", whole: ""}


def test_a_rep_who_left_does_not_own_it(desk: Desk) -> None:
    """Salesforce takes no inactive owner; the record matters more."""
    rep = desk.rep()
    with desk.world.devorg.org.store.writing() as connection:
        connection.execute('UPDATE "User" SET "IsActive" = 0 WHERE "Id" = ?', (rep,))
    contact = desk.world.contacts()[0]
    desk.destination(contact, rep=rep)

    assert desk.write()["saved"] == 1

    (row,) = desk.in_org()
    assert row["OwnerId"] != rep
    assert row["Contact__c"] == contact


def test_targets_that_are_hidden_from_inlay_do_not_stop_the_org(desk: Desk) -> None:
    """A contact that is not shared: the record is written without it, however many there are."""
    for contact in desk.world.contacts()[:4]:
        desk.destination(contact)
    fault = {"errorCode": "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "message": "No."}
    contacts = desk.world.contacts()[0][:8]
    desk.world.fault(kind="error", match="/composite/sobjects", contains=contacts, **fault)

    assert desk.write() == {"saved": 4, "unchanged": 0, "refused": 0}

    assert {row["Contact__c"] for row in desk.in_org()} == {None}
    assert {row.left_out for row in desk.kept()} == {"lookup"}


def test_what_a_missing_right_refuses_is_whole_once_it_was_given(desk: Desk) -> None:
    """Of two records alone nobody can tell that the org means all: they wait, and lose nothing."""
    contact = desk.world.contacts()[0]
    desk.destination(contact)
    fault = {"errorCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": "No."}
    desk.world.fault(kind="error", match="/composite/sobjects", times=1, **fault)
    assert desk.write()["refused"] == 1

    desk.later(minutes=16)
    assert desk.write()["saved"] == 1
    assert [row["Contact__c"] for row in desk.in_org()] == [contact]
    assert [(row.left_out, row.attempts) for row in desk.kept()] == [("", 0)]


def test_a_bad_row_waits_longer_each_time_and_blocks_no_other(desk: Desk) -> None:
    """House: a poison row never blocks its batch; why and when stand at the row."""
    contacts = desk.world.contacts()[:4]
    bad, *good = [desk.destination(contact) for contact in contacts]
    fault = {"errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "No."}
    desk.world.fault(kind="error", match="/composite/sobjects", contains=bad.hex, **fault)

    assert desk.write() == {"saved": 3, "unchanged": 0, "refused": 1}

    assert {row["External_Id__c"] for row in desk.in_org()} == {each.hex for each in good}
    (row,) = [row for row in desk.kept() if row.attempts]
    assert (row.destination_id, row.error_reason) == (bad, "validation_rule")
    assert row.error_code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert row.failed_at is not None
    assert desk.write() == {}  # not before the pause is over
    desk.later(minutes=16)
    assert desk.write()["refused"] == 1
    desk.later(minutes=16)
    assert desk.write() == {}  # the second pause is longer
    assert [run.reason for run in desk.runs()] == [""]


def test_a_collection_refused_as_a_whole_is_halved_until_the_bad_row_is_alone(desk: Desk) -> None:
    """A value that breaks its whole collection takes nobody with it."""
    made = [desk.destination(contact) for contact in desk.world.contacts()[:5]]
    desk.world.fault(
        kind="status",
        status=400,
        match="/composite/sobjects",
        times=2,
        errorCode="JSON_PARSER_ERROR",
    )

    assert desk.write()["saved"] == 5
    assert {row["External_Id__c"] for row in desk.in_org()} == {each.hex for each in made}


def test_a_missing_right_is_told_once_and_not_tried_every_time(desk: Desk) -> None:
    """E8: the org rests, with the reason; whoever gave the right asks for a retry."""
    for contact in desk.world.contacts()[:3]:
        desk.destination(contact)
    fault = {"kind": "error", "errorCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": "No."}
    desk.world.fault(match="/composite/sobjects", **fault)
    desk.write()
    (run,) = desk.runs()
    assert run.reason == "right_missing"
    assert run.paused_until is not None
    assert run.paused_until > utcnow() + timedelta(minutes=14)
    desk.world.devorg.org.usage.reset()

    assert desk.write() == {}
    assert desk.world.calls() == 0
    assert desk.kept() == []

    desk.world.devorg.org.faults.clear()
    with desk.world.writing() as session:
        rests.again(session, Traffic.DESTINATIONS)
    assert desk.write()["saved"] == 3


def test_an_org_without_the_object_rests_until_the_package_is_upgraded(desk: Desk) -> None:
    """X19: an earlier version of the package."""
    desk.destination(desk.world.contacts()[0])
    _control(desk, "package", without=["Inlay_Destination__c"])

    desk.write()

    (run,) = desk.runs()
    assert (run.traffic, run.reason) == (Traffic.DESTINATIONS, "package_missing")
    desk.world.devorg.org.usage.reset()
    desk.write()
    assert desk.world.calls() == 0

    _control(desk, "package")
    with desk.world.writing() as session:
        rests.again(session, Traffic.DESTINATIONS)
    desk.later(minutes=20)
    desk.write()
    assert len(desk.in_org()) == 1
    assert [run.reason for run in desk.runs()] == [""]


def test_an_org_that_is_down_rests_for_longer_each_time(desk: Desk) -> None:
    """House: wait."""
    desk.destination(desk.world.contacts()[0], SObject.CONTACT)
    desk.write()
    desk.later(hours=2)
    desk.view(desk.kept()[0].destination_id)
    desk.world.fault(kind="maintenance", match="/services/data", times=1)

    desk.write()
    (run,) = desk.runs()
    assert run.reason == "salesforce_down"
    with desk.world.writing() as session:
        rests.again(session, Traffic.DESTINATIONS)
    desk.later(hours=2)
    assert desk.write()["saved"] == 1


def test_nothing_is_sent_while_the_budget_is_spent(desk: Desk) -> None:
    """X14: optional traffic waits; it is due again when the window allows."""
    desk.destination(desk.world.contacts()[0])
    desk.world.prepare(api_budget=1)
    desk.world.gateway.accounting.book(desk.world.org.salesforce_id, "delivery")
    desk.world.gateway.accounting.flush()
    desk.world.devorg.org.usage.reset()

    assert desk.write() == {}
    assert desk.world.calls() == 0
