"""Admins by "Log in with Salesforce", outside the frame, against devorg's own OpenID Connect."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.clock import utcnow
from app.config import Config
from app.console.models import ConsoleSession
from app.console.sessions import LASTS_FROM_SALESFORCE
from app.db import Database
from app.keys import Keyring
from app.orgs import apps, service
from app.orgs.models import AuditEntry, Org, OrgState
from canvas.ids import to_18
from devorg import DevorgConfig, users
from devorg.apps.app import app_from
from devorg.apps.codes import Code
from devorg.faults import fault_from
from devorg.server import RunningOrg, running
from tests.console.conftest import OTHER_ORG_ID, Visitor
from tests.support.application import APP_URL, make_org

KEY, SECRET = "devorg-client", "devorg-client-secret"
CALLBACK = f"{APP_URL}/oauth/callback"
STARTING = "/console/sign-in/salesforce"
_BOX = DevorgConfig(namespace="inlaytest")


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    with running(_BOX) as org:
        yield org


@pytest.fixture
def box(served: RunningOrg) -> RunningOrg:
    oauth = served.org.oauth
    oauth.grants.end_all_of(KEY)
    oauth.reset()
    oauth.apps.save(app_from({"callbackUrls": [CALLBACK]}, oauth.apps.find(KEY)))
    return served


@pytest.fixture
def config(config: Config, box: RunningOrg) -> Config:
    """Settings with a Connect app, and the org in the box."""
    return replace(
        config,
        salesforce_extra_origins=(box.url,),
        connect_client_id=KEY,
        connect_client_secret=SECRET,
    )


@pytest.fixture
def org(database: Database, keyring: Keyring, box: RunningOrg) -> Org:
    """The tenant of the org in the box; its package has a namespace."""
    with database.system_writing() as session:
        apps.put(session, keyring, apps.PACKAGED, (_BOX.consumer_secret,), namespace="inlaytest")
    return make_org(database, to_18(box.org.config.org_id), "Halyard Software")


def leave(visitor: Visitor, login: str, address: str = "") -> str:
    return gone_to(visitor.post(STARTING, login=login, address=address))


def gone_to(answer: TestResponse) -> str:
    """Where a page of ours sends the browser; a redirect would break forms that lead here."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found is not None
    return html.unescape(found[1])


def way_back(visitor: Visitor, box: RunningOrg, alias: str = "admin", **changed: Any) -> str:
    """The person logs in at the org: where the browser comes back to."""
    return answer_of(box, leave(visitor, box.url), alias, **changed)


def answer_of(box: RunningOrg, address: str, alias: str = "admin", **changed: Any) -> str:
    """The org lets somebody in who was sent to it."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    user = users.find(alias)
    assert user is not None
    allowed = Code(
        KEY,
        user,
        frozenset(asked["scope"].split()),
        asked["redirect_uri"],
        asked["code_challenge"],
        asked["nonce"],
    )
    code = box.org.oauth.codes.issue(replace(allowed, **changed))
    return f"/oauth/callback?code={code}&state={asked['state']}"


def come(visitor: Visitor, box: RunningOrg, alias: str = "admin", **changed: Any) -> TestResponse:
    return visitor.get(way_back(visitor, box, alias, **changed))


def sessions_of(database: Database) -> list[ConsoleSession]:
    with database.system_reading() as session:
        return list(session.scalars(select(ConsoleSession)))


def taken_back(box: RunningOrg) -> int:
    with box.org.store.reading() as connection:
        count: int = connection.execute("SELECT count(*) FROM ended_token").fetchone()[0]
    return count


def test_an_admin_by_the_orgs_own_word_comes_in(
    visitor: Visitor, box: RunningOrg, database: Database, org: Org
) -> None:
    """E7: PKCE, nonce and state; the org says who is admin; the token is taken back."""
    before = taken_back(box)
    asked = leave(visitor, box.url)
    assert asked.startswith(f"{box.url}/services/oauth2/authorize?")
    assert "scope=openid+api&" in asked
    answer = come(visitor, box)
    assert (answer.status_code, answer.location) == (303, "/console/"), answer.text
    front = visitor.get("/console/")
    page = visitor.get(front.location)
    assert page.status_code == 200
    assert "Halyard Software" in page.text
    assert "Amir Haddad" in page.text
    assert visitor.get("/console/orgs").status_code == 403
    with database.reading(org.id) as tenant:
        entry = tenant.scalars(select(AuditEntry)).one()
    assert entry.tag == "admin:session:begin"
    assert entry.actor.startswith("admin:005")
    assert entry.detail["by"] == "Log in with Salesforce"
    assert taken_back(box) == before + 1


@pytest.mark.parametrize("alias", ["rep", "norecord"])
@pytest.mark.usefixtures("org")
def test_who_is_no_admin_gets_a_calm_no_and_leaves_no_token(
    visitor: Visitor, box: RunningOrg, database: Database, alias: str
) -> None:
    """The login alone is proof of nothing: the org is asked."""
    before = taken_back(box)
    answer = come(visitor, box, alias)
    assert answer.status_code == 403
    assert "permission set Inlay Admin" in answer.text
    assert "Log in with Salesforce" in answer.text
    assert taken_back(box) == before + 1
    assert sessions_of(database) == []


def test_only_an_org_that_is_served_has_a_console(
    visitor: Visitor, box: RunningOrg, database: Database, org: Org
) -> None:
    """The org is the token's own; no address or form says which. Its token is not even used."""
    with database.system_writing() as session:
        service.set_state(
            session, service.required(session, org.salesforce_id), OrgState.SUSPENDED, "staff"
        )
    assert come(visitor, box).status_code == 403
    with database.system_writing() as session:
        session.get_one(Org, org.id).salesforce_id = OTHER_ORG_ID
    before = taken_back(box)
    answer = come(visitor, box)
    assert answer.status_code == 403
    assert "no_such_tenant" in answer.text
    assert taken_back(box) == before + 1
    assert sessions_of(database) == []


