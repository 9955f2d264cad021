"""A world to deliver into: devorg with a namespace and without, back at its seed for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.outbox.world import World
from tests.support.application import ORG_ID
from tests.support.namespaces import kinds


@pytest.fixture(scope="module", params=kinds())
def served(request: pytest.FixtureRequest) -> Iterator[RunningOrg]:
    """An org in a box for all tests of a module."""
    with running(DevorgConfig(org_id=ORG_ID, namespace=request.param)) as org:
        yield org


@pytest.fixture
def devorg(served: RunningOrg) -> RunningOrg:
    """The module's org, back at its seed."""
    served.org.reset()
    return served


@pytest.fixture
def world(
    config: Config, database: Database, keyring: Keyring, org: Org, devorg: RunningOrg
) -> Iterator[World]:
    """The org, connected, with activities switched on."""
    made = World(config, database, keyring, org, devorg)
    made.prepare()
    yield made
    made.close()
