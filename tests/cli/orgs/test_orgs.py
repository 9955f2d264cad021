"""What an operator does with an org: connect it, say what becomes of its events, end a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from app.clock import utcnow
from app.config import Config
from app.crm.schemas import person_key
from app.db import Database
from app.engagement import intake
from app.engagement.intake import NewEvent
from app.engagement.ports import recorded_of
from app.orgs import settings
from app.orgs.models import Org
from app.orgs.settings import KindPolicy
from app.outbox.models import (
    BreakerState,
    DeliveryBreaker,
    DeliveryState,
    OrgDelivery,
    OutboxRow,
)
from app.salesforce.connect import connections
from app.salesforce.gateway import EXTENSION
from devorg import DevorgConfig
from devorg.apps.app import app_from
from devorg.package import Package
from devorg.server import RunningOrg, running
from tests.cli.test_mistakes import invoke, refused
from tests.support.application import ORG_ID, make_org

OTHER_ID = "00D5e000000BBBBEA4"


@pytest.fixture(scope="module")
def devorg() -> Iterator[RunningOrg]:
    with running(DevorgConfig(org_id=ORG_ID)) as org:
        yield org


@pytest.fixture
def beside(config: Config, database: Database, devorg: RunningOrg) -> Iterator[Flask]:
    """The application, allowed to call devorg."""
    app = create_app(replace(config, salesforce_extra_origins=(devorg.url,)), database=database)
    yield app
    app.extensions[EXTENSION].close()


def connect(org_id: str, url: str) -> list[str]:
    """The command's arguments; the secret goes by environment."""
    return ["orgs", "connect", org_id, "--instance-url", url, "--client-id", "devorg-client"]


def test_an_org_is_connected_by_one_command(
    beside: Flask, org: Org, database: Database, devorg: RunningOrg
) -> None:
    command = connect(ORG_ID, devorg.url)
    done = invoke(beside, *command, INLAY_CLIENT_SECRET="devorg-client-secret")
    assert done.exit_code == 0, done.output
    assert "is connected" in done.output
    with database.reading(org.id) as session:
        status = connections.status(session)
    assert status is not None
    assert status.is_connected


def test_an_org_is_connected_by_certificate_shown_and_disconnected(
    beside: Flask, org: Org, devorg: RunningOrg
) -> None:
    """JWT bearer for an operator: no secret travels; the end is asked for, and taken back."""
    user = "inlay.integration@halyard.example"
    by_certificate = [*connect(ORG_ID, devorg.url), "--username", user]
    assert "orgs certificate" in refused(invoke(beside, *by_certificate))
    pem = invoke(beside, "orgs", "certificate", ORG_ID).output
    apps = devorg.org.oauth.apps
    policies = {
        "certificate": pem,
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "permittedUsers": ["integration"],
    }
    apps.save(app_from(policies, apps.find("devorg-client")))
    assert invoke(beside, "orgs", "connection", ORG_ID).output == "not connected\n"
    done = invoke(beside, *by_certificate)
    assert done.exit_code == 0, done.output
    shown = invoke(beside, "orgs", "connection", ORG_ID).output
    assert shown.startswith("connected since ")
    assert f"way: jwt_bearer at {devorg.url}" in shown
    assert user in shown
    assert invoke(beside, "orgs", "disconnect", ORG_ID, "--yes").exit_code == 0
    assert invoke(beside, "orgs", "connection", ORG_ID).output.startswith("disconnected since ")
    apps.reset()


def test_a_secret_that_salesforce_refuses_is_said(
    beside: Flask, org: Org, devorg: RunningOrg
) -> None:
    command = connect(ORG_ID, devorg.url)
    line = refused(invoke(beside, *command, INLAY_CLIENT_SECRET="another-secret-than-the-orgs"))
    assert "(invalid_client" in line
    assert "another-secret" not in line


