"""The page for secrets: its link is sent, works once, and needs no signing in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from app.console.connect import typed
from app.console.permissions import Role
from app.db import Database
from app.orgs.models import Org
from devorg.server import RunningOrg
from tests.console.conftest import Visitor
from tests.console.connect.conftest import (
    PAGE,
    SignedIn,
    credentials,
    refresh_token,
    status_of,
)
from tests.support.application import APP_URL


def test_a_link_for_secrets_works_once_and_without_signing_in(
    signed_in: SignedIn, app: Flask, database: Database, org: Org, box: RunningOrg
) -> None:
    """M1, M3: made by support, who never see what is typed; a typing mistake does not end it."""
    support = signed_in(Role.SUPPORT)
    found = re.search(
        rf'value="{APP_URL}(/console/secret/[^"]+)"', support.post(f"{PAGE}/link").text
    )
    assert found is not None
    customer = Visitor(app)
    assert "Connect Devorg to Inlay" in customer.get(found[1]).text
    given = {**credentials(box), "way": "own_app", "refresh_token": refresh_token(box)}
    wrong = customer.post(found[1], **{**given, "client_secret": "hush"})
    assert wrong.status_code == 422
    assert given["refresh_token"] not in wrong.text
    assert customer.post(found[1], **given).status_code == 200
    again = customer.get(found[1])
    assert again.status_code == 410
    kept = status_of(database, org)
    assert kept is not None
    assert kept.user_label == "Rosa Lindqvist"
    assert kept.connected_by == "link by staff:support@example.com"
    assert 'name="address"' not in support.get(PAGE).text


def test_two_who_use_a_link_for_secrets_at_once_connect_once(
    signed_in: SignedIn, app: Flask, box: RunningOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second click, or somebody who read the link: while one tries, it is over for the other."""
    text = signed_in(Role.SUPPORT).post(f"{PAGE}/link").text
    found = re.search(rf'value="{APP_URL}(/console/secret/[^"]+)"', text)
    assert found is not None
    given, others = {**credentials(box), "way": "client_credentials"}, []
    connect_by = typed.connect_by

    def meanwhile(*arguments: Any) -> None:
        others.append(Visitor(app).post(found[1], **given).status_code)
        connect_by(*arguments)

    monkeypatch.setattr(typed, "connect_by", meanwhile)
    assert Visitor(app).post(found[1], **{**given, "client_secret": "hush"}).status_code == 422
    assert Visitor(app).post(found[1], **given).status_code == 200
    assert others == [410, 410]
