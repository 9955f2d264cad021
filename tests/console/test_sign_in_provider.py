"""Staff by the operator's OpenID provider: who was invited comes in, whoever else does not."""

from __future__ import annotations

import base64
import hmac
import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine
from flask import Flask
from joserfc import jws
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.config import Config
from app.console import staff
from app.console.models import ConsoleSession, SignInAttempt, Staff, StaffAct, StaffEntry
from app.console.permissions import Role
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from tests.console.conftest import Visitor, invitation
from tests.support.openid import CLIENT_ID, CLIENT_SECRET, Claims, OpenIdProvider, provider

START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
STARTING, CALLBACK = "/console/sign-in/provider", "/console/sign-in/callback"
Change = Callable[[OpenIdProvider], None]


@pytest.fixture
def openid() -> Iterator[OpenIdProvider]:
    with provider() as running:
        yield running


@pytest.fixture
def config(config: Config, openid: OpenIdProvider) -> Config:
    """Settings that name the provider."""
    return replace(
        config,
        staff_oidc_issuer=openid.url,
        staff_oidc_client_id=CLIENT_ID,
        staff_oidc_client_secret=CLIENT_SECRET,
    )


@pytest.fixture
def invited(database: Database, keyring: Keyring) -> None:
    with database.system_writing() as session:
        for email in ("Mara@example.com", "kay@example.com"):
            staff.invite(session, keyring, email, Role.SUPPORT, by="tests")


def leave(visitor: Visitor) -> str:
    """Click the button: the address that the browser goes to."""
    answer = visitor.post(STARTING)
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found is not None
    return html.unescape(found[1])


def way_back(visitor: Visitor, openid: OpenIdProvider) -> str:
    code, asked = openid.allow(leave(visitor))
    return f"{CALLBACK}?code={code}&state={asked['state']}"


def sign_in(visitor: Visitor, openid: OpenIdProvider) -> TestResponse:
    return visitor.get(way_back(visitor, openid))


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/console/orgs").status_code == 200


def entries(database: Database) -> list[tuple[StaffAct, str, Any]]:
    with database.system_reading() as session:
        found = session.scalars(select(StaffEntry).order_by(StaffEntry.seq)).all()
        return [(each.act, each.email, each.detail.get("reason")) for each in found]


@pytest.mark.usefixtures("invited")
def test_who_was_invited_comes_in_with_the_role_of_our_table(
    visitor: Visitor, openid: OpenIdProvider, database: Database
) -> None:
    """E8: the provider says who; what they may do is ours. Nothing of the way is left."""
    assert "Single sign-on" in visitor.get("/console/sign-in").text
    answer = sign_in(visitor, openid)
    assert (answer.status_code, answer.location) == (303, "/console/")
    assert is_in(visitor)
    assert visitor.get("/console/staff").status_code == 403
    assert "Mara Lind" in visitor.get("/console/orgs").text
    assert visitor.client.get_cookie("inlay-sign-in", domain="localhost") is None
    with database.system_reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0
    assert entries(database)[-1] == (StaffAct.CAME_IN, "mara@example.com", None)


@pytest.mark.usefixtures("invited")
def test_an_answer_counts_once_and_in_the_browser_that_began(
    app: Flask, openid: OpenIdProvider
) -> None:
    """Login CSRF and replay: a stolen or repeated address opens nothing."""
    victim, thief = Visitor(app), Visitor(app)
    back = way_back(victim, openid)
    leave(thief)  # a cookie of an attempt of their own does not help
    stolen = thief.get(back)
    assert stolen.status_code == 400
    assert "begun in another window" in stolen.text
    assert victim.get(back).status_code == 303
    assert victim.get(back).status_code == 400
    assert not is_in(thief)
    for address in (CALLBACK, f"{CALLBACK}?state=in.x&code=y", "/oauth/callback?state=in.x"):
        assert thief.get(address).status_code == 400


