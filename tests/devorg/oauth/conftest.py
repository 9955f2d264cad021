"""A running org with the test app, and a browser that nobody has logged in with."""

from __future__ import annotations

import pytest

from devorg.server import RunningOrg
from tests.devorg.oauth.flow import Browser, make_app


@pytest.fixture
def org(served: RunningOrg) -> RunningOrg:
    """The module's org with no app but its own; its records, which nobody here touches, stay."""
    served.org.oauth.reset()
    served.org.clock.reset()
    served.org.faults.clear()
    return served


@pytest.fixture
def app_org(org: RunningOrg) -> RunningOrg:
    """The org with the test app, whom everybody may let in."""
    make_app(org)
    return org


@pytest.fixture
def visitor(app_org: RunningOrg) -> Browser:
    """A new browser."""
    return Browser(app_org)
