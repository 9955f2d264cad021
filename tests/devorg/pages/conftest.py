"""An org without a server for the tests of pages, and a client that looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from devorg import DevorgConfig, create_org_app
from devorg.org import Org, org_of
from devorg.seed.plant import main_records
from tests.devorg.pages.elements import CANVAS_URL


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    made = create_org_app(DevorgConfig(canvas_url=CANVAS_URL))
    yield made
    org_of(made).close()


@pytest.fixture
def org(app: Flask) -> Org:
    org = org_of(app)
    org.reset()
    return org


@pytest.fixture
def browser(app: Flask, org: Org) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def main(org: Org) -> dict[str, str]:
    with org.store.reading() as connection:
        return main_records(connection)