@pytest.mark.usefixtures("invited")
def test_a_code_of_somebody_elses_attempt_is_worth_nothing(
    app: Flask, openid: OpenIdProvider
) -> None:
    """Code injection: PKCE ties the code to the attempt."""
    mine, theirs = Visitor(app), Visitor(app)
    code, _asked = openid.allow(leave(theirs))
    _code, asked = openid.allow(leave(mine))
    assert mine.get(f"{CALLBACK}?code={code}&state={asked['state']}").status_code == 400
    assert not is_in(mine)


@pytest.mark.usefixtures("invited")
def test_an_attempt_ends_by_itself(visitor: Visitor, openid: OpenIdProvider) -> None:
    with time_machine.travel(START) as clock:
        back = way_back(visitor, openid)
        clock.shift(timedelta(minutes=15, seconds=1))
        assert visitor.get(back).status_code == 400


def claims(**changed: Any) -> Change:
    return lambda openid: openid.changed.update(changed)


def unsigned(openid: OpenIdProvider) -> None:
    def sign(told: Claims) -> str:
        parts = ({"alg": "none"}, told)
        halves = [base64.urlsafe_b64encode(json.dumps(each).encode()) for each in parts]
        return b".".join([each.rstrip(b"=") for each in halves]).decode() + "."

    openid.sign = sign


def keyed_with(openid: OpenIdProvider, secret: bytes) -> None:
    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    def sign(told: Claims) -> str:
        head = {"alg": "HS256", "kid": openid.key.kid}
        body = b".".join(part(json.dumps(each).encode()) for each in (head, told))
        return b".".join((body, part(hmac.digest(secret, body, "sha256")))).decode()

    openid.sign = sign


def keyed_with_what_is_public(openid: OpenIdProvider) -> None:
    """The classic: the public key taken for a shared secret."""
    keyed_with(openid, openid.key.as_pem(private=False))


def keyed_with_the_client_secret(openid: OpenIdProvider) -> None:
    keyed_with(openid, CLIENT_SECRET.encode())


def another_key_of_the_same_name(openid: OpenIdProvider) -> None:
    openid.key = RSAKey.generate_key(2048, {"kid": "first"})


def a_key_of_elsewhere(openid: OpenIdProvider) -> None:
    """A token that says where to fetch the key to check it with."""
    own = RSAKey.generate_key(2048, {"kid": "mine"})
    head = {"alg": "RS256", "kid": "mine", "jku": "https://elsewhere.example/keys"}
    openid.sign = lambda told: jws.serialize_compact(head, json.dumps(told).encode(), own)


def altered(openid: OpenIdProvider) -> None:
    def sign(told: Claims) -> str:
        head, _body, mac = openid.signed(told).split(".")
        body = json.dumps({**told, "email": "boss@example.com"}).encode()
        return f"{head}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{mac}"

    openid.sign = sign


#: What is wrong, and what the log says of it.
ATTACKS: dict[str, tuple[Change, str]] = {
    "alg none": (unsigned, "algorithm"),
    "HS256 with the public key": (keyed_with_what_is_public, "algorithm"),
    "HS256 with the client secret": (keyed_with_the_client_secret, "algorithm"),
    "another key of the same name": (another_key_of_the_same_name, "bad_signature"),
    "a key of elsewhere": (a_key_of_elsewhere, "unknown_key"),
    "altered": (altered, "bad_signature"),
    "wrong nonce": (claims(nonce="x" * 43), "invalid_claim nonce"),
    "no nonce": (claims(nonce=None), "missing_claim nonce"),
    "another audience": (claims(aud="somebody-else"), "invalid_claim aud"),
    "no audience": (claims(aud=None), "missing_claim aud"),
    "two audiences, no azp": (claims(aud=[CLIENT_ID, "other"]), "missing_claim azp"),
    "made for another": (claims(aud=[CLIENT_ID, "other"], azp="other"), "invalid_claim azp"),
    "another issuer": (claims(iss="https://elsewhere.example"), "invalid_claim iss"),
    "expired": (claims(exp=int(START.timestamp()) - 61), "expired_token exp"),
    "no expiry": (claims(exp=None), "missing_claim exp"),
    "of the future": (claims(iat=int(START.timestamp()) + 7200), "invalid_claim iat"),
    "nobody": (claims(sub=None), "missing_claim sub"),
    "of another access token": (claims(at_hash="A" * 22), "invalid_claim at_hash"),
    "no token": (lambda openid: setattr(openid, "sign", lambda _: None), "missing"),
}


