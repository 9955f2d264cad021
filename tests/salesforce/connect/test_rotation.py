"""Refresh tokens that rotate: kept before anything else, used by one, taken back when replaced."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.db import Database
from app.jobs import connections as jobs
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import connections, establishing
from app.salesforce.connect.ways import Access
from app.salesforce.errors import ReconnectNeeded, SalesforceDown, SalesforceSlow, WrongOrg
from app.salesforce.gateway import Gateway
from app.salesforce.models import Connection, Method
from devorg import DevorgConfig, users
from devorg.apps.app import app_from
from devorg.server import running
from tests.salesforce.conftest import MakeGateway
from tests.salesforce.scripted import ORGANIZATION, Reply, Scripted, Seen

OTHER = "00D000000000001EAA"


@pytest.fixture
def gateway(
    script: Scripted, make_gateway: MakeGateway, database: Database, keyring: Keyring, org: Org
) -> Gateway:
    """A gateway whose one org gave a refresh token once."""
    access = Access(Method.OWN_APP, script.url, "app", "hush", refresh_token="first")
    with database.writing(org.id) as session:
        connections.replace(session, keyring, access)
    return make_gateway(script.url)


def rotating(script: Scripted, special: Callable[[Seen], Reply | None] = lambda _: None) -> None:
    """An org that trades each refresh token once: ``first`` for ``next-1``, that for ``next-2``."""
    expected = ["first"]

    def reply(seen: Seen) -> Reply:
        found = special(seen)
        if found is not None:
            return found
        if seen.path.endswith("/token"):
            if f"refresh_token={expected[-1]}".encode() not in seen.body.split(b"&"):
                return Reply(400, {"error": "invalid_grant", "error_description": "expired"})
            expected.append(f"next-{len(expected)}")
            token = f"{ORGANIZATION[:15]}!token.{len(expected)}"
            body = {"access_token": token, "refresh_token": expected[-1]}
            return Reply(body={**body, "instance_url": script.url})
        if seen.path.endswith("/userinfo"):
            return Reply(body={"organization_id": ORGANIZATION})
        return Reply(body={"query": "/"})

    script.reply = reply


def kept(gateway: Gateway, org: Org) -> str | None:
    """The refresh token that the database has."""
    with gateway.database.reading(org.id) as session:
        sealed = session.scalars(select(Connection.sealed_refresh_token)).one()
    return gateway.keyring.open(sealed) if sealed else None


def _call(gateway: Gateway, org: Org) -> object:
    return gateway.for_org(org.id).resources(feature="test")


def test_the_next_refresh_token_is_kept_before_the_org_is_asked_anything(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    """House: stored before it is used, so that a failure right after loses nothing."""
    seen_in_database: list[str | None] = []

    def fail_once(seen: Seen) -> Reply | None:
        if seen.path.endswith("/userinfo") and not seen_in_database:
            seen_in_database.append(kept(gateway, org))
            return Reply(503)
        return None

    rotating(script, fail_once)
    with pytest.raises(SalesforceDown):
        gateway.refresh(org.id)
    assert seen_in_database == ["next-1"]
    gateway.refresh(org.id)
    assert kept(gateway, org) == "next-2"


def test_a_typed_token_that_was_traded_is_not_lost_by_what_fails_after(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    """M1: the first use spends what the admin typed; the org is proven at the next call."""
    failures = [1]

    def fail_once(seen: Seen) -> Reply | None:
        return Reply(503) if seen.path.endswith("/userinfo") and failures.pop() else None

    rotating(script, lambda seen: fail_once(seen) if failures else None)
    access = Access(Method.OWN_APP, script.url, "app", "hush", refresh_token="first")
    establishing.establish(gateway, org.id, access, by="test")
    gateway.for_org(org.id).resources(feature="test")
    assert kept(gateway, org) == "next-2"


def test_the_weekly_visit_uses_the_refresh_token_though_the_access_token_still_works(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    """House: quiet orgs are refreshed weekly; Salesforce ends what lay unused for 30 days."""
    rotating(script)
    gateway.refresh(org.id)
    assert jobs.check(gateway, org.id) == "ok"
    assert kept(gateway, org) == "next-2"
    script.answers(Reply(400, {"error": "invalid_grant", "error_description": "expired"}))
    assert jobs.check(gateway, org.id) == "reconnect_needed"


def test_a_wrong_org_at_a_refresh_takes_back_both_tokens(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    def other(seen: Seen) -> Reply | None:
        is_asked = seen.path.endswith("/userinfo")
        return Reply(body={"organization_id": OTHER}) if is_asked else None

    rotating(script, other)
    with pytest.raises(WrongOrg):
        gateway.refresh(org.id)
    revoked = [seen.body for seen in script.seen if seen.path.endswith("/revoke")]
    assert revoked[0] == b"token=next-1"
    assert len(revoked) == 2
    assert kept(gateway, org) is None


def test_what_was_replaced_meanwhile_is_taken_back_and_not_written_over(
    gateway: Gateway, script: Scripted, database: Database, keyring: Keyring, org: Org
) -> None:
    """An admin connects anew while a worker refreshes the connection before."""
    newer = Access(Method.CLIENT_CREDENTIALS, script.url, "newer", "hush")

    def replace_meanwhile(seen: Seen) -> None:
        if seen.path.endswith("/token") and b"first" in seen.body:
            with database.writing(org.id) as session:
                connections.replace(session, keyring, newer)

    rotating(script, replace_meanwhile)
    with pytest.raises(SalesforceSlow):
        gateway.refresh(org.id)
    with database.reading(org.id) as session:
        assert session.scalars(select(Connection.client_id)).one() == "newer"
    assert b"token=next-1" in [seen.body for seen in script.seen]


def test_who_was_held_up_asks_no_more(
    gateway: Gateway, script: Scripted, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that slept through its lease must not show a token that another has spent."""
    monkeypatch.setattr("app.salesforce.connect.tokens._ASK_WITHIN_SECONDS", -1.0)
    rotating(script)
    with pytest.raises(SalesforceSlow):
        gateway.refresh(org.id)
    assert script.seen == []
    monkeypatch.undo()
    gateway.refresh(org.id)


