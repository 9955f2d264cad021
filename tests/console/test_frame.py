"""An admin opens the console inside Salesforce: the org says who is one (E7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.clock import utcnow
from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs import apps, service
from app.orgs.models import AuditEntry, Org, OrgState
from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.console.conftest import OTHER_ORG_ID
from tests.support.application import APP_URL, make_org
from tests.widget.conftest import Box, session_of

_BOX = DevorgConfig(namespace="inlaytest")


@pytest.fixture(scope="module")
def _running() -> Iterator[RunningOrg]:
    with running(_BOX) as org:
        yield org


@pytest.fixture
def box(_running: RunningOrg) -> Box:
    found = Box(_running)
    found.post("reset")
    return found


@pytest.fixture
def config(config: Config, box: Box) -> Config:
    """Settings that take devorg for Salesforce."""
    return replace(config, salesforce_extra_origins=(box.url,), frame_ancestors_extra=(box.url,))


@pytest.fixture
def org(database: Database, keyring: Keyring, box: Box) -> Org:
    made = make_org(database, box.org_id, "Halyard Software")
    with database.system_writing() as session:
        apps.put(session, keyring, apps.PACKAGED, (_BOX.consumer_secret,))
    return made


class Admin:
    """The browser's side of the frame."""

    def __init__(self, app: Flask, box: Box) -> None:
        self.client: FlaskClient = app.test_client()
        self.box = box

    def signed(self, user: str = "admin", **parameters: Any) -> str:
        """As the package's page for admins asks for it: no record, one parameter."""
        text = self.box.sign(user)
        envelope = json.loads(base64.b64decode(text.partition(".")[2]))
        environment = envelope["context"]["environment"]
        environment["parameters"], environment["record"] = {"view": "console", **parameters}, {}
        payload = base64.b64encode(json.dumps(envelope).encode())
        mac = hmac.new(_BOX.consumer_secret.encode(), payload, hashlib.sha256).digest()
        return f"{base64.b64encode(mac).decode()}.{payload.decode()}"

    def open(self, user: str = "admin") -> TestResponse:
        data = {"signed_request": self.signed(user)}
        return self.client.post("/canvas", data=data, base_url=APP_URL)

    def ask(self, path: str, bearer: str, method: str = "GET", **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {bearer}", "Accept": "text/html", "Origin": APP_URL}
        return self.client.open(path, method=method, base_url=APP_URL, headers=headers, **options)


@pytest.fixture
def admin(app: Flask, box: Box, org: Org) -> Admin:
    return Admin(app, box)


def test_an_admin_by_the_orgs_own_word_comes_in(
    admin: Admin, database: Database, org: Org, box: Box
) -> None:
    """E7: asked with the user's own token, in a namespaced package; no cookie, no secret shown."""
    answer = admin.open()
    assert answer.status_code == 200, answer.text
    assert "Set-Cookie" not in answer.headers
    assert box.url in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    session = session_of(answer.text)
    page = admin.ask(session["urls"]["start"], session["bearer"])
    assert page.status_code == 200
    assert "Halyard Software" in page.text
    assert "Sign out" not in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    with database.reading(org.id) as tenant:
        entry = tenant.scalars(select(AuditEntry)).one()
    assert (entry.tag, entry.detail) == ("admin:session:begin", {"by": "Salesforce"})


@pytest.mark.parametrize("user", ["rep", "norecord"])
def test_who_is_no_admin_gets_a_calm_page(admin: Admin, user: str) -> None:
    """Whatever the browser asks for: a rep's envelope says the same as an admin's."""
    answer = admin.open(user)
    assert answer.status_code == 403
    assert "Inlay Admin" in answer.text
    assert "not_admin" in answer.text


def test_a_right_that_is_taken_away_ends_with_the_bearer(admin: Admin, box: Box) -> None:
    """The next renewal asks again."""
    session = session_of(admin.open().text)
    body = {"signed_request": admin.signed()}
    renewed = admin.ask("/console/frame/renew", session["bearer"], "POST", json=body)
    assert renewed.status_code == 200, renewed.text
    box.post("assign", user="admin", permission_set="Inlay_Admin", remove=True)
    body = {"signed_request": admin.signed()}
    refused = admin.ask("/console/frame/renew", session["bearer"], "POST", json=body)
    assert refused.status_code == 403


def test_renewal_is_for_the_same_person(admin: Admin, box: Box) -> None:
    session = session_of(admin.open().text)
    box.post("assign", user="rep", permission_set="Inlay_Admin")
    body = {"signed_request": admin.signed("rep")}
    assert (
        admin.ask("/console/frame/renew", session["bearer"], "POST", json=body).status_code == 401
    )
    assert admin.ask("/console/frame/renew", "", "POST", json=body).status_code == 401


def test_an_org_without_the_package_says_what_to_do(
    config: Config, database: Database, org: Org
) -> None:
    with running(replace(_BOX, package=None)) as bare:
        config = replace(config, salesforce_extra_origins=(bare.url,))
        answer = Admin(create_app(config, database=database), Box(bare)).open()
    assert answer.status_code == 403
    assert "package_missing" in answer.text


def test_a_bearer_opens_its_org_for_ten_minutes(
    admin: Admin, app: Flask, database: Database, config: Config, org: Org
) -> None:
    other = make_org(database, OTHER_ORG_ID, "Other")
    session = session_of(admin.open().text)
    start, bearer = session["urls"]["start"], session["bearer"]
    strange = start.replace(org.salesforce_id, other.salesforce_id)
    assert admin.ask(strange, bearer).status_code == 404
    assert admin.ask("/console/orgs", bearer).status_code == 403
    assert admin.ask(start, bearer[:-2] + "xx").status_code == 401
    with time_machine.travel(utcnow() + timedelta(seconds=config.bearer_seconds + 1)):
        assert admin.ask(start, bearer).status_code == 401


def test_the_widgets_bearer_is_none_of_the_consoles(admin: Admin, box: Box, org: Org) -> None:
    """Each purpose has a key of its own."""
    posted = {"signed_request": box.sign("rep")}
    answer = admin.client.post("/canvas", data=posted, base_url=APP_URL)
    bearer = session_of(answer.text)["bearer"]
    path = f"/console/orgs/{org.salesforce_id}/"
    for token in (bearer, bearer.partition("~")[0], bearer.partition("~")[2]):
        assert admin.ask(path, token).status_code == 401


def test_a_suspended_org_is_closed_at_the_next_request(
    admin: Admin, database: Database, org: Org
) -> None:
    session = session_of(admin.open().text)
    with database.system_writing() as system:
        found = service.required(system, org.salesforce_id)
        service.set_state(system, found, OrgState.SUSPENDED, "staff")
    assert admin.ask(session["urls"]["start"], session["bearer"]).status_code == 403
    assert admin.open().status_code == 403


def test_another_parent_cannot_forge_the_wish(config: Config, database: Database) -> None:
    """Without a signature there is no console."""
    client = create_app(config, database=database).test_client()
    answer = client.post("/canvas", data={"signed_request": "x.y"}, base_url=APP_URL)
    assert answer.status_code in {400, 403}