@pytest.mark.usefixtures("invited")
def test_a_token_that_proves_nothing_opens_nothing(
    visitor: Visitor, openid: OpenIdProvider, database: Database
) -> None:
    """OpenID Connect Core 3.1.3.7, each rule by itself, for its own reason; no session is begun."""
    first = openid.key
    for number, (attack, (change, why)) in enumerate(ATTACKS.items()):
        openid.key, openid.sign, openid.changed = first, openid.signed, {}
        change(openid)
        with (
            time_machine.travel(START + timedelta(minutes=number)),
            structlog.testing.capture_logs() as logs,
        ):
            answer = sign_in(visitor, openid)
        assert answer.status_code == 400, attack
        assert "id_token_refused" in answer.text, attack
        assert [each["why"] for each in logs if "why" in each][-1] == why, attack
    with database.system_reading() as session:
        assert session.scalars(select(ConsoleSession)).all() == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"email": "stranger@example.com"}, "stranger@example.com"),
        ({"email_verified": False}, "is verified"),
        ({"email_verified": None}, "is verified"),
        ({"email": "mara\0@example.com", "name": "\0"}, "is verified"),
        ({"email": "mara@example.com\n"}, "is verified"),
        ({"email": "\u212aay@example.com"}, "\u212aay@example.com"),
        ({"sub": "x" * 256}, "was not invited"),
        ({"email": "<b>x</b>@example.com"}, "&lt;b&gt;x&lt;/b&gt;@example.com"),
    ],
)
@pytest.mark.usefixtures("invited")
def test_who_was_not_invited_gets_a_calm_no_with_the_next_step(
    visitor: Visitor, openid: OpenIdProvider, database: Database, changed: Claims, told: str
) -> None:
    openid.person.update(changed)
    answer = sign_in(visitor, openid)
    assert answer.status_code == 403
    assert told in answer.text
    assert "Choose another account" in answer.text
    assert "prompt=select_account" in visitor.post(STARTING, anew="1").text
    assert not is_in(visitor)
    act, _email, reason = entries(database)[-1]
    assert act is StaffAct.REFUSED
    assert reason in {"not_invited", "unverified"}


@pytest.mark.usefixtures("invited")
def test_who_was_let_go_stays_out(
    visitor: Visitor, openid: OpenIdProvider, database: Database
) -> None:
    assert sign_in(visitor, openid).status_code == 303
    with database.system_writing() as session:
        staff.let_go(session, "mara@example.com", by="tests")
    assert not is_in(visitor)
    assert sign_in(visitor, openid).status_code == 403


@pytest.mark.usefixtures("invited")
def test_an_address_that_somebody_else_got_opens_nothing_until_invited_anew(
    app: Flask, openid: OpenIdProvider, database: Database, keyring: Keyring
) -> None:
    """The account that came first is kept; an invitation begins anew."""
    assert sign_in(Visitor(app), openid).status_code == 303
    openid.person["sub"] = "u-2"
    assert sign_in(Visitor(app), openid).status_code == 403
    with database.system_writing() as session:
        staff.invite(session, keyring, "mara@example.com", Role.VIEWER, by="tests")
    assert sign_in(Visitor(app), openid).status_code == 303
    with database.system_reading() as session:
        assert "u-2" in session.scalars(select(Staff.subject)).all()


