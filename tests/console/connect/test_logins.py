"""Where people of an org log in: what is chosen beforehand, by what is known of the org."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from flask import Flask

from app.console.connect import ways
from app.db import Database
from app.orgs.models import Org
from app.salesforce.gateway import EXTENSION
from app.salesforce.models import Method
from devorg.server import RunningOrg
from tests.console.conftest import Visitor
from tests.console.connect.conftest import PAGE, credentials


@pytest.mark.parametrize(
    ("known", "is_connected", "chosen"),
    [
        ({}, False, ""),
        ({}, True, ""),
        ({"domain": "acme"}, False, "https://login.salesforce.com"),
        ({"domain": "acme--uat", "is_sandbox": True}, False, "https://test.salesforce.com"),
        ({"domain": "acme--uat", "is_sandbox": True}, True, ""),
    ],
)
def test_where_one_logs_in_is_chosen_by_what_is_known_of_the_org(
    admin: Visitor, database: Database, org: Org, box: RunningOrg,
    known: dict[str, Any], is_connected: bool, chosen: str,
) -> None:  # fmt: skip
    """M2: an empty ``chosen`` stands for the test org; without one, it is production."""
    with database.system_writing() as session:
        kept = session.get_one(Org, org.id)
        for name, value in known.items():
            setattr(kept, name, value)
    if is_connected:
        admin.post(f"{PAGE}/way/{Method.CLIENT_CREDENTIALS}", **credentials(box))
    checked = re.findall(r'name="login" value="([^"]*)" checked', admin.get(PAGE).text)
    assert checked == [chosen or box.url]
    at_sign_in = admin.get("/console/sign-in").text
    assert re.findall(r'name="login" value="([^"]*)" checked', at_sign_in) == [box.url]


def test_nobody_in_production_is_taken_for_a_test_org(app: Flask, box: RunningOrg) -> None:
    """Hosts that an operator added are there to be chosen, not chosen unasked."""
    gateway = app.extensions[EXTENSION]
    likely = partial(ways.likely_login, gateway, None, is_test=False)
    assert likely("") == "https://login.salesforce.com"
    assert likely("https://acme--uat.sandbox.my.salesforce.com") == "https://test.salesforce.com"
    assert likely(box.url) == box.url
