"""An org with the whole package, whose integration user has what the guide says and no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.db import Database
from app.keys import Keyring
from app.orgs import features
from app.orgs.features import Feature
from app.orgs.models import Org
from app.salesforce.gateway import Gateway
from devorg.rights.sets import API_ONLY
from devorg.server import RunningOrg
from devorg.users import INTEGRATION
from tests.salesforce.conftest import MakeGateway, connect

Switch = Callable[..., None]


def hold(served: RunningOrg, *sets: str) -> None:
    """Give the integration user these sets of the guide, and nothing else but the package's."""
    rights = served.org.rights
    rights.assign(INTEGRATION, API_ONLY.name)
    for name in rights.assigned[INTEGRATION.id] - {"Inlay_Integration"}:
        rights.assign(INTEGRATION, name, on=False)
    for name in ("Inlay_Connection_Access", *sets):
        rights.assign(INTEGRATION, name)
    served.org.rights_changed()


@pytest.fixture
def devorg(served: RunningOrg) -> RunningOrg:
    """The module's org, back at its seed."""
    served.org.reset()
    served.org.faults.clear()
    return served


@pytest.fixture
def connected(
    served: RunningOrg, org: Org, database: Database, keyring: Keyring, make_gateway: MakeGateway
) -> Gateway:
    """A gateway whose one org is connected, as it stands."""
    connect(database, keyring, org, served.url)
    return make_gateway(served.url)


@pytest.fixture
def switch(database: Database, org: Org) -> Switch:
    """Switches features of the org on; all others off."""
    features.install()

    def on(*names: str) -> None:
        with database.system_writing() as session:
            for each in Feature:
                features.switch(session, org, each, each.value in names, by="test")

    return on
