"""Fixtures of API tests: a key of the org, and a caller that presents it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import Database
from app.orgs import apikeys
from app.orgs.models import Org
from tests.support.application import APP_URL

Call = Callable[..., TestResponse]


class _AppClient(FlaskClient):
    """A client that asks the app's own origin unless told otherwise."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """Send a request."""
        more.setdefault("base_url", APP_URL)
        return super().open(*args, **more)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.test_client_class = _AppClient
    return app.test_client()


@pytest.fixture
def api_key(database: Database, org: Org) -> str:
    """A key that speaks for the org."""
    with database.system_writing() as session:
        return apikeys.create(session, org, "tests", by="tests")


@pytest.fixture
def call(client: FlaskClient, api_key: str) -> Call:
    """Call the API as the org: method, path, JSON body or raw data."""

    def called(
        method: str,
        path: str,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> TestResponse:
        presented = {"Authorization": f"Bearer {api_key}", **(headers or {})}
        return client.open(path, method=method, json=json, headers=presented, **more)

    return called
