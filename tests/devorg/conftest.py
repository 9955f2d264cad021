"""A running org for the tests of this room: one server per module, back to the seed per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.devorg.client import Client


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    """One org for all tests of a module."""
    with running(DevorgConfig()) as org:
        yield org


@pytest.fixture
def org(served: RunningOrg) -> RunningOrg:
    """The module's org, back at its seed."""
    served.org.reset()
    return served


@pytest.fixture
def main(org: RunningOrg) -> dict[str, str]:
    """Ids of the seeded main records."""
    answer = requests.get(f"{org.url}/_devorg/main", timeout=30).json()
    assert isinstance(answer, dict)
    return answer


@pytest.fixture
def rep(org: RunningOrg) -> Client:
    """A client of the rep, who sees everything."""
    return Client(org, "rep")


@pytest.fixture
def integration(org: RunningOrg) -> Client:
    """A client of the integration user."""
    return Client(org, "integration")
