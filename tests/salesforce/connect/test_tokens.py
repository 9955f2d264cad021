"""The integration's token: one writer, the right org, and a name for what is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db import Database, database_now
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import connections
from app.salesforce.errors import (
    AppNotApproved,
    ForeignHost,
    IpNotAllowed,
    ReconnectNeeded,
    SalesforceDown,
    SalesforceError,
    SalesforceSlow,
    SessionOver,
    WrongOrg,
)
from app.salesforce.gateway import Gateway
from app.salesforce.models import Connection
from tests.salesforce.conftest import MakeGateway, connect
from tests.salesforce.scripted import ORGANIZATION, Reply, Scripted, Seen

OTHER = "00D000000000001EAA"
Answer = Callable[[Seen], Reply | None]


def token_reply(script: Scripted, organization: str = ORGANIZATION, number: int = 1) -> Reply:
    """What the token endpoint of a real org answers."""
    return Reply(
        body={
            "access_token": f"{organization[:15]}!token.{number}",
            "instance_url": script.url,
            "id": f"https://login.salesforce.com/id/{organization}/0055e000000AAAAAAA",
            "token_type": "Bearer",
            "issued_at": "1790000000000",
            "scope": "api",
        }
    )


def org_of_script(script: Scripted, special: Answer = lambda _: None) -> None:
    """Answer like an org whose tokens are numbered; ``special`` goes first."""
    issued: list[int] = []

    def reply(seen: Seen) -> Reply:
        found = special(seen)
        if found is not None:
            return found
        if seen.path.endswith("/token"):
            issued.append(1)
            return token_reply(script, number=len(issued))
        if seen.path.endswith("/userinfo"):
            return Reply(body={"organization_id": ORGANIZATION})
        return Reply(body={"query": "/"})

    script.reply = reply


def asked(script: Scripted, ending: str) -> list[Seen]:
    """Requests whose path ends so."""
    return [seen for seen in script.seen if seen.path.endswith(ending)]


@pytest.fixture
def gateway(
    script: Scripted, make_gateway: MakeGateway, database: Database, keyring: Keyring, org: Org
) -> Gateway:
    """A gateway whose one org is connected to the scripted server."""
    connect(database, keyring, org, script.url, client_secret="hush-hush")
    return make_gateway(script.url)


def _status(database: Database, org: Org) -> tuple[str, str]:
    with database.reading(org.id) as session:
        found = connections.status(session)
        assert found is not None
        return found.state.value, found.reason


def test_a_token_is_fetched_once_and_kept_sealed(
    gateway: Gateway, script: Scripted, database: Database, org: Org, make_gateway: MakeGateway
) -> None:
    org_of_script(script)
    gateway.for_org(org.id).resources(feature="test")
    make_gateway(script.url).for_org(org.id).resources(feature="test")
    assert len(asked(script, "/token")) == 1
    with database.reading(org.id) as session:
        connection = session.scalars(select(Connection)).one()
    assert "token" not in (connection.sealed_access_token or "token")
    assert connection.renewing_until is None


def test_an_org_without_a_connection_has_to_be_connected(
    make_gateway: MakeGateway, org: Org
) -> None:
    with pytest.raises(ReconnectNeeded) as caught:
        make_gateway().for_org(org.id)
    assert caught.value.code == "not_connected"


def test_a_refused_token_is_renewed_once_and_the_call_repeated_as_it_was(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    over = [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]

    def refuse_first(seen: Seen) -> Reply | None:
        is_first = seen.headers.get("Authorization", "").endswith("token.1")
        return Reply(401, over) if is_first and "/data/" in seen.path else None

    org_of_script(script, refuse_first)
    client = gateway.for_org(org.id)
    client.call("POST", "/services/data/x", feature="test", body={"a": 1}, headers={"X-A": "b"})
    client.resources(feature="test")
    first, second = asked(script, "/data/x")
    assert (first.body, first.headers["X-A"]) == (second.body, second.headers["X-A"])
    assert second.headers["Authorization"].endswith("token.2")
    assert len(asked(script, "/token")) == 2


def test_a_token_refused_twice_is_not_renewed_forever(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    org_of_script(script, lambda seen: Reply(401) if "/data/" in seen.path else None)
    client = gateway.for_org(org.id)
    with pytest.raises(SessionOver):
        client.resources(feature="test")
    assert len(asked(script, "/token")) == 2


def test_many_threads_with_an_old_token_fetch_one_new(
    gateway: Gateway, script: Scripted, org: Org, make_gateway: MakeGateway
) -> None:
    """One writer per connection, also between processes (each gateway has its own locks)."""

    def slow_and_picky(seen: Seen) -> Reply | None:
        if seen.path.endswith("/token"):
            script.released.wait(0.2)
        is_old = seen.headers.get("Authorization", "").endswith("token.1")
        return Reply(401) if is_old and "/data/" in seen.path else None

    org_of_script(script, slow_and_picky)
    gateways = [gateway, make_gateway(script.url), make_gateway(script.url)]
    clients = [each.for_org(org.id) for each in gateways for _ in range(4)]
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(lambda client: client.resources(feature="test"), clients))
    assert len(asked(script, "/token")) == 2


def test_a_writer_that_died_does_not_hold_the_token_for_ever(
    gateway: Gateway, script: Scripted, database: Database, org: Org
) -> None:
    org_of_script(script)
    with database.writing(org.id) as session:
        session.execute(update(Connection).values(renewing_until=database_now(-1)))
    gateway.for_org(org.id).resources(feature="test")


def test_another_process_at_work_is_waited_for_and_not_for_ever(
    gateway: Gateway, database: Database, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.salesforce.connect.tokens._WAIT_SECONDS", 0.2)
    with database.writing(org.id) as session:
        session.execute(update(Connection).values(renewing_until=database_now(60)))
    with pytest.raises(SalesforceSlow):
        gateway.for_org(org.id)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ({"error": "invalid_client"}, ReconnectNeeded, "invalid_client"),
        (
            {"error": "invalid_grant", "error_description": "no client credentials user enabled"},
            ReconnectNeeded,
            "no_run_as_user",
        ),
        (
            {"error": "invalid_grant", "error_description": "expired access/refresh token"},
            ReconnectNeeded,
            "invalid_grant",
        ),
        (
            {"error": "invalid_grant", "error_description": "ip restricted"},
            IpNotAllowed,
            "ip_not_allowed",
        ),
        (
            {
                "error": "invalid_app_access",
                "error_description": "user is not admin approved to access this app",
            },
            AppNotApproved,
            "app_not_approved",
        ),
    ],
)
def test_what_only_a_person_can_mend_is_a_lost_connection(
    gateway: Gateway,
    script: Scripted,
    database: Database,
    org: Org,
    body: dict[str, Any],
    kind: type[SalesforceError],
    reason: str,
) -> None:
    script.answers(Reply(400, body))
    with pytest.raises(kind) as caught:
        gateway.for_org(org.id)
    assert _status(database, org) == ("reconnect_needed", reason)
    assert "hush-hush" not in repr(vars(caught.value))
    with pytest.raises(ReconnectNeeded):
        gateway.for_org(org.id)
    assert len(script.seen) == 1  # a lost connection is not tried again


@pytest.mark.parametrize(
    "reply",
    [
        Reply(503, b"<html>maintenance</html>"),
        Reply(400, {"error": "unknown_error", "error_description": "retry your request"}),
        Reply(400, {"error": "invalid_grant", "error_description": "login rate exceeded"}),
        Reply(200, b"<html>maintenance</html>"),
        Reply(429, b""),
        Reply(drop=True),
    ],
)
def test_what_passes_by_itself_loses_nothing(
    gateway: Gateway, script: Scripted, database: Database, org: Org, reply: Reply
) -> None:
    script.answers(reply)
    with pytest.raises(SalesforceDown):
        gateway.for_org(org.id)
    assert _status(database, org) == ("connected", "")
    org_of_script(script)
    gateway.for_org(org.id).resources(feature="test")


def _other_by_identity(script: Scripted) -> Answer:
    return lambda seen: token_reply(script, OTHER) if seen.path.endswith("/token") else None


def _other_by_userinfo(_: Scripted) -> Answer:
    body = {"organization_id": OTHER}
    return lambda seen: Reply(body=body) if seen.path.endswith("/userinfo") else None


def _other_by_query(_: Scripted) -> Answer:
    rows = {"records": [{"Id": OTHER}], "done": True}

    def answer(seen: Seen) -> Reply | None:
        if seen.path.endswith("/userinfo"):
            return Reply(403, b"Bad_OAuth_Token")
        return Reply(body=rows) if "/query?" in seen.path else None

    return answer


@pytest.mark.parametrize("special", [_other_by_identity, _other_by_userinfo, _other_by_query])
def test_a_token_of_another_org_is_taken_back_and_dropped(
    gateway: Gateway,
    script: Scripted,
    database: Database,
    org: Org,
    special: Callable[[Scripted], Answer],
) -> None:
    org_of_script(script, special(script))
    with pytest.raises(WrongOrg):
        gateway.for_org(org.id)
    assert _status(database, org) == ("reconnect_needed", "wrong_org")
    assert len(asked(script, "/revoke")) == 1
    with database.reading(org.id) as session:
        assert session.scalars(select(Connection)).one().sealed_access_token is None


def test_where_userinfo_is_closed_the_org_is_asked(
    gateway: Gateway, script: Scripted, org: Org
) -> None:
    rows = {"records": [{"Id": ORGANIZATION[:15]}], "done": True}

    def special(seen: Seen) -> Reply | None:
        if seen.path.endswith("/userinfo"):
            return Reply(403, b"Bad_OAuth_Token")
        return Reply(body=rows) if "/query?" in seen.path else None

    org_of_script(script, special)
    gateway.for_org(org.id).resources(feature="test")


def test_a_token_that_points_to_a_foreign_host_is_not_used(
    gateway: Gateway, script: Scripted, database: Database, org: Org
) -> None:
    body = {**token_reply(script).body, "instance_url": "https://evil.example.com"}
    script.answers(Reply(body=body))
    with pytest.raises(ForeignHost):
        gateway.for_org(org.id)
    assert _status(database, org) == ("reconnect_needed", "foreign_host")
    assert [seen.path.rpartition("/")[2] for seen in script.seen] == ["token", "revoke"]