@pytest.mark.usefixtures("org")
def test_an_answer_counts_once_in_its_browser_and_with_its_nonce(
    app: Flask, box: RunningOrg, database: Database
) -> None:
    """Replay, login CSRF, and an ID token of another attempt."""
    victim, thief = Visitor(app), Visitor(app)
    back = way_back(victim, box)
    leave(thief, box.url)
    assert thief.get(back).status_code == 400
    for nonce in ("x" * 43, None):
        refused = come(thief, box, nonce=nonce)
        assert refused.status_code == 403
        assert "id_token_refused" in refused.text
    assert come(thief, box, challenge="x" * 43).status_code == 403
    assert sessions_of(database) == []
    assert victim.get(back).status_code == 303
    assert victim.get(back).status_code == 400
    (kept,) = sessions_of(database)
    assert kept.expires_at - kept.created_at <= LASTS_FROM_SALESFORCE + timedelta(seconds=1)


@pytest.mark.usefixtures("org")
def test_an_admin_of_salesforce_comes_in_anew_after_four_hours(
    visitor: Visitor, box: RunningOrg
) -> None:
    """However often Salesforce was asked in between."""
    start = utcnow()
    with time_machine.travel(start) as clock:
        assert come(visitor, box).status_code == 303
        for minutes in (50, 50, 50, 50, 38):
            clock.shift(timedelta(minutes=minutes))
            assert visitor.get("/console/").location.startswith("/console/orgs/")
        clock.shift(timedelta(minutes=3))
        assert visitor.get("/console/").location == "/console/sign-in"


def asked_again(visitor: Visitor, box: RunningOrg, page: str, alias: str = "admin") -> TestResponse:
    """Go to a page, by way of the org: what the browser comes back to."""
    by_way = visitor.get(page)
    assert (by_way.status_code, by_way.location[:26]) == (303, "/console/sign-in/again?to=")
    to_org = gone_to(visitor.get(by_way.location))
    assert to_org.startswith(f"{box.url}/services/oauth2/authorize?")
    return visitor.get(answer_of(box, to_org, alias))


def test_salesforce_is_asked_again_within_minutes_and_nothing_is_lost(
    visitor: Visitor, box: RunningOrg, database: Database, org: Org
) -> None:
    """E7: as often as of a frame. Pages go by way of Salesforce; session and forms stay."""
    page = f"/console/orgs/{org.salesforce_id}/activity?q=ada"
    keys = f"/console/orgs/{org.salesforce_id}/keys"
    with time_machine.travel(utcnow()) as clock:
        come(visitor, box)
        clock.shift(timedelta(minutes=9))
        shown = visitor.get(page)
        assert shown.status_code == 200
        csrf = re.search(r'name="csrf" value="([^"]+)"', shown.text)
        assert csrf is not None
        visitor.csrf = csrf[1]
        clock.shift(timedelta(minutes=2))
        assert visitor.post(keys, label="one").status_code == 200
        back = asked_again(visitor, box, page)
        assert (back.status_code, back.location) == (303, page)
        assert visitor.get(page).status_code == 200
        clock.shift(timedelta(minutes=16))
        late = visitor.post(keys, label="two")
        assert late.status_code == 401
        assert "Salesforce has to be asked again" in late.text
        assert visitor.get(page, **{"Sec-Fetch-Mode": "cors"}).status_code == 401
        assert asked_again(visitor, box, page).status_code == 303
        assert visitor.post(keys, label="two").status_code == 200
        assert len(sessions_of(database)) == 1
        clock.shift(timedelta(minutes=16))
        assert visitor.post("/console/sign-out").status_code == 303
        assert sessions_of(database) == []


