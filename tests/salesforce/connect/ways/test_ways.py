"""Every way into an org, against devorg: let in, whose org, who it is, taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org, OrgState
from app.salesforce.connect import connections, establishing, soap_login
from app.salesforce.connect.connections import Condition
from app.salesforce.connect.proof import Proven
from app.salesforce.connect.ways import Access
from app.salesforce.errors import (
    AppNotApproved,
    OrgOnHold,
    ReconnectNeeded,
    SalesforceDown,
    SalesforceError,
    WrongOrg,
)
from app.salesforce.gateway import Gateway
from app.salesforce.limits import WaysIn
from app.salesforce.models import Method
from app.salesforce.transport import Transport
from devorg.faults import fault_from
from devorg.server import RunningOrg
from tests.salesforce.connect.ways.conftest import (
    KEY,
    PASSWORD,
    SECRET,
    WAYS,
    call,
    connect,
    paths,
    policies,
    row_of,
    settings_of,
    status_of,
    user_of,
)
from tests.salesforce.scripted import Reply, scripted
from tests.support.application import make_org

OTHER = "00D5e000000OTHEEA4"


@pytest.mark.parametrize("way", WAYS)
def test_each_way_lets_us_in_and_names_its_user(
    gateway: Gateway, box: RunningOrg, org: Org, way: Method
) -> None:
    """M1, M2, L4, E9: connected at once, by whom, as whom; a token that ends is fetched anew."""
    connect(gateway, box, org, way)
    found = status_of(gateway, org)
    integration = way in {Method.CLIENT_CREDENTIALS, Method.JWT_BEARER}
    user = user_of("integration" if integration else "admin")
    assert (found.condition, found.method) == (Condition.CONNECTED, way)
    assert (found.user_id, found.user_name, found.user_label) == (user.id, user.username, user.name)
    assert found.user_address == user.username
    assert (found.connected_by, found.instance_url) == ("test", box.url)

    box.org.tokens.end_all()
    call(gateway, org)
    gateway.refresh(org.id)
    call(gateway, org)
    assert status_of(gateway, org).condition is Condition.CONNECTED


@pytest.mark.parametrize("way", WAYS)
def test_a_token_of_another_org_is_taken_back_and_nothing_is_kept(
    gateway: Gateway, box: RunningOrg, database: Database, way: Method
) -> None:
    """House: after every way in the token's org must be the tenant's."""
    other = make_org(database, OTHER, "Other")
    with pytest.raises(WrongOrg):
        connect(gateway, box, other, way)
    assert any(path.endswith("/revoke") for path in paths(box))
    if way in {Method.WEB_SERVER, Method.OWN_APP}:
        assert box.org.oauth.grants.all() == []
    with database.reading(other.id) as session:
        assert connections.status(session) is None


@pytest.mark.parametrize("answer", [200, 503])
def test_a_typed_refresh_token_of_another_org_is_taken_back_too(
    gateway: Gateway, box: RunningOrg, database: Database, answer: int
) -> None:
    """M1: also where it does not rotate; that Salesforce did not confirm it is said."""
    policies(box, isRefreshTokenRotationEnabled=False)
    other = make_org(database, OTHER, "Other")
    if answer != 200:
        box.org.faults.add(fault_from({"kind": "status", "status": answer, "match": "/revoke"}))
    with pytest.raises(WrongOrg) as caught:
        connect(gateway, box, other, Method.OWN_APP)
    is_over = box.org.oauth.grants.all() == []
    assert (is_over, caught.value.code) == (
        (True, "WRONG_ORG") if answer == 200 else (False, "wrong_org_left")
    )


@pytest.mark.parametrize("way", [Method.WEB_SERVER, Method.OWN_APP])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_an_org_that_was_suspended_is_not_connected(
    gateway: Gateway,
    box: RunningOrg,
    org: Org,
    way: Method,
    when: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """C6: before anything is asked, nothing is; after, what Salesforce gave is taken back."""

    def suspend() -> None:
        with gateway.database.system_writing() as session:
            session.get_one(Org, org.id).state = OrgState.SUSPENDED

    if when == "before":
        suspend()
    else:
        proven = establishing._proven

        def slowly(*given: Any) -> Proven:
            suspend()
            return proven(*given)

        monkeypatch.setattr(establishing, "_proven", slowly)
    with pytest.raises(OrgOnHold):
        connect(gateway, box, org, way)
    asked = [path for path in paths(box) if "/oauth2/" in path]
    assert (asked == []) is (when == "before")
    if when == "meanwhile":
        assert box.org.oauth.grants.all() == []
    with gateway.database.reading(org.id) as session:
        assert connections.status(session) is None


@pytest.mark.parametrize(
    ("status", "code"), [(403, "API_DISABLED_FOR_ORG"), (403, "API_CURRENTLY_DISABLED"), (503, "")]
)
def test_a_grant_that_cannot_be_proven_is_taken_back(
    gateway: Gateway, box: RunningOrg, org: Org, status: int, code: str
) -> None:
    """What a person allowed in the popup does not stay at Salesforce when nobody uses it."""
    refusal = {"kind": "status", "status": status, "errorCode": code}
    for match in ("/oauth2/userinfo", "/query"):
        box.org.faults.add(fault_from({**refusal, "match": match}))
    with pytest.raises(SalesforceError):
        connect(gateway, box, org, Method.WEB_SERVER)
    assert box.org.oauth.grants.all() == []
    with gateway.database.reading(org.id) as session:
        assert connections.status(session) is None


def test_who_connects_at_the_same_time_leaves_one_connection_and_one_grant(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    """A second click, or two admins: the last one counts, what the others were given is over."""
    start = Barrier(3)
    gateway.ways_in = WaysIn(of_org=3)

    def click(_number: int) -> None:
        start.wait()
        connect(gateway, box, org, Method.WEB_SERVER)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(click, range(3)))
    call(gateway, org)
    assert len(box.org.oauth.grants.all()) == 1


@pytest.mark.parametrize("way", WAYS)
def test_an_org_that_turns_into_another_is_dropped_at_the_refresh(
    gateway: Gateway, box: RunningOrg, database: Database, org: Org, way: Method
) -> None:
    """House: after every refresh, too; a sandbox that was refreshed has another id."""
    connect(gateway, box, org, way)
    with database.system_writing() as session:
        session.get_one(Org, org.id).salesforce_id = OTHER
    with pytest.raises(WrongOrg):
        gateway.refresh(org.id)
    kept = row_of(gateway, org)
    assert (kept.state_reason, kept.sealed_access_token) == ("wrong_org", None)
    assert (kept.sealed_refresh_token, kept.sealed_private_key, kept.sealed_password) == (None,) * 3
    with pytest.raises(ReconnectNeeded):
        establishing.try_again(gateway, org.id)


@pytest.mark.parametrize("way", WAYS)
def test_a_refusal_leaves_the_connection_that_works(
    gateway: Gateway, box: RunningOrg, org: Org, way: Method
) -> None:
    connect(gateway, box, org, Method.CLIENT_CREDENTIALS)
    policies(box, isBlocked=True)
    if way is not Method.PASSWORD:  # a SOAP login goes through no app
        with pytest.raises((AppNotApproved, ReconnectNeeded)):
            connect(gateway, box, org, way)
    assert status_of(gateway, org).method is Method.CLIENT_CREDENTIALS


@pytest.mark.parametrize("way", WAYS)
def test_a_disconnect_takes_back_what_was_given(
    gateway: Gateway, second: Gateway, box: RunningOrg, org: Org, way: Method
) -> None:
    """The end: no secret stays here, no session there, and other processes hear of it."""
    connect(gateway, box, org, way)
    client = second.for_org(org.id)
    assert establishing.disconnect(gateway, org.id)
    kept, found = row_of(gateway, org), status_of(gateway, org)
    assert (found.condition, found.reason) == (Condition.DISCONNECTED, "disconnected")
    assert gateway.keyring.open(kept.sealed_client_secret) == ""
    assert kept.sealed_access_token is kept.sealed_refresh_token is kept.sealed_password is None
    assert box.org.oauth.grants.all() == []
    with pytest.raises(ReconnectNeeded) as caught:
        client.resources(feature="test")
    assert caught.value.code == "disconnected"
    connect(gateway, box, org, way)
    client.resources(feature="test")


@pytest.mark.parametrize("way", [Method.WEB_SERVER, Method.OWN_APP])
def test_what_a_customer_revoked_is_not_tried_again(
    gateway: Gateway, second: Gateway, box: RunningOrg, org: Org, way: Method
) -> None:
    """M5: all traffic to the org stops at the first refusal, in every process."""
    connect(gateway, box, org, way)
    others = second.for_org(org.id)
    box.org.oauth.grants.end_all_of(KEY)
    with pytest.raises(ReconnectNeeded):
        call(gateway, org)
    found = status_of(gateway, org)
    assert (found.condition, found.reason) == (Condition.RECONNECT_NEEDED, "invalid_grant")
    with pytest.raises(ReconnectNeeded):  # its own token is refused once, and it looks
        others.resources(feature="test")
    before = len(paths(box))
    for each in (gateway, second):
        with pytest.raises(ReconnectNeeded):
            call(each, org)
    assert len(paths(box)) == before


def test_after_a_policy_was_mended_the_same_secrets_do(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    """An admin blocks the app and lets it in again: nobody types anything anew."""
    connect(gateway, box, org, Method.OWN_APP)
    box.org.tokens.end_all()
    policies(box, isBlocked=True)
    with pytest.raises(AppNotApproved):
        call(gateway, org)
    with pytest.raises(AppNotApproved):
        establishing.try_again(gateway, org.id)
    assert status_of(gateway, org).reason == "app_not_approved"
    policies(box, isBlocked=False)
    establishing.try_again(gateway, org.id)
    assert status_of(gateway, org).condition is Condition.CONNECTED


def test_ways_that_the_operator_does_not_allow_are_refused(
    config: Config,
    database: Database,
    keyring: Keyring,
    gateway: Gateway,
    box: RunningOrg,
    org: Org,
) -> None:
    """L4: passwords only where allowed, at once when no longer; no Connect app, no login."""
    connect(gateway, box, org, Method.PASSWORD)
    strict = Gateway(
        replace(settings_of(config, box), allow_password_login=False), database, keyring
    )
    box.org.tokens.end_all()
    with pytest.raises(ReconnectNeeded) as caught:
        call(strict, org)
    assert caught.value.code == "password_not_allowed"
    with pytest.raises(ReconnectNeeded):
        connect(strict, box, org, Method.PASSWORD)
    connect(gateway, box, org, Method.WEB_SERVER)
    changed = Gateway(replace(settings_of(config, box), connect_client_id="new"), database, keyring)
    with pytest.raises(ReconnectNeeded) as caught:
        changed.refresh(org.id)
    assert caught.value.code == "app_changed"
    strict.close()
    changed.close()


def test_the_password_flow_of_an_app_is_used_where_its_key_is_given(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    access = Access(
        Method.PASSWORD, box.url, KEY, SECRET, username=user_of("rep").username, password=PASSWORD
    )
    establishing.establish(gateway, org.id, access, by="test")
    assert "/services/oauth2/token" in paths(box)
    assert status_of(gateway, org).user_name == user_of("rep").username


def test_a_wrong_password_says_so_in_salesforces_code(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    access = Access(Method.PASSWORD, box.url, username=user_of("rep").username, password="<&>")
    with pytest.raises(ReconnectNeeded) as caught:
        establishing.establish(gateway, org.id, access, by="test")
    assert caught.value.code == "INVALID_LOGIN"


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
        '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="nonsense"?><x/>',
        b"<x>" * 1000,
    ],
)
def test_an_envelope_that_is_none_is_an_outage(body: bytes) -> None:
    """L4: entities are not looked up, and an encoding that nobody knows is no crash."""
    with scripted() as server:
        server.answers(Reply(body=body))
        transport = Transport()
        with pytest.raises(SalesforceDown):
            soap_login.login(transport, server.url, "a@halyard.example", "hush")
        transport.close()