def test_a_slip_does_not_cost_a_connection_that_works(
    beside: Flask, org: Org, database: Database, devorg: RunningOrg
) -> None:
    command = connect(ORG_ID, devorg.url)
    assert invoke(beside, *command, INLAY_CLIENT_SECRET="devorg-client-secret").exit_code == 0
    refused(invoke(beside, *command, INLAY_CLIENT_SECRET="another-secret-than-the-orgs"))
    elsewhere = connect(ORG_ID, "https://salesforce.example.com")
    refused(invoke(beside, *elsewhere, INLAY_CLIENT_SECRET="devorg-client-secret"))
    with database.reading(org.id) as session:
        status = connections.status(session)
    assert status is not None
    assert (status.is_connected, status.instance_url) == (True, devorg.url)
    assert beside.extensions[EXTENSION].for_org(org.id).query("SELECT Id FROM Contact", feature="t")


def test_the_credentials_of_another_org_are_refused(
    beside: Flask, database: Database, devorg: RunningOrg
) -> None:
    """X1: the tenant's activities would be written into somebody else's Salesforce."""
    make_org(database, OTHER_ID, "Other")
    command = connect(OTHER_ID, devorg.url)
    done = invoke(beside, *command, INLAY_CLIENT_SECRET="devorg-client-secret")
    assert "another Salesforce org" in refused(done)


def test_an_address_that_is_not_salesforces_gets_no_secret(app: Flask, org: Org) -> None:
    """X3."""
    command = connect(ORG_ID, "https://salesforce.example.com")
    assert "my.salesforce.com" in refused(invoke(app, *command, INLAY_CLIENT_SECRET="s" * 40))


def test_one_kind_is_set_and_the_others_stay(app: Flask, org: Org, database: Database) -> None:
    """X20."""
    for kind, policy in (("email_opened", "each"), ("call", "off"), ("custom.webinar", "each")):
        assert invoke(app, "orgs", "kind", ORG_ID, kind, policy).exit_code == 0
    with database.reading(org.id) as session:
        found = settings.read(session)
    assert found.policy_of("email_opened") is KindPolicy.EACH
    assert found.policy_of("call") is KindPolicy.OFF
    assert found.policy_of("custom.webinar") is KindPolicy.EACH
    assert found.policy_of("meeting") is KindPolicy.EACH


def test_a_key_is_listed_without_itself_and_revoked_by_its_label(app: Flask, org: Org) -> None:
    key = invoke(app, "orgs", "apikey", ORG_ID, "--label", "backend").output.strip()
    listed = invoke(app, "orgs", "apikeys", ORG_ID).output
    assert listed.startswith(f"{key[:10]}…")
    assert "backend" in listed
    assert key not in listed
    assert "revoked" in invoke(app, "orgs", "apikey-revoke", ORG_ID, "backend").output
    assert "revoked" in invoke(app, "orgs", "apikeys", ORG_ID).output
    refused(invoke(app, "orgs", "apikey-revoke", ORG_ID, "backend"))


def test_of_two_keys_with_one_label_neither_is_revoked_by_it(app: Flask, org: Org) -> None:
    first, second = (
        invoke(app, "orgs", "apikey", ORG_ID, "--label", "backend").output.strip() for _ in range(2)
    )
    line = refused(invoke(app, "orgs", "apikey-revoke", ORG_ID, "backend"))
    assert first[:10] in line
    assert invoke(app, "orgs", "apikey-revoke", ORG_ID, second[:10]).exit_code == 0
    assert invoke(app, "orgs", "apikey-revoke", ORG_ID, "backend").exit_code == 0


def test_what_salesforce_refused_is_listed_in_its_words(
    app: Flask, org: Org, database: Database
) -> None:
    """X4: a parked activity waits for a person, who has to know of it."""
    assert "No activity" in invoke(app, "orgs", "parked", ORG_ID).output
    assert invoke(app, "orgs", "feature", ORG_ID, "activity_to_salesforce", "on").exit_code == 0
    call = NewEvent("call-1", "call", utcnow(), person_key(email="ada@example.com"))
    with database.writing(org.id) as session:
        intake.record(session, [call], recorded_of(app))
        refusal = {"error_code": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "error_message": "Not\nso."}
        session.execute(update(OutboxRow).values(state=DeliveryState.PARKED, **refusal))
    listed = invoke(app, "orgs", "parked", ORG_ID).output
    assert listed.endswith("call                FIELD_CUSTOM_VALIDATION_EXCEPTION: Not so.\n")