def test_who_is_no_admin_any_more_is_out_within_minutes(
    visitor: Visitor, box: RunningOrg, database: Database, org: Org
) -> None:
    """Whoever of the org answers instead is not let into this session either."""
    page = f"/console/orgs/{org.salesforce_id}/"
    admin = users.find("admin")
    assert admin is not None
    with time_machine.travel(utcnow()) as clock:
        come(visitor, box)
        clock.shift(timedelta(minutes=11))
        box.org.rights.assign(admin, "Inlay_Admin", on=False)
        try:
            refused = asked_again(visitor, box, page)
        finally:
            box.org.rights.assign(admin, "Inlay_Admin", on=True)
        assert refused.status_code == 403
        assert "permission set Inlay Admin" in refused.text
        assert sessions_of(database) == []
        assert visitor.get(page).location == "/console/sign-in"


@pytest.mark.usefixtures("org")
def test_the_way_back_leads_to_pages_of_ours_alone(visitor: Visitor, box: RunningOrg) -> None:
    """An open redirect would lend our address to others."""
    come(visitor, box)
    for elsewhere in ("https://evil.example/", "//evil.example", "/d/x", "/console/\n", ""):
        query = {"to": elsewhere}
        gone = visitor.client.get("/console/sign-in/again", base_url=APP_URL, query_string=query)
        assert visitor.get(answer_of(box, gone_to(gone))).location == "/console/"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("access_denied", "Nobody was signed in"),
        ("invalid_scope", "scopes openid and api"),
        ("OAUTH_APP_BLOCKED", "The app is blocked in the org"),
        ("<script>alert(1)</script>", "Nobody was signed in"),
    ],
)
def test_what_salesforce_or_the_person_refuses_is_said_in_words(
    visitor: Visitor, box: RunningOrg, error: str, told: str
) -> None:
    asked = parse_qs(urlsplit(leave(visitor, box.url)).query)
    answer = visitor.client.get(
        "/oauth/callback",
        query_string={"error": error, "state": asked["state"][0]},
        base_url=APP_URL,
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 403
    assert told in answer.text
    assert "<script>" not in answer.text


@pytest.mark.usefixtures("org")
def test_an_org_that_does_not_answer_is_told_of(visitor: Visitor, box: RunningOrg) -> None:
    """Try again later, on the page with the ways in; the token is taken back all the same."""
    back, before = way_back(visitor, box), taken_back(box)
    box.org.faults.add(fault_from({"kind": "status", "status": 503, "match": "/query"}))
    try:
        answer = visitor.get(back)
    finally:
        box.org.faults.clear()
    assert answer.status_code == 503
    assert "cannot be reached" in answer.text
    assert taken_back(box) == before + 1


def test_nobody_is_sent_to_log_in_at_an_address_outside_the_table(visitor: Visitor) -> None:
    """Phishing and SSRF; what was typed stays."""
    for login, address in (("https://evil.example", ""), ("own", "evil.example"), ("", "")):
        answer = visitor.post(STARTING, login=login, address=address)
        assert answer.status_code == 422
        assert "no address of Salesforce" in answer.text
        assert f'value="{address}"' in answer.text
    for login in ("https://login.salesforce.com", "https://test.salesforce.com"):
        assert leave(visitor, login).startswith(f"{login}/services/oauth2/authorize?")
    own = leave(visitor, "own", "acme.lightning.force.com")
    assert own.startswith("https://acme.my.salesforce.com/services/oauth2/authorize?")


def test_without_a_connect_app_and_a_provider_there_are_links_alone(
    config: Config, database: Database
) -> None:
    """A fresh install offers what it has."""
    plain = replace(config, connect_client_id="", connect_client_secret="")
    visitor = Visitor(create_app(plain, database=database))
    shown = visitor.get("/console/sign-in").text
    assert "Log in with Salesforce" not in shown
    assert "Single sign-on" not in shown
    assert "the link that you were sent" in shown
    assert visitor.post(STARTING).status_code == 404
    assert visitor.post("/console/sign-in/provider").status_code == 404
    assert visitor.get("/console/sign-in/callback?state=in.x&code=y").status_code == 404
