"""Who connects: one answer per attempt, what the user holds, and what never leaks."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from app.db import Database
from app.orgs.models import Org
from app.salesforce.connect import attempts, establishing
from app.salesforce.connect.power import Excess
from app.salesforce.connect.ways import Access
from app.salesforce.errors import (
    AttemptOver,
    ForeignHost,
    SalesforceError,
)
from app.salesforce.gateway import Gateway
from app.salesforce.models import Method
from devorg.rights.sets import PermissionSet
from devorg.server import RunningOrg
from tests.salesforce.connect.ways.conftest import (
    CALLBACK,
    KEY,
    PAIR,
    SECRET,
    WAYS,
    connect,
    status_of,
    user_of,
)

OTHER = "00D5e000000OTHEEA4"


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
    assert power is not None
    assert (set(power.holds), power.is_complete) == (holds, True)


def test_what_may_not_be_seen_is_said_to_be_unknown(
    gateway: Gateway, box: RunningOrg, org: Org
) -> None:
    """An integration user without View Setup cannot show which sets it has."""
    made = PermissionSet("Small", "Small", True, user_permissions=frozenset({"ApiEnabled"}))
    box.org.rights.define(made)
    box.org.rights.assign(user_of("integration"), "Small")
    connect(gateway, box, org, Method.CLIENT_CREDENTIALS)
    power = status_of(gateway, org).power
    assert power is not None
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
