"""Degraded: let in, but calls fail; well again with the first that works, in any process."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import connections
from app.salesforce.connect.connections import Condition
from app.salesforce.errors import (
    ApiNotAllowed,
    RequestRefused,
    SalesforceDown,
    SalesforceSlow,
    SecretSealed,
)
from app.salesforce.gateway import Gateway
from app.salesforce.transport import Timeouts
from tests.salesforce.conftest import MakeGateway, connect
from tests.salesforce.connect.test_tokens import org_of_script
from tests.salesforce.scripted import Reply, Scripted


@pytest.fixture
def gateway(
    script: Scripted, make_gateway: MakeGateway, database: Database, keyring: Keyring, org: Org
) -> Gateway:
    connect(database, keyring, org, script.url)
    return make_gateway(script.url)


def _condition(gateway: Gateway, org: Org) -> tuple[Condition, str]:
    with gateway.database.reading(org.id) as session:
        found = connections.status(session)
    assert found is not None
    return found.condition, found.reason


def _fails_with(script: Scripted, reply: Reply) -> None:
    org_of_script(script, lambda seen: reply if "/data/" in seen.path else None)


def test_what_is_refused_to_anybody_degrades_at_once_and_another_process_clears_it(
    gateway: Gateway, script: Scripted, org: Org, make_gateway: MakeGateway
) -> None:
    _fails_with(script, Reply(403, [{"errorCode": "API_DISABLED_FOR_ORG", "message": "no"}]))
    with pytest.raises(ApiNotAllowed):
        gateway.for_org(org.id).resources(feature="test")
    assert _condition(gateway, org) == (Condition.DEGRADED, "api_not_allowed")
    org_of_script(script)
    make_gateway(script.url).for_org(org.id).resources(feature="test")
    assert _condition(gateway, org) == (Condition.CONNECTED, "")


def test_no_answer_degrades_after_some_in_a_row_over_some_time(
    gateway: Gateway, script: Scripted, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fails_with(script, Reply(503))
    client = gateway.for_org(org.id)
    for _ in range(4):
        with pytest.raises(SalesforceDown):
            client.resources(feature="test")
    assert _condition(gateway, org) == (Condition.CONNECTED, "")
    monkeypatch.setattr("app.salesforce.connect.health.SECONDS", 0.0)
    with pytest.raises(SalesforceDown):
        client.resources(feature="test")
    assert _condition(gateway, org) == (Condition.DEGRADED, "salesforce_down")


def test_one_thing_refused_says_nothing_of_the_connection(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    _fails_with(script, Reply(400, [{"errorCode": "MALFORMED_QUERY", "message": "no"}]))
    with pytest.raises(RequestRefused):
        gateway.for_org(org.id).resources(feature="test")
    assert _condition(gateway, org) == (Condition.CONNECTED, "")


def test_a_missing_right_degrades_until_it_is_there(
    database: Database, gateway: Gateway, org: Org
) -> None:
    """E8: the preflight says so; calls that work do not take it back."""
    with database.writing(org.id) as session:
        connections.mark_rights(session, are_missing=True)
    assert _condition(gateway, org) == (Condition.DEGRADED, "rights_missing")
    with database.writing(org.id) as session:
        connections.mark_rights(session, are_missing=False)
    assert _condition(gateway, org) == (Condition.CONNECTED, "")


def test_what_another_process_cleared_is_noted_again_when_it_comes_back(
    gateway: Gateway, script: Scripted, org: Org, make_gateway: MakeGateway
) -> None:
    refusal = Reply(403, [{"errorCode": "API_DISABLED_FOR_ORG", "message": "no"}])
    for _ in range(2):
        _fails_with(script, refusal)
        with pytest.raises(ApiNotAllowed):
            gateway.for_org(org.id).resources(feature="test")
        assert _condition(gateway, org)[0] is Condition.DEGRADED
        org_of_script(script)
        make_gateway(script.url).for_org(org.id).resources(feature="test")
        assert _condition(gateway, org)[0] is Condition.CONNECTED


def test_within_a_request_an_org_that_hangs_holds_few_threads_and_not_for_long(
    gateway: Gateway, script: Scripted, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """House: a hung org never delays another; an admin's check waits seconds, not minutes."""
    monkeypatch.setattr("app.salesforce.gateway.PERSON_TIMEOUTS", Timeouts(0.2, 0.2))
    org_of_script(script)
    gateway.refresh(org.id)
    _fails_with(script, Reply(pause=100))
    with Flask(__name__).test_request_context(), pytest.raises(SalesforceSlow):
        gateway.for_org(org.id).resources(feature="test")


def test_a_key_that_was_taken_away_too_early_degrades_and_loses_nothing(
    gateway: Gateway,
    script: Scripted,
    org: Org,
    config: Config,
    database: Database,
    make_gateway: MakeGateway,
) -> None:
    """House, Secrets: the operator puts the old key back, and it goes on."""
    org_of_script(script)
    gateway.refresh(org.id)
    settings = replace(config, salesforce_extra_origins=(script.url,))
    keyless = Gateway(settings, database, Keyring(("another-key-of-forty-characters-xxxxxxxxx",)))
    with pytest.raises(SecretSealed):
        keyless.for_org(org.id)
    keyless.close()
    assert _condition(gateway, org) == (Condition.DEGRADED, "sealed")
    make_gateway(script.url).for_org(org.id).resources(feature="test")
    assert _condition(gateway, org) == (Condition.CONNECTED, "")
