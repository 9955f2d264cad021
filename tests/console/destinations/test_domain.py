"""An own domain in the console: an admin asks, an operator checks and opens (X12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.console.permissions import Role
from app.db import Database
from app.destinations import domains
from app.destinations.models import Link
from app.orgs.models import AuditEntry, Org
from tests.console.conftest import Visitor
from tests.console.destinations.conftest import Make

SignedIn = Callable[[Role], Visitor]
HOST = "rooms.acme.example"


@pytest.fixture
def path(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/destinations/domain"


def test_an_admin_asks_an_operator_opens_and_links_are_shown_with_it(
    app: Flask, database: Database, org: Org, path: str, make: Make, signed_in: SignedIn
) -> None:
    made, admin = make(), signed_in(Role.ORG_ADMIN)
    support, operator = signed_in(Role.SUPPORT), signed_in(Role.OPERATOR)
    wrong = admin.post(path, host="acme")
    assert (wrong.status_code, 'id="error-host"' in wrong.text) == (422, True)
    assert admin.post(path, host=HOST).status_code == 303
    with database.reading(org.id) as session:
        asked = domains.read(session)
        token = session.scalars(select(Link.token)).first()
    assert asked is not None
    shown = admin.get(path).text
    for text in (HOST, "127.0.0.1", f"_inlay.{HOST}", asked.proof, "Waits to be checked"):
        assert text in shown
    assert "Check and open" not in shown
    assert HOST in operator.get("/console/orgs").text
    for refused in (admin, support):
        assert refused.post(f"{path}/open", why="me").status_code == 403
    silent = operator.post(f"{path}/open", why="", proof=asked.proof)
    assert (silent.status_code, 'id="error-why"' in silent.text) == (422, True)
    assert f'name="proof" value="{asked.proof}"' in operator.get(path).text
    assert operator.post(f"{path}/open", why="dig says so", proof=asked.proof).status_code == 303
    assert f"http://{HOST}:8000/d/…" in admin.get(path).text
    assert HOST not in operator.get("/console/orgs").text
    page = admin.get(path.removesuffix("domain") + str(made)).text
    assert f"http://{HOST}:8000/d/{token}" in page
    assert app.test_client().get(f"/d/{token}", base_url=f"http://{HOST}:8000").status_code == 200
    admin.post(f"{path}/remove")
    assert app.test_client().get(f"/d/{token}", base_url=f"http://{HOST}:8000").status_code == 404
    with database.reading(org.id) as session:
        told = session.scalars(
            select(AuditEntry).where(AuditEntry.tag.contains("domain")).order_by(AuditEntry.seq)
        ).all()
    assert [each.tag for each in told] == [
        "admin:domain:ask", "staff:domain:open", "console:domain:remove",
    ]  # fmt: skip
    assert (told[1].detail["host"], told[1].detail["why"]) == (HOST, "dig says so")


def test_what_is_opened_is_what_the_operator_checked(
    database: Database, org: Org, path: str, signed_in: SignedIn
) -> None:
    """Somebody who asks for another's domain while the operator looks gets nothing by it."""
    admin, operator = signed_in(Role.ORG_ADMIN), signed_in(Role.OPERATOR)
    admin.post(path, host=HOST)
    with database.reading(org.id) as session:
        checked = domains.read(session)
    assert checked is not None
    admin.post(path, host="rooms.brightwater.example")
    late = operator.post(f"{path}/open", why="dig says so", proof=checked.proof)
    assert late.status_code == 422
    assert "was asked for meanwhile" in late.text
    with database.reading(org.id) as session:
        asked = domains.read(session)
    assert asked is not None
    assert asked.opened_at is None


def test_nothing_is_opened_that_was_not_asked_for(path: str, signed_in: SignedIn) -> None:
    refused = signed_in(Role.OPERATOR).post(f"{path}/open", why="by mistake")
    assert refused.status_code == 422
    assert "Nothing was changed" in refused.text
