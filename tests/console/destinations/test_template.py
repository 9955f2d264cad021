"""The template of new Destinations: written in a form, previewed, reset."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.console.destinations import typed
from app.console.permissions import Role
from app.crm.models import SObject
from app.db import Database
from app.destinations.models import Destination, Link
from app.destinations.schemas import RecordFacts
from app.destinations.template import blocks_of, default_template
from app.orgs.models import AuditEntry, Org
from app.orgs.settings import OrgSettings
from tests.console.conftest import Visitor
from tests.console.destinations.conftest import REP, Make
from tests.support.application import PAGES_URL

SignedIn = Callable[[Role], Visitor]


@pytest.fixture
def path(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/destinations/template"


@pytest.fixture
def fields() -> dict[str, str]:
    """The form as it is found."""
    return typed.fields_of(default_template())


def preview_in(page: str) -> str:
    found = re.search(r'srcdoc="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def page_of(app: Flask, database: Database, org: Org, title: str) -> str:
    """The public page of this title."""
    with database.reading(org.id) as session:
        token = session.scalars(
            select(Link.token)
            .join(Destination, Destination.id == Link.destination_id)
            .where(Destination.title == title)
        ).first()
    return app.test_client().get(f"/d/{token}", base_url=PAGES_URL).text


def test_the_form_gives_back_what_it_was_given(fields: dict[str, str]) -> None:
    """Nothing is lost between a template and its fields."""
    template = typed.template_of(fields)
    facts = RecordFacts(SObject.CONTACT, "", "Ada Lind", "Acme")
    assert typed.problems_of(fields) == {}
    assert typed.fields_of(template) == fields
    assert blocks_of(template, facts, REP, OrgSettings()) == blocks_of(
        default_template(), facts, REP, OrgSettings()
    )


def test_new_destinations_say_what_was_written_and_old_ones_stay(
    app: Flask,
    database: Database,
    org: Org,
    path: str,
    fields: dict[str, str],
    make: Make,
    signed_in: SignedIn,
) -> None:
    """X11: merge fields with a record's own words; a block that is left out; reset."""
    make(1, account="Before")
    admin = signed_in(Role.ORG_ADMIN)
    del fields["show-documents"]
    wanted = fields | {
        "headline": "Ideas for {{account|you}}",
        "text": "Hello from **{{rep}}** <script>alert(1)</script>",
        "link-2-label": "Prices",
        "link-2-url": "https://prices.example/list",
    }
    answer = admin.post(path, **wanted)
    assert answer.status_code == 303
    assert "made from now on" in admin.get(answer.location).text
    assert "Your own" in admin.get(path).text
    make(2, account="R&D <Ltd>")
    page = page_of(app, database, org, "Ideas for R&D <Ltd>")
    assert "<h1>Ideas for R&amp;D &lt;Ltd&gt;</h1>" in page
    assert "<strong>Grace Okafor</strong>" in page
    assert "<script>alert" not in page
    assert 'href="https://prices.example/list"' in page
    assert "/documents/1" not in page
    assert "/documents/1" in page_of(app, database, org, "Prepared for Before")
    admin.post(f"{path}/reset")
    assert "Your own" not in admin.get(path).text
    make(3, account="After")
    assert "/documents/1" in page_of(app, database, org, "Prepared for After")
    with database.reading(org.id) as session:
        tags = session.scalars(select(AuditEntry.tag)).all()
    assert tags.count("admin:template:change") == 2


def test_the_preview_is_the_public_page_without_rights(
    path: str, fields: dict[str, str], signed_in: SignedIn
) -> None:
    """What was typed, rendered by the server and kept nowhere; no script, no markup of theirs."""
    admin = signed_in(Role.ORG_ADMIN)
    wanted = fields | {"headline": 'For {{account}} "><script>x</script>'}
    shown = admin.post(f"{path}/preview", **wanted)
    assert shown.mimetype == "application/json"
    by_button = admin.post(path, **wanted, do="preview")
    assert by_button.status_code == 200
    frame = preview_in(by_button.text)
    for page in (shown.get_json()["html"], frame):
        assert "<h1>For Acme &#34;&gt;&lt;script&gt;" in page
        assert "<script" not in page
        assert "<style" not in page
    assert '<iframe id="preview" sandbox title=' in by_button.text
    assert "Prepared for Acme" in preview_in(admin.get(path).text)
    style = re.search(r'rel="stylesheet" href="([^"]+)"', frame)
    assert style
    sheet = admin.get(style[1])
    assert (sheet.status_code, sheet.mimetype) == (200, "text/css")
    assert sheet.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert admin.get("/console/page-style/red.css").status_code == 404


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    path: str, fields: dict[str, str], signed_in: SignedIn
) -> None:
    """Forms keep what was typed; nothing is saved."""
    admin = signed_in(Role.ORG_ADMIN)
    for name, text, words in [
        ("headline", "", "Write a headline"),
        ("headline", "For {{acount}}", "There is no merge field acount"),
        ("greeting", "Hello {{Account}}", "A merge field is written"),
        ("greeting", "x" * 601, "At most 600 characters"),
        ("link-0-url", "javascript:alert(1)", "Write an address such as"),
        ("call_url", "//elsewhere.example", "Write an address such as"),
        ("link-2-label", "Prices", "Write where it leads"),
        ("document-2-markdown", "Words", "Write its name"),
    ]:
        answer = admin.post(path, **fields | {name: text})
        assert answer.status_code == 422, name
        found = re.search(r'class="error" id="error-([^"]+)">([^<]+)<', answer.text)
        assert found, name
        assert words in html.unescape(found[2])
        assert html.escape(text, quote=True) in answer.text
        assert fields["text"].split()[-1] in answer.text
    assert "Your own" not in admin.get(path).text


def test_another_orgs_template_stays_its_own(
    path: str, org: Org, other: Org, fields: dict[str, str], signed_in: SignedIn
) -> None:
    """Tenant isolation, and a role that may look but not write."""
    operator = signed_in(Role.OPERATOR)
    operator.post(path.replace(org.salesforce_id, other.salesforce_id), **fields)
    assert "Your own" not in operator.get(path).text
    viewer = signed_in(Role.VIEWER)
    assert ">Save</button>" not in viewer.get(path).text
    assert viewer.post(path, **fields).status_code == 403