def test_how_an_org_stands_is_told_with_its_reasons(
    app: Flask, org: Org, database: Database
) -> None:
    """E7, X14: what rests and until when, what has to be mended, what calls were spent."""
    with database.writing(org.id) as session:
        rest = utcnow() + timedelta(hours=1)
        session.add(OrgDelivery(paused_until=rest, pause_reason="storage_full"))
        session.add(
            DeliveryBreaker(
                kind="call",
                state=BreakerState.OPEN,
                refusals=5,
                reason="required_field",
                code="REQUIRED_FIELD_MISSING",
                message="The org requires a field: [Region__c]",
                seqs=[],
                opened_at=utcnow(),
                next_probe_at=rest,
            )
        )
    told = invoke(app, "orgs", "state", ORG_ID).output
    assert f"{ORG_ID} is active." in told
    assert "Not connected." in told
    assert "(storage_full): The org's data storage is full" in told
    assert "REQUIRED_FIELD_MISSING: The org requires a field: [Region__c]" in told
    assert "API calls of 24 hours: 0 of the 3000" in told

    assert "REQUIRED_FIELD_MISSING" in invoke(app, "orgs", "breakers", ORG_ID).output
    assert invoke(app, "orgs", "breaker-reset", ORG_ID, "call").exit_code == 0
    with database.reading(org.id) as session:
        is_due = DeliveryBreaker.next_probe_at <= utcnow()
        assert session.scalars(select(DeliveryBreaker).where(is_due)).one().kind == "call"
    assert "email_sent" in refused(invoke(app, "orgs", "breaker-reset", ORG_ID, "email_sent"))


def test_the_preflight_is_a_text_for_a_ticket_or_data(
    beside: Flask, devorg: RunningOrg, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E7: what is missing, the set that grants it, and 1 as the end."""
    monkeypatch.setenv("INLAY_CLIENT_SECRET", "devorg-client-secret")
    assert invoke(beside, "orgs", "preflight", ORG_ID, "--last").output.startswith("No preflight")
    assert invoke(beside, *connect(ORG_ID, devorg.url)).exit_code == 0
    fine = invoke(beside, "orgs", "preflight", ORG_ID)
    assert fine.exit_code == 0
    assert "Nothing is missing for what is switched on." in fine.output
    invoke(beside, "orgs", "feature", ORG_ID, "activity_to_salesforce", "on")
    devorg.org.use_package(Package("0.0.1", frozenset({"Inlay_Link__c"})))
    lacking = invoke(beside, "orgs", "preflight", ORG_ID)
    assert lacking.exit_code == 1
    assert "may not edit Task.Inlay_Link__c. Inlay_Integration is assigned" in lacking.output
    told = json.loads(invoke(beside, "orgs", "preflight", ORG_ID, "--last", "--json").output)
    assert told["verdict"] == "missing"
    devorg.org.reset()


def test_an_edition_without_api_is_refused_by_the_command_that_connects(
    beside: Flask, devorg: RunningOrg, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L1."""
    monkeypatch.setenv("INLAY_CLIENT_SECRET", "devorg-client-secret")
    with devorg.org.store.writing() as connection:
        connection.execute("UPDATE Organization SET OrganizationType = 'Team Edition'")
    answer = invoke(beside, *connect(ORG_ID, devorg.url))
    assert answer.exit_code != 0
    assert "Team Edition, which Inlay cannot serve" in answer.output
    devorg.org.reset()


def test_what_single_features_may_spend_is_set_and_shown(app: Flask, org: Org) -> None:
    """X14: an org's calls, by feature."""
    assert "all that Inlay does      0 of 3000" in invoke(app, "orgs", "budget", ORG_ID).output
    shown = invoke(app, "orgs", "budget", ORG_ID, "scores", "500").output
    assert "scores                   0 of 500" in shown
    assert "scores" not in invoke(app, "orgs", "budget", ORG_ID, "scores", "0").output
    assert "follow_ups" in refused(invoke(app, "orgs", "budget", ORG_ID, "nothing", "5"))
