"""The ways in and out: links that work once, sessions that end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.config import Config
from app.console import sessions, staff
from app.console.models import ConsoleSession, OneTimeLink
from app.console.permissions import Role
from app.db import Database
from app.keys import Keyring
from app.orgs import service
from app.orgs.models import AuditEntry, Org, OrgState
from tests.console.conftest import Visitor, invitation
from tests.support.application import APP_URL

SignedIn = Callable[[Role], Visitor]
START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def state_of(visitor: Visitor) -> int:
    return visitor.get("/console/orgs").status_code


def test_a_link_signs_in_once(
    database: Database, keyring: Keyring, org: Org, app: Flask, visitor: Visitor
) -> None:
    """M3: looking at it does not use it; using it twice does not work."""
    token = invitation(database, keyring, Role.SUPPORT, org)
    for _ in range(2):
        assert "support@example.com" in visitor.get(f"/console/enter/{token}").text
    assert visitor.enter(token).status_code == 303
    assert state_of(visitor) == 200
    again = Visitor(app)
    assert again.enter(token).status_code == 410
    assert again.get(f"/console/enter/{token}").status_code == 410
    assert state_of(again) == 303


def test_a_link_ends_by_itself(
    database: Database, keyring: Keyring, org: Org, visitor: Visitor
) -> None:
    with time_machine.travel(START):
        token = invitation(database, keyring, Role.ORG_ADMIN, org)
    with time_machine.travel(START + timedelta(hours=1, seconds=1)):
        assert visitor.enter(token).status_code == 410


def test_tokens_are_kept_as_digests(
    database: Database, keyring: Keyring, org: Org, visitor: Visitor
) -> None:
    """What somebody reads in the database opens nothing."""
    token = invitation(database, keyring, Role.SUPPORT, org)
    visitor.enter(token)
    cookie = visitor.client.get_cookie("inlay", domain="localhost")
    assert cookie is not None
    with database.system_reading() as session:
        kept = [
            *session.scalars(select(OneTimeLink.digest)),
            *session.scalars(select(ConsoleSession.digest)),
        ]
    assert len(kept) == 2
    assert not {token, cookie.value} & set(kept)
    for digest in kept:
        assert state_of_cookie(visitor, digest) == 303


def state_of_cookie(visitor: Visitor, value: str) -> int:
    visitor.client.set_cookie("inlay", value, domain="localhost")
    return state_of(visitor)


def test_an_invited_admin_sees_their_org_and_the_audit_says_so(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    visitor = signed_in(Role.ORG_ADMIN)
    answer = visitor.client.get("/console/", base_url=APP_URL, follow_redirects=True)
    assert answer.status_code == 200
    assert org.name in answer.text
    with database.reading(org.id) as session:
        assert "admin:session:begin" in session.scalars(select(AuditEntry.tag)).all()


@pytest.mark.parametrize("state", [OrgState.SUSPENDED, OrgState.PENDING])
def test_an_org_that_is_not_served_has_no_admins(
    database: Database, keyring: Keyring, org: Org, signed_in: SignedIn, app: Flask, state: OrgState
) -> None:
    """A suspension counts at the next request; staff still sees the org."""
    admin, viewer = signed_in(Role.ORG_ADMIN), signed_in(Role.VIEWER)
    token = invitation(database, keyring, Role.ORG_ADMIN, org)
    with database.system_writing() as session:
        service.set_state(session, service.required(session, org.salesforce_id), state, "staff")
    path = f"/console/orgs/{org.salesforce_id}/"
    assert admin.get(path).status_code == 403
    assert viewer.get(path).status_code == 200
    assert Visitor(app).enter(token).status_code == 403


def test_signing_out_ends_the_session_itself(signed_in: SignedIn) -> None:
    """Not only the cookie: a copy of it opens nothing any more."""
    visitor = signed_in(Role.VIEWER)
    cookie = visitor.client.get_cookie("inlay", domain="localhost")
    assert cookie is not None
    assert visitor.post("/console/sign-out").status_code == 303
    assert state_of_cookie(visitor, cookie.value) == 303


def test_sessions_lie_idle_for_an_hour_and_live_for_twelve(
    database: Database, keyring: Keyring, org: Org, visitor: Visitor
) -> None:
    with time_machine.travel(START) as clock:
        visitor.enter(invitation(database, keyring, Role.VIEWER, org))
        for _ in range(14):
            clock.shift(timedelta(minutes=50))
            assert state_of(visitor) == 200
        clock.shift(timedelta(minutes=30))
        assert state_of(visitor) == 303
        visitor.enter(invitation(database, keyring, Role.VIEWER, org))
        clock.shift(sessions.IDLE + timedelta(seconds=1))
        assert state_of(visitor) == 303


def test_who_is_let_go_is_out_at_once(
    database: Database, keyring: Keyring, org: Org, signed_in: SignedIn, app: Flask
) -> None:
    """Sessions end, and a link that was made before opens nothing."""
    visitor = signed_in(Role.SUPPORT)
    token = invitation(database, keyring, Role.SUPPORT, org)
    with database.system_writing() as session:
        staff.let_go(session, "support@example.com", by="tests")
    assert state_of(visitor) == 303
    assert Visitor(app).enter(token).status_code == 410


def test_only_the_newest_link_of_a_person_lets_them_in(
    database: Database, keyring: Keyring, org: Org, app: Flask
) -> None:
    """What was sent before somebody left, or for another role, is not revived by a new one."""
    before = invitation(database, keyring, Role.SUPPORT, org)
    with database.system_writing() as session:
        staff.let_go(session, "support@example.com", by="tests")
    again = invitation(database, keyring, Role.SUPPORT, org)
    newest = invitation(database, keyring, Role.SUPPORT, org)
    for over in (before, again):
        assert Visitor(app).enter(over).status_code == 410
    assert Visitor(app).enter(newest).status_code == 303


def test_a_changed_role_counts_at_once(
    database: Database, keyring: Keyring, org: Org, signed_in: SignedIn
) -> None:
    visitor = signed_in(Role.VIEWER)
    with database.system_writing() as session:
        staff.invite(session, keyring, "viewer@example.com", Role.OPERATOR, by="tests")
    with database.system_reading() as session:
        (found,) = [each.role for each in staff.everybody(session)]
    assert found is Role.OPERATOR
    assert state_of(visitor) == 200


def test_the_ways_in_are_limited(visitor: Visitor) -> None:
    """Guessing links: 30 in a minute, then a calm no."""
    with time_machine.travel(START):
        answers = [visitor.get("/console/enter/guess").status_code for _ in range(31)]
    assert answers == [410] * 30 + [429]


def test_a_network_is_one_visitor(visitor: Visitor) -> None:
    """Whoever has one IPv6 address has 2^64: a limit by the whole address would be none."""

    def enter(address: str) -> int:
        environ = {"REMOTE_ADDR": address}
        return visitor.client.get(
            "/console/enter/guess", base_url=APP_URL, environ_overrides=environ
        ).status_code

    with time_machine.travel(START):
        answers = [enter(f"2001:db8:1:2::{number:x}") for number in range(31)]
        assert answers == [410] * 30 + [429]
        assert enter("2001:db8:1:3::1") == 410
        assert enter("::ffff:192.0.2.7") == 410


def test_the_cookie_is_bound_to_its_host(
    config: Config, database: Database, keyring: Keyring, org: Org
) -> None:
    """`__Host-` by HTTPS; never readable for scripts."""
    secure = replace(config, app_url="https://app.example.com")
    client = create_app(secure, database=database).test_client()
    token = invitation(database, keyring, Role.VIEWER, org)
    answer = client.post(f"/console/enter/{token}", base_url=secure.app_url)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-inlay=")
    parts = {part.strip() for part in cookie.split(";")}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert "Domain" not in cookie


def test_pages_are_never_framed_and_run_only_our_scripts(org: Org, signed_in: SignedIn) -> None:
    """The headers of the room."""
    answer = signed_in(Role.VIEWER).get(f"/console/orgs/{org.salesforce_id}/")
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", answer.text)


def test_the_pages_host_has_no_console(visitor: Visitor) -> None:
    """What a rep writes on a Destination shares no host with it."""
    answer = visitor.client.get("/console/", base_url="http://127.0.0.1:8000")
    assert answer.status_code == 404


def test_the_commands_print_links_that_work(app: Flask, org: Org, visitor: Visitor) -> None:
    """On a fresh install this is how the first person comes in."""
    run = app.test_cli_runner().invoke
    printed = run(args=["staff", "invite", "mara@example.com", "--role", "operator"])
    assert printed.exit_code == 0, printed.output
    token = printed.output.strip().removeprefix(f"{APP_URL}/console/enter/")
    assert visitor.enter(token).status_code == 303
    assert state_of(visitor) == 200
    printed = run(args=["orgs", "invite", org.salesforce_id])
    admin = Visitor(app)
    admin.enter(printed.output.strip().removeprefix(f"{APP_URL}/console/enter/"))
    assert admin.get(f"/console/orgs/{org.salesforce_id}/").status_code == 200
    assert "mara@example.com" in run(args=["staff", "list"]).output
    assert run(args=["staff", "remove", "mara@example.com"]).exit_code == 0
    assert state_of(visitor) == 303
