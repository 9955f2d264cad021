"""What an operator sees of records and scores, and the retry (X6, X14)."""

from __future__ import annotations

import pytest

from app import create_app
from app.jobs import records
from tests.outbox.records.conftest import Desk

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


def test_an_operator_sees_why_a_record_is_refused_and_asks_for_a_retry(desk: Desk) -> None:
    """X6: answered in words; the calls stand beside those of activities (X14)."""
    contact = desk.world.contacts()[0]
    desk.destination(contact)
    desk.world.record([contact], 3, kind="meeting")
    fault = {"errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Only on weekdays."}
    desk.world.fault(kind="error", match="/composite/sobjects", sobject="Contact", **fault)
    desk.write()
    desk.write_scores()
    desk.world.gateway.accounting.flush()
    runner = create_app(desk.world.config, database=desk.world.database).test_cli_runner()
    organization = desk.world.org.salesforce_id

    output = runner.invoke(args=["orgs", "records", organization]).output

    lines = output.splitlines()
    assert lines[0].startswith("destination_records on   1 in Salesforce, 0 due, 0 refused, 1 ")
    assert lines[1].startswith("scores              on   0 in Salesforce, 0 due, 1 refused")
    assert "FIELD_CUSTOM_VALIDATION_EXCEPTION" in lines[2]
    assert lines[2].endswith("Only on weekdays.")
    assert "destination_records 1" in lines[-1]

    desk.world.devorg.org.faults.clear()
    told = runner.invoke(args=["orgs", "records-retry", organization, "scores"])
    assert told.exit_code == 0
    assert desk.write_scores()["saved"] == 1


def test_the_worker_goes_only_to_orgs_with_the_feature(desk: Desk) -> None:
    """One statement over all orgs, and none of their tables."""
    contact = desk.world.contacts()[0]
    desk.destination(contact)
    desk.world.record([contact], 3, kind="meeting")
    world = desk.world

    assert records.write_destinations(world.database, world.gateway, "https://p.example") == 1
    assert records.write_scores(world.database, world.gateway) == 1

    assert len(desk.in_org()) == 1
    assert desk.person_in_org(contact)["Inlay_Score__c"] is not None
