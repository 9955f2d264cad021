"""The org that the contract is asked of: devorg, or the one that `tools.contract` was given."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest
import requests

from devorg import DevorgConfig
from devorg.server import running
from tests.contract.org import Org
from tests.contract.reporting import USED
from tools.contract import Target

#: Set by `tools.contract` alone, so that `make test` never asks somebody's org.
_URL, _TOKEN, _LIMITED = (
    os.environ.pop(name, "")  # so that no failed comparison of environments shows a token
    for name in ("INLAY_TEST_ORG_URL", "INLAY_TEST_ORG_TOKEN", "INLAY_TEST_ORG_LIMITED_TOKEN")
)
#: What the user with fewer rights does not see in devorg.
HIDDEN = "Contact.Email"
#: Objects that the suite makes records of, and the field that carries its prefix.
_NAMED = {
    "Event": "Subject",
    "Task": "Subject",
    "Opportunity": "Name",
    "Lead": "LastName",
    "Contact": "LastName",
    "Account": "Name",
}


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """The org's address, the token, and that of a user with fewer rights if there is one."""
    if _URL:
        yield Target(_URL, _TOKEN, _LIMITED)
        return
    with running(DevorgConfig()) as served:
        _control(served.url, "access", {"user": "partial", "field": HIDDEN, "visible": False})
        tokens = [
            _control(served.url, "token", {"user": each})["access_token"]
            for each in ("integration", "partial")
        ]
        _archive_a_task(served.url, tokens[0])
        yield Target(served.url, *tokens)


def _archive_a_task(url: str, token: str) -> None:
    """What a real org has after a year: an activity with a key, in the archive."""
    task = {"Status": "Completed", "ActivityDate": "2020-01-01", "Inlay_Key__c": "t:archived"}
    headers = {"Authorization": f"Bearer {token}"}
    path = f"{url}/services/data/v68.0/sobjects/Task"
    requests.post(path, json=task, headers=headers, timeout=30).raise_for_status()
    _control(url, "archive", {"days": 365})


def _control(url: str, path: str, body: dict[str, object]) -> dict[str, str]:
    answer = requests.post(f"{url}/_devorg/{path}", json=body, timeout=30)
    answer.raise_for_status()
    found: dict[str, str] = answer.json()
    return found


@pytest.fixture(scope="session")
def whole_run(target: Target, pytestconfig: pytest.Config) -> Iterator[Org]:
    """The org for all tests; at the end nothing of this run is left in it."""
    prefix = f"ctr{secrets.token_hex(3)}"
    org = Org(target.url, target.token, prefix=prefix, is_devorg=not _URL)
    yield org
    for sobject, field in _NAMED.items():
        if field in org.fields(sobject):
            soql = f"SELECT Id FROM {sobject} WHERE {field} LIKE '{org.prefix}%'"
            for row in org.query(soql):
                org.note(row["Id"])
    left = len(org.made)
    org.clean()
    org.http.close()
    pytestconfig.stash[USED] = org.used()
    assert not left, f"{left} records were left behind by tests, and are deleted now"


@pytest.fixture
def org(whole_run: Org) -> Iterator[Org]:
    """The org; what the test makes in it is deleted after it."""
    yield whole_run
    whole_run.clean()


@pytest.fixture
def limited(org: Org, target: Target) -> Iterator[Org]:
    """The same org with the token of a user who may see less."""
    if not target.limited:
        org.cannot("needs ORG_LIMITED_TOKEN, the token of a user who does not see all fields")
    other = Org(org.url, target.limited, prefix=org.prefix, is_devorg=org.is_devorg)
    yield other
    other.http.close()
