"""The widget on a real org in a box: signed requests, rights and tokens are devorg's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs import apps, features, service
from app.orgs.features import Feature
from app.orgs.models import Org, OrgState
from app.salesforce.gateway import EXTENSION, Gateway
from app.widget.routes import room
from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.support.application import APP_URL, make_org

_BOX = DevorgConfig()


class Box:
    """devorg as tests speak to it: over HTTP, by its control addresses."""

    def __init__(self, org: RunningOrg) -> None:
        self.url = org.url
        self.org_id = org.org_id
        self.main = requests.get(f"{self.url}/_devorg/main", timeout=60).json()

    def post(self, path: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/_devorg/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def sign(self, user: str = "rep", record: str = "", **options: Any) -> str:
        record = record or self.main["contact"]
        signed: str = self.post("sign", user=user, record=record, **options)["signed_request"]
        return signed

    def hide(self, user: str, record: str) -> None:
        self.post("access", user=user, record=record, visible=False)

    def can_see(self, user: str, record: str) -> bool:
        query = {"user": user, "record": record}
        answer = requests.get(f"{self.url}/_devorg/access", params=query, timeout=60)
        visible: bool = answer.json()["visible"]
        return visible

    def records(self, sobject: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/_devorg/records/{sobject}", timeout=60)
        records: list[dict[str, Any]] = answer.json()["records"]
        return records

    def name_of(self, record: str) -> str:
        sobject = {"003": "Contact", "006": "Opportunity", "001": "Account", "00Q": "Lead"}
        rows = self.records(sobject[record[:3]])
        name: str = next(row["Name"] for row in rows if row["Id"] == record)
        return name

    def usage(self) -> dict[str, Any]:
        answer: dict[str, Any] = requests.get(f"{self.url}/_devorg/usage", timeout=60).json()
        return answer


@pytest.fixture(scope="session")
def _running_box() -> Iterator[RunningOrg]:
    with running(_BOX) as org:
        yield org


@pytest.fixture
def box(_running_box: RunningOrg) -> Iterator[Box]:
    """The org as seeded, without faults."""
    found = Box(_running_box)
    found.post("reset")
    found.post("usage/reset")
    yield found
    requests.delete(f"{found.url}/_devorg/faults", timeout=60)


@pytest.fixture
def config(config: Config, box: Box) -> Config:
    """Settings that take devorg for Salesforce."""
    return replace(
        config,
        salesforce_extra_origins=(box.url,),
        frame_ancestors_extra=(box.url,),
    )


@pytest.fixture
def app(config: Config, database: Database) -> Flask:
    """The whole application, believing devorg's signatures."""
    return with_widget(create_app(config, database=database))


def with_widget(app: Flask) -> Flask:
    """The application with the widget's room."""
    if "widget" not in app.blueprints:
        app.register_blueprint(room)
    return app


@pytest.fixture
def org(database: Database, keyring: Keyring, box: Box) -> Org:
    """devorg as a tenant that has bought everything."""
    made = make_org(database, box.org_id, "Halyard Software")
    with database.system_writing() as session:
        apps.put(session, keyring, apps.PACKAGED, (_BOX.consumer_secret,), developer_name="Inlay")
        features.switch(
            session,
            service.required(session, made.salesforce_id),
            Feature.CREATE_DESTINATION,
            True,
            by="tests",
        )
    switch(database, made, Feature.CREATE_DESTINATION, True)
    return made


def switch(database: Database, org: Org, feature: Feature, on: bool) -> None:
    """Switch a feature as staff does."""
    with database.system_writing() as session:
        features.switch(
            session, service.required(session, org.salesforce_id), feature, on, by="staff"
        )


def set_state(database: Database, org: Org, state: OrgState) -> None:
    """Admit or suspend an org as staff does."""
    with database.system_writing() as session:
        service.set_state(session, service.required(session, org.salesforce_id), state, "staff")


def hurry(app: Flask) -> None:
    """Give up on Salesforce soon, for tests that let it hang."""
    config = replace(app.extensions["inlay.config"], salesforce_read_seconds=0.5)
    parts = app.extensions["inlay.database"], app.extensions["inlay.keyring"]
    app.extensions[EXTENSION] = Gateway(config, *parts)


class Widget:
    """The browser's side of a frame."""

    def __init__(self, client: FlaskClient, box: Box) -> None:
        self.client = client
        self.box = box

    def post(self, signed_request: str, path: str = "/canvas") -> TestResponse:
        return self.client.post(path, data={"signed_request": signed_request}, base_url=APP_URL)

    def open(self, user: str = "rep", record: str = "", **options: Any) -> Frame:
        answer = self.post(self.box.sign(user, record, **options))
        assert answer.status_code == 200, answer.text
        return Frame(self.client, answer)


class Frame:
    """An open frame: its page, its bearer, its calls."""

    def __init__(self, client: FlaskClient, answer: TestResponse) -> None:
        self.client = client
        self.answer = answer
        self.html = answer.text
        self.session = session_of(self.html)
        self.bearer: str = self.session["bearer"]

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, headers=self.headers(**options), base_url=APP_URL)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.client.post(path, json=body, headers=self.headers(**options), base_url=APP_URL)

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.bearer}", **more}


def session_of(html: str) -> dict[str, Any]:
    """What the page's script is given."""
    found = re.search(
        r'<script type="application/json" id="session">(.*?)</script>', html, re.DOTALL
    )
    assert found is not None, "the page has no session"
    given: dict[str, Any] = json.loads(found[1])
    return given


@pytest.fixture
def widget(client: FlaskClient, box: Box, org: Org) -> Widget:
    """Opens frames as Salesforce does."""
    return Widget(client, box)


@pytest.fixture
def past(database: Database, org: Org, box: Box) -> Any:
    """Writes history."""
    from tests.widget.past import Past

    return Past(database, org, box)