def test_processes_that_race_for_a_rotation_never_spend_a_token_twice(
    database: Database, keyring: Keyring, org: Org, make_gateway: MakeGateway
) -> None:
    """X3: a token shown twice would end the whole family, and the customer's connection."""
    with running(DevorgConfig(org_id=ORGANIZATION)) as box:
        oauth = box.org.oauth
        oauth.apps.save(app_from({"isRefreshTokenRotationEnabled": True}, oauth.apps.all()[0]))
        app, user = oauth.apps.all()[0], users.USERS[1]
        grant = oauth.grants.open(app, user, frozenset({"api", "refresh_token"}))
        access = Access(
            Method.OWN_APP,
            box.url,
            app.client_id,
            app.client_secret,
            refresh_token=oauth.grants.issue(grant),
        )
        gateways = [make_gateway(box.url, read_seconds=10) for _ in range(3)]
        establishing.establish(gateways[0], org.id, access, by="test")
        with ThreadPoolExecutor(12) as pool:
            for _ in range(3):
                box.org.tokens.end_all()
                calls = [pool.submit(_call, one, org) for one in gateways * 4]
                assert all(call.result() for call in calls)
        assert [each.id for each in oauth.grants.all()] == [grant.id]
        assert oauth.grants.find(kept(gateways[0], org) or "") is not None


def test_a_new_connection_takes_back_the_refresh_token_of_the_one_before(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    """Salesforce lets a user have five of an app: old ones must not push out those in use."""
    rotating(script)
    gateway.refresh(org.id)

    def by_secret(seen: Seen) -> Reply | None:
        if b"client_credentials" in seen.body:
            body = {"access_token": f"{ORGANIZATION[:15]}!x", "instance_url": script.url}
            return Reply(body=body)
        return None

    rotating(script, by_secret)
    access = Access(Method.CLIENT_CREDENTIALS, script.url, "app", "hush")
    establishing.establish(gateway, org.id, access, by="test")
    assert [s.body for s in script.seen if s.path.endswith("/revoke")] == [b"token=next-1"]


def test_a_refresh_token_that_is_over_asks_for_a_person(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    script.answers(Reply(400, {"error": "invalid_grant", "error_description": "expired"}))
    with pytest.raises(ReconnectNeeded):
        gateway.refresh(org.id)
    with gateway.database.reading(org.id) as session:
        status = connections.status(session)
    assert status is not None
    assert status.reason == "invalid_grant"
    assert status.since is not None
    assert status.since <= utcnow()
