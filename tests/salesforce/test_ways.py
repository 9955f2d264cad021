"""Every way into an org, against devorg: let in, whose org, who it is, taken back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce import attempts, certificates, connections, establishing
from app.salesforce.connections import Condition, ConnectionStatus
from app.salesforce.errors import (
    AppNotApproved,
    AttemptOver,
    ForeignHost,
    ReconnectNeeded,
    SalesforceError,
    WrongOrg,
)
from app.salesforce.gateway import Gateway
from app.salesforce.models import Connection, Method
from app.salesforce.power import Excess
from app.salesforce.ways import Access
from devorg import DevorgConfig, users
from devorg.apps.app import app_from
from devorg.apps.codes import Code
from devorg.apps.passwords import DEFAULT_PASSWORD, DEFAULT_SECURITY_TOKEN
from devorg.rights.sets import PermissionSet
from devorg.server import RunningOrg, running
from tests.salesforce.scripted import ORGANIZATION
from tests.support.application import make_org

OTHER = "00D5e000000OTHEEA4"
CALLBACK = "http://localhost:8000/oauth/callback"
KEY, SECRET = "devorg-client", "devorg-client-secret"
PASSWORD = DEFAULT_PASSWORD + DEFAULT_SECURITY_TOKEN
PAIR = certificates.make(ORGANIZATION)
WAYS = tuple(Method)


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    """An org that still lets passwords in."""
    config = DevorgConfig(org_id=ORGANIZATION, soap_login=True, password_flow=True)
    with running(config) as org:
        yield org


@pytest.fixture
def box(served: RunningOrg) -> RunningOrg:
    """The org at its seed, with an app that rotates refresh tokens and knows our certificate."""
    org = served.org
    org.reset()
    org.faults.clear()
    org.oauth.grants.end_all_of(KEY)
    org.oauth.reset()
    org.history.clear()
    _policies(served, isRefreshTokenRotationEnabled=True, certificate=PAIR.certificate)
    _policies(served, isPkceRequired=True, callbackUrls=[CALLBACK])
    org.oauth.grants.approve(org.oauth.apps.all()[0], _user("integration"), frozenset({"api"}))
    return served


@pytest.fixture
def gateway(
    config: Config, database: Database, keyring: Keyring, box: RunningOrg
) -> Iterator[Gateway]:
    made = Gateway(_settings(config, box), database, keyring)
    yield made
    made.close()


@pytest.fixture
def second(
    config: Config, database: Database, keyring: Keyring, box: RunningOrg
) -> Iterator[Gateway]:
    """Another process on the same database."""
    made = Gateway(_settings(config, box), database, keyring)
    yield made
    made.close()


def _settings(config: Config, box: RunningOrg) -> Config:
    return replace(
        config,
        salesforce_extra_origins=(box.url,),
        connect_client_id=KEY,
        connect_client_secret=SECRET,
        allow_password_login=True,
    )


def _user(alias: str) -> users.User:
    found = users.find(alias)
    assert found is not None
    return found


def _policies(box: RunningOrg, **policies: Any) -> None:
    apps = box.org.oauth.apps
    apps.save(app_from(policies, apps.find(KEY)))


def refresh_token(box: RunningOrg, alias: str = "admin") -> str:
    """What an admin got for their own app by some tool of theirs."""
    grants, app = box.org.oauth.grants, box.org.oauth.apps.find(KEY)
    assert app is not None
    grants.approve(app, _user(alias), frozenset({"api", "refresh_token"}))
    return grants.issue(grants.open(app, _user(alias), frozenset({"api", "refresh_token"})))


def connect(gateway: Gateway, box: RunningOrg, org: Org, way: Method, user: str = "admin") -> None:
    """Connect the org by a way in."""
    if way is Method.WEB_SERVER:
        connect_in_browser(gateway, box, org, user)
        return
    establishing.establish(gateway, org.id, _access(box, way, user), by="test")


def _access(box: RunningOrg, way: Method, user: str) -> Access:
    if way is Method.CLIENT_CREDENTIALS:
        return Access(way, box.url, KEY, SECRET)
    if way is Method.OWN_APP:
        return Access(way, box.url, KEY, SECRET, refresh_token=refresh_token(box, user))
    if way is Method.PASSWORD:
        return Access(way, box.url, username=_user(user).username, password=PASSWORD)
    name = _user("integration").username
    keys = {"private_key": PAIR.private_key, "certificate": PAIR.certificate}
    return Access(way, box.url, KEY, username=name, **keys)


def connect_in_browser(gateway: Gateway, box: RunningOrg, org: Org, user: str = "admin") -> None:
    """The web server flow without the browser: Salesforce hands out a code for the challenge."""
    with gateway.database.writing(org.id) as session:
        ticket = attempts.offer(session, actor="test", opener="session", login_url=box.url)
        begun = attempts.begin(session, gateway.keyring, ticket, "session")
        answered = attempts.answer(session, gateway.keyring, begun.state, begun.secret)
    scopes = frozenset(attempts.SCOPES.split())
    allowed = Code(KEY, _user(user), scopes, CALLBACK, begun.challenge, None)
    establishing.establish_by_code(
        gateway,
        org.id,
        login_url=answered.login_url,
        code=box.org.oauth.codes.issue(allowed),
        verifier=answered.verifier,
        redirect_uri=CALLBACK,
        by="test",
    )


def status_of(gateway: Gateway, org: Org) -> ConnectionStatus:
    with gateway.database.reading(org.id) as session:
        found = connections.status(session)
    assert found is not None
    return found


def _row(gateway: Gateway, org: Org) -> Connection:
    with gateway.database.reading(org.id) as session:
        return session.scalars(select(Connection)).one()


def _paths(box: RunningOrg) -> list[str]:
    return [event.path for event in box.org.history.all()]


def _call(gateway: Gateway, org: Org) -> None:
    gateway.for_org(org.id).resources(feature="test")


@pytest.mark.parametrize("way", WAYS)
def test_each_way_lets_us_in_and_names_its_user(
    gateway: Gateway, box: RunningOrg, org: Org, way: Method
) -> None:
    """M1, M2, L4, E9: connected at once, by whom, as whom; a token that ends is fetched anew."""
    connect(gateway, box, org, way)
    found = status_of(gateway, org)
    integration = way in {Method.CLIENT_CREDENTIALS, Method.JWT_BEARER}
    user = _user("integration" if integration else "admin")
    assert (found.condition, found.method) == (Condition.CONNECTED, way)
    assert (found.user_id, found.user_name, found.user_label) == (user.id, user.username, user.name)
    assert found.user_address == user.username
    assert (found.connected_by, found.instance_url) == ("test", box.url)

    box.org.tokens.end_all()
    _call(gateway, org)
    gateway.refresh(org.id)
    _call(gateway, org)
    assert status_of(gateway, org).condition is Condition.CONNECTED


@pytest.mark.parametrize("way", WAYS)
def test_a_token_of_another_org_is_taken_back_and_nothing_is_kept(
    gateway: Gateway, box: RunningOrg, database: Database, way: Method
) -> None:
    """House: after every way in the token's org must be the tenant's."""
    other = make_org(database, OTHER, "Other")
    with pytest.raises(WrongOrg):
        connect(gateway, box, other, way)
    assert any(path.endswith("/revoke") for path in _paths(box))
    if way in {Method.WEB_SERVER, Method.OWN_APP}:
        assert box.org.oauth.grants.all() == []
    with database.reading(other.id) as session:
        assert connections.status(session) is None


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
    kept = _row(gateway, org)
    assert (kept.state_reason, kept.sealed_access_token) == ("wrong_org", None)
    assert (kept.sealed_refresh_token, kept.sealed_private_key, kept.sealed_password) == (None,) * 3
    with pytest.raises(ReconnectNeeded):
        establishing.try_again(gateway, org.id)


@pytest.mark.parametrize("way", WAYS)
def test_a_refusal_leaves_the_connection_that_works(
    gateway: Gateway, box: RunningOrg, org: Org, way: Method
) -> None:
    connect(gateway, box, org, Method.CLIENT_CREDENTIALS)
    _policies(box, isBlocked=True)
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
    kept, found = _row(gateway, org), status_of(gateway, org)
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
        _call(gateway, org)
    found = status_of(gateway, org)
    assert (found.condition, found.reason) == (Condition.RECONNECT_NEEDED, "invalid_grant")
    with pytest.raises(ReconnectNeeded):  # its own token is refused once, and it looks
        others.resources(feature="test")
    before = len(_paths(box))
    for each in (gateway, second):
        with pytest.raises(ReconnectNeeded):
            _call(each, org)
    assert len(_paths(box)) == before


def test_after_a_policy_was_mended_the_same_secrets_do(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    """An admin blocks the app and lets it in again: nobody types anything anew."""
    connect(gateway, box, org, Method.OWN_APP)
    box.org.tokens.end_all()
    _policies(box, isBlocked=True)
    with pytest.raises(AppNotApproved):
        _call(gateway, org)
    with pytest.raises(AppNotApproved):
        establishing.try_again(gateway, org.id)
    assert status_of(gateway, org).reason == "app_not_approved"
    _policies(box, isBlocked=False)
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
    strict = Gateway(replace(_settings(config, box), allow_password_login=False), database, keyring)
    box.org.tokens.end_all()
    with pytest.raises(ReconnectNeeded) as caught:
        _call(strict, org)
    assert caught.value.code == "password_not_allowed"
    with pytest.raises(ReconnectNeeded):
        connect(strict, box, org, Method.PASSWORD)
    connect(gateway, box, org, Method.WEB_SERVER)
    changed = Gateway(replace(_settings(config, box), connect_client_id="new"), database, keyring)
    with pytest.raises(ReconnectNeeded) as caught:
        changed.refresh(org.id)
    assert caught.value.code == "app_changed"
    strict.close()
    changed.close()


def test_the_password_flow_of_an_app_is_used_where_its_key_is_given(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    access = Access(
        Method.PASSWORD, box.url, KEY, SECRET, username=_user("rep").username, password=PASSWORD
    )
    establishing.establish(gateway, org.id, access, by="test")
    assert "/services/oauth2/token" in _paths(box)
    assert status_of(gateway, org).user_name == _user("rep").username


def test_a_wrong_password_says_so_in_salesforces_code(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    access = Access(Method.PASSWORD, box.url, username=_user("rep").username, password="<&>")
    with pytest.raises(ReconnectNeeded) as caught:
        establishing.establish(gateway, org.id, access, by="test")
    assert caught.value.code == "INVALID_LOGIN"


def test_the_answer_to_an_attempt_counts_once_and_in_its_own_browser(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    """State is one-time, and bound to the session and the browser that opened it."""
    ring = gateway.keyring
    with gateway.database.writing(org.id) as session:
        ticket = attempts.offer(session, actor="a", opener="mine", login_url=box.url)
        with pytest.raises(AttemptOver):
            attempts.begin(session, ring, ticket, "another session")
        begun = attempts.begin(session, ring, ticket, "mine")
        with pytest.raises(AttemptOver):
            attempts.begin(session, ring, ticket, "mine")
        with pytest.raises(AttemptOver):
            attempts.answer(session, ring, begun.state, "another browser")
        attempts.answer(session, ring, begun.state, begun.secret)
        with pytest.raises(AttemptOver):
            attempts.answer(session, ring, begun.state, begun.secret)
    assert "code_challenge_method=S256" in begun.address(KEY, CALLBACK)
    assert attempts.org_of(begun.state) == org.id
    assert attempts.org_of("x") is None


@pytest.mark.parametrize(
    ("user", "holds"),
    [
        ("admin", {Excess.MODIFY_ALL_DATA, Excess.VIEW_ALL_DATA, Excess.MANAGE_USERS}),
        ("rep", set()),
    ],
)
def test_a_user_who_holds_more_than_is_needed_is_found_out(
    gateway: Gateway, box: RunningOrg, org: Org, user: str, holds: set[Excess]
) -> None:
    """E9: a popup connects whoever clicks, often an administrator."""
    connect(gateway, box, org, Method.WEB_SERVER, user)
    power = status_of(gateway, org).power
    assert (set(power.holds), power.is_complete) == (holds, True)


def test_what_may_not_be_seen_is_said_to_be_unknown(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    """An integration user without View Setup cannot show which sets it has."""
    made = PermissionSet("Small", "Small", True, user_permissions=frozenset({"ApiEnabled"}))
    box.org.rights.define(made)
    box.org.rights.assign(_user("integration"), "Small")
    connect(gateway, box, org, Method.CLIENT_CREDENTIALS)
    power = status_of(gateway, org).power
    assert (power.holds, power.is_complete) == ((), False)


def test_nothing_typed_reaches_a_log_an_error_or_a_foreign_host(
    gateway: Gateway,
    box: RunningOrg,
    org: Org,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """House: secrets never in logs or exceptions; addresses that people type go by the table."""
    caplog.set_level(logging.DEBUG)
    typed = {
        "client_secret": "hush-secret",
        "refresh_token": "hush-refresh",
        "password": "hush-password",
        "private_key": PAIR.private_key,
    }
    told: list[str] = []
    for way in WAYS:
        access = Access(way, box.url, KEY, username="a@halyard.example", **typed)
        for url in (box.url, "https://acme.my.salesforce.com.evil.example", "http://127.0.0.1:1"):
            expected = SalesforceError if url == box.url else ForeignHost
            with pytest.raises(expected) as caught:
                establishing.establish(gateway, org.id, replace(access, instance_url=url), by="t")
            error = caught.value
            told += [repr(error), str(error), repr(vars(error)), error.detail, repr(access)]
    told += [caplog.text, *capsys.readouterr()]
    for secret in (*typed.values(), "BEGIN PRIVATE KEY", SECRET):
        assert not any(secret in text for text in told)
    with database.engine.connect() as raw:
        dump = repr(raw.exec_driver_sql("SELECT * FROM connection").all())
    assert "hush" not in dump
