"""An org to call: devorg over HTTP, or a scripted server; a gateway with short timeouts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import connections
from app.salesforce.gateway import Gateway
from app.salesforce.transport import Timeouts
from devorg import DevorgConfig, users
from devorg.server import RunningOrg, running
from tests.salesforce.scripted import ORGANIZATION, Scripted, scripted
from tests.support.namespaces import kinds

MakeGateway = Callable[..., Gateway]


@pytest.fixture(scope="module", params=kinds())
def served(request: pytest.FixtureRequest) -> Iterator[RunningOrg]:
    """An org in a box for all tests of a module, with a namespace and without."""
    with running(DevorgConfig(org_id=ORGANIZATION, namespace=request.param)) as org:
        yield org


@pytest.fixture
def devorg(served: RunningOrg) -> RunningOrg:
    """The module's org, back at its seed, without faults and with its counters at zero."""
    served.org.reset()
    served.org.faults.clear()
    served.org.usage.reset()
    return served


@pytest.fixture
def script() -> Iterator[Scripted]:
    """A server that answers what the test says."""
    with scripted() as server:
        yield server


@pytest.fixture
def make_gateway(config: Config, database: Database, keyring: Keyring) -> Iterator[MakeGateway]:
    """Makes a gateway that may call these origins; closed at the end."""
    made: list[Gateway] = []

    def make(*origins: str, read_seconds: float = 60.0, in_flight: int = 4) -> Gateway:
        settings = replace(
            config,
            salesforce_extra_origins=origins,
            salesforce_connect_seconds=20.0,
            salesforce_read_seconds=read_seconds,
            salesforce_in_flight=in_flight,
        )
        timeouts = Timeouts(20, read_seconds)
        gateway = Gateway(settings, database, keyring, worker_timeouts=timeouts)
        made.append(gateway)
        return gateway

    yield make
    for gateway in made:
        gateway.close()


@pytest.fixture
def connected(
    devorg: RunningOrg, org: Org, database: Database, keyring: Keyring, make_gateway: MakeGateway
) -> Gateway:
    """A gateway whose one org is connected to devorg."""
    connect(database, keyring, org, devorg.url)
    return make_gateway(devorg.url)


def token_of(devorg: RunningOrg, alias: str) -> str:
    """An access token of one of devorg's users."""
    user = users.find(alias)
    assert user is not None
    return devorg.org.tokens.issue(user)


def connect(
    database: Database, keyring: Keyring, org: Org, url: str, client_secret: str = ""
) -> None:
    """Connect an org to a server with devorg's client."""
    with database.writing(org.id) as session:
        connections.connect(
            session,
            keyring,
            instance_url=url,
            client_id="devorg-client",
            client_secret=client_secret or "devorg-client-secret",
            extra_origins=[url],
        )