@pytest.mark.usefixtures("invited")
def test_a_session_is_new_and_the_one_before_is_over(
    visitor: Visitor, openid: OpenIdProvider, database: Database, keyring: Keyring, org: Org
) -> None:
    """Session fixation: what the browser had before is worth nothing after."""
    visitor.client.set_cookie("inlay", "planted", domain="localhost")
    assert sign_in(visitor, openid).status_code == 303
    first = visitor.client.get_cookie("inlay", domain="localhost")
    assert first is not None
    assert first.value != "planted"
    assert sign_in(visitor, openid).status_code == 303
    with database.system_reading() as session:
        assert len(session.scalars(select(ConsoleSession)).all()) == 1
    shown = visitor.get("/console/orgs").text
    found = re.search(r'name="csrf" value="([^"]+)"', shown)
    assert found is not None
    assert visitor.post("/console/sign-out", csrf=found[1]).status_code == 303
    assert not is_in(visitor)
    assert invitation(database, keyring, Role.VIEWER, org)  # links work beside it


@pytest.mark.usefixtures("invited")
def test_a_new_key_of_the_provider_is_fetched_and_all_else_kept(
    visitor: Visitor, openid: OpenIdProvider
) -> None:
    """Discovery is cached for an hour; an unknown key asks once more, at most once a minute."""
    with time_machine.travel(START) as clock:
        assert sign_in(visitor, openid).status_code == 303
        assert sign_in(visitor, openid).status_code == 303
        assert openid.asked.count("/keys") == 1
        openid.key = RSAKey.generate_key(2048, {"kid": "second"})
        assert sign_in(visitor, openid).status_code == 400
        openid.published = [openid.key]
        clock.shift(timedelta(minutes=2))
        assert sign_in(visitor, openid).status_code == 303
        assert openid.asked.count("/keys") == 2


@pytest.mark.usefixtures("invited")
def test_an_address_may_stand_in_userinfo_alone(visitor: Visitor, openid: OpenIdProvider) -> None:
    """Thin ID tokens; of another subject it is not used."""
    openid.changed = {"email": None, "email_verified": None}
    assert sign_in(visitor, openid).status_code == 303
    openid.changed["sub"] = "u-9"
    assert sign_in(visitor, openid).status_code == 403


def to(name: str, value: Any) -> Change:
    return lambda openid: setattr(openid, name, value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (to("status", 500), "provider_down"),
        (to("url", "http://127.0.0.1:1"), "provider_wrong"),
        (to("metadata", {"token_endpoint": "http://elsewhere.example/token"}), "provider_wrong"),
        (to("metadata", {"jwks_uri": None}), "provider_wrong"),
    ],
)
def test_a_provider_in_trouble_is_told_of_in_words(
    visitor: Visitor, openid: OpenIdProvider, change: Change, reason: str
) -> None:
    """No secret goes to an address that is not safe; links stay a way in."""
    change(openid)
    answer = visitor.post(STARTING)
    assert answer.status_code == 503
    assert reason in answer.text
    assert "one-time link" in answer.text


def test_a_no_of_the_provider_is_said_calmly(visitor: Visitor, openid: OpenIdProvider) -> None:
    _code, asked = openid.allow(leave(visitor))
    told = visitor.get(f"{CALLBACK}?error=access_denied&state={asked['state']}")
    assert told.status_code == 403
    assert "did not let you in" in told.text
    _code, asked = openid.allow(leave(visitor))
    mixed = visitor.get(f"{CALLBACK}?code=x&iss=https://evil.example&state={asked['state']}")
    assert mixed.status_code == 400
    assert "provider_wrong" in mixed.text


def test_beginning_is_limited(visitor: Visitor) -> None:
    with time_machine.travel(START):
        answers = [visitor.post(STARTING).status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


def test_who_invites_is_told_that_no_link_is_needed(
    app: Flask, database: Database, keyring: Keyring, org: Org
) -> None:
    operator = Visitor(app)
    operator.enter(invitation(database, keyring, Role.OPERATOR, org))
    assert "comes in without the link" in operator.get("/console/staff").text
