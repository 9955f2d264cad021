"""The console as a browser with cookies meets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.console import links, staff
from app.console.models import LinkPurpose
from app.console.permissions import Role
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from canvas.ids import to_18
from tests.support.application import APP_URL, make_org

OTHER_ORG_ID = to_18("00D5e000000OTHE")


class Visitor:
    """A browser: keeps its cookie, sends its forms with the page's token."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.csrf = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, base_url=APP_URL, headers={"Accept": "text/html", **headers})

    def post(self, path: str, *, csrf: str | None = None, **form: str | list[str]) -> TestResponse:
        data = {**form, "csrf": self.csrf if csrf is None else csrf}
        headers = {"Origin": APP_URL, "Accept": "text/html"}
        return self.client.post(path, base_url=APP_URL, headers=headers, data=data)

    def enter(self, token: str) -> TestResponse:
        """Use an invitation, and learn the session's token from the page it leads to."""
        answer = self.post(f"/console/enter/{token}")
        shown = self.client.get("/console/", base_url=APP_URL, follow_redirects=True)
        found = re.search(r'name="csrf" value="([^"]*)"', shown.text)
        self.csrf = found[1] if found else ""
        return answer


@pytest.fixture
def other(database: Database) -> Org:
    """Another tenant, whose pages nobody of ours may see."""
    return make_org(database, OTHER_ORG_ID, "Pelican Freight")


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Nobody yet."""
    return Visitor(app)


@pytest.fixture
def signed_in(
    app: Flask, database: Database, keyring: Keyring, org: Org
) -> Callable[[Role], Visitor]:
    """Makes browsers in which somebody of a role is signed in; an admin is of ``org``."""

    def enter(role: Role) -> Visitor:
        visitor = Visitor(app)
        answer = visitor.enter(invitation(database, keyring, role, org))
        assert answer.status_code == 303, answer.text
        return visitor

    return enter


def invitation(database: Database, keyring: Keyring, role: Role, org: Org) -> str:
    """The token of a link for somebody of this role."""
    with database.system_writing() as session:
        if role is not Role.ORG_ADMIN:
            return staff.invite(session, keyring, f"{role}@example.com", role, by="tests")
        return links.make(
            session,
            keyring,
            LinkPurpose.ORG_INVITE,
            by="tests",
            lasts=timedelta(hours=1),
            org_id=org.id,
        )
