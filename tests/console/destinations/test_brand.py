"""How an org's public pages look: name, website, colour, logo, notice."""

from __future__ import annotations

import html
import io
import re
import struct
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.console.permissions import Role
from app.db import Database
from app.destinations.logos import MOST_BYTES
from app.destinations.models import Link
from app.orgs import settings
from app.orgs.models import Org
from tests.console.conftest import Visitor
from tests.console.destinations.conftest import Make
from tests.support.application import APP_URL, PAGES_URL

SignedIn = Callable[[Role], Visitor]
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 13, b"IHDR") + b"\0" * 40
BRAND = {
    "company_name": "Acme",
    "website": "https://acme.example",
    "brand_color": "#123456",
    "consent_text": "",
}


@pytest.fixture
def path(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/destinations"


@pytest.fixture
def page(app: Flask, database: Database, org: Org) -> Callable[[], str]:
    """Reads the public page of the one Destination there is."""

    def got() -> str:
        with database.reading(org.id) as session:
            token = session.scalars(select(Link.token)).first()
        return app.test_client().get(f"/d/{token}", base_url=PAGES_URL).text

    return got


def upload(visitor: Visitor, path: str, data: bytes) -> TestResponse:
    return visitor.client.post(
        f"{path}/logo",
        base_url=APP_URL,
        headers={"Origin": APP_URL, "Accept": "text/html"},
        data={"csrf": visitor.csrf, "logo": (io.BytesIO(data), "x.html", "text/html")},
    )


def test_the_brand_is_kept_and_wrong_values_stand_at_their_field(
    database: Database, org: Org, path: str, signed_in: SignedIn
) -> None:
    admin = signed_in(Role.ORG_ADMIN)
    for name, text in [
        ("brand_color", "red"), ("website", "acme"), ("consent_text", "x" * 301),
    ]:  # fmt: skip
        refused = admin.post(f"{path}/brand", **BRAND | {name: text})
        assert refused.status_code == 422
        assert f'id="error-{name}"' in refused.text
        assert text in refused.text
        assert 'value="Acme"' in refused.text
    assert admin.post(f"{path}/brand", **BRAND).status_code == 303
    with database.reading(org.id) as session:
        chosen = settings.read(session)
    assert (chosen.company_name, chosen.brand_color) == ("Acme", "#123456")


def test_the_notice_counts_at_once_as_plain_words(
    path: str, page: Callable[[], str], make: Make, signed_in: SignedIn
) -> None:
    """X13: at the top and at the contact form."""
    make()
    assert "can see when this page is opened" in page()
    notice = "We see what you read. <b>Ask us</b> 100%"
    admin = signed_in(Role.ORG_ADMIN)
    assert admin.post(f"{path}/brand", **BRAND | {"consent_text": notice}).status_code == 303
    assert page().count(str(html.escape(notice))) == 2
    assert "Don’t track me" in page()


def test_a_logo_is_shown_on_the_pages_host_as_an_image_and_nothing_else(
    app: Flask, path: str, page: Callable[[], str], make: Make, signed_in: SignedIn
) -> None:
    """C3: whatever its sender called it; a new one has a new address, and the old one is gone."""
    make()
    admin, pages, addresses = signed_in(Role.ORG_ADMIN), app.test_client(), []
    for data, kind in [(PNG, "image/png"), (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image/jpeg")]:
        assert upload(admin, path, data).status_code == 303
        found = re.search(r'class="logo" src="([^"]+)"', page())
        assert found
        answer = pages.get(found[1], base_url=PAGES_URL)
        assert (answer.data, answer.mimetype) == (data, kind)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "immutable" in answer.headers["Cache-Control"]
        assert pages.get(found[1], base_url=APP_URL).status_code == 404
        assert f"data:{kind};base64," in admin.get(f"{path}/brand").text
        assert f"data:{kind};base64," in admin.get(f"{path}/template").text
        addresses.append(found[1])
    assert pages.get(addresses[0], base_url=PAGES_URL).status_code == 404
    admin.post(f"{path}/logo/remove")
    assert 'class="logo"' not in page()
    assert pages.get(addresses[1], base_url=PAGES_URL).status_code == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a file."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no PNG, JPEG or WebP"),
        (b"<html>", "no PNG, JPEG or WebP"),
        (PNG + b"\0" * MOST_BYTES, "100 KB is the most"),
    ],
)
def test_what_is_no_logo_is_said_at_the_field(
    path: str, signed_in: SignedIn, data: bytes, words: str
) -> None:
    admin = signed_in(Role.ORG_ADMIN)
    refused = upload(admin, path, data)
    assert refused.status_code == 422
    error = re.search(r'id="error-logo">([^<]+)<', refused.text)
    assert error
    assert words in error[1]
    assert 'img class="logo"' not in admin.get(f"{path}/brand").text
