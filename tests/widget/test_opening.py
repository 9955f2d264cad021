"""Opening the widget: what a rep sees on each object (C2), in which headers, at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from app import create_app
from app.clock import utcnow
from app.config import Config
from app.db import Database
from app.engagement.models import Confidence
from app.orgs.models import Org, OrgUser
from tests.support.application import APP_URL
from tests.widget.conftest import Box, Widget, session_of, with_widget
from tests.widget.past import Past


@pytest.mark.parametrize("sobject", ["contact", "opportunity", "account", "lead"])
@pytest.mark.parametrize("variant", ["aura", "visualforce"])
def test_each_record_page_shows_its_record(
    widget: Widget, box: Box, sobject: str, variant: str
) -> None:
    """C2: by the parameters of the Aura container, by the record of Visualforce."""
    frame = widget.open("rep", box.main[sobject], variant=variant)

    assert f"<h1>{box.name_of(box.main[sobject])}</h1>" in frame.html


def test_a_contact_shows_what_the_person_did_and_is_part_of(
    widget: Widget, box: Box, past: Past
) -> None:
    """C2, L13: history, memberships, opportunities."""
    contact = box.main["contact"]
    past.did(contact, "form_submitted", subject="Workshop wanted", days=1)
    past.did(
        contact,
        "email_clicked",
        subject="Offer",
        days=2,
        confidence=Confidence.LIKELY_SCANNER,
        confidence_reason="too_fast",
    )
    past.belongs(contact, workflow="Nurture utilities")

    html = widget.open("rep", contact).html

    assert "Workshop wanted" in html
    assert "Nurture utilities" in html
    assert box.name_of(box.main["opportunity"]) in html
    assert "Likely scanner" in html
    assert "Clicked faster than a person can read" in html
    assert "1 event in the last 30 days, most of them 1 day ago" in html


def test_an_opportunity_counts_only_since_its_creation(
    widget: Widget, box: Box, past: Past
) -> None:
    """E3: what a contact did before is not told on the opportunity."""
    opened = next(
        row["CreatedDate"]
        for row in box.records("Opportunity")
        if row["Id"] == box.main["opportunity"]
    )
    past.did(box.main["contact"], "page_visit", subject="Before the deal", before=opened)
    past.did(box.main["contact"], "page_visit", subject="During the deal", days=1)

    opportunity = widget.open("rep", box.main["opportunity"]).html
    contact = widget.open("rep", box.main["contact"]).html

    assert "During the deal" in opportunity
    assert "Before the deal" not in opportunity
    assert "Before the deal" in contact


def test_empty_states_say_what_to_do(widget: Widget, box: Box) -> None:
    """C2: nothing yet is no dead end."""
    html = widget.open("rep", box.main["lead"]).html

    assert "Engagement is matched by e-mail address" in html
    assert "Create Destination" in html
    assert "No engagement in the last 30 days" in html


def test_times_are_in_the_users_zone_and_locale(widget: Widget, box: Box, past: Past) -> None:
    """C2: the seeded rep works in Stockholm, the admin in Los Angeles."""
    past.did(box.main["contact"], "call", subject="Late call", at="2026-01-15T23:30:00+00:00")

    rep = widget.open("rep", box.main["contact"]).html
    admin = widget.open("admin", box.main["contact"]).html

    assert "Jan 16" in rep
    assert "Jan 15" in admin


def test_markup_in_names_subjects_and_addresses_is_text(
    widget: Widget, box: Box, past: Past
) -> None:
    """X2: whatever a prospect or another system writes runs nowhere."""
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    past.did(box.main["contact"], "call", subject=attack, url="javascript:alert(3)")
    past.belongs(box.main["contact"], workflow=attack)

    html = widget.open("rep", box.main["contact"]).html

    assert "<script>alert" not in html
    assert "<img" not in html
    assert "javascript:" not in html
    assert "&lt;img src=x" in html


def test_the_frame_may_be_shown_by_salesforce_and_loads_nothing_foreign(
    widget: Widget, box: Box
) -> None:
    """X1: no cookie, no storage, a policy without exceptions."""
    headers = widget.open().answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))

    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "https://*.force.com" in policy["frame-ancestors"].split()
    assert box.url in policy["frame-ancestors"].split()
    assert "X-Frame-Options" not in headers
    assert "Set-Cookie" not in headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "unsafe-none"


def test_no_page_holds_the_users_token(widget: Widget, box: Box) -> None:
    """X2: the access token lives in the request that brought it."""
    html = widget.open().html

    assert f"{box.org_id[:15]}!" not in html
    assert session_of(html)["client"]["targetOrigin"] == box.url
    assert "oauth" not in html.lower()


def test_the_orgs_own_script_is_loaded_only_by_choice(
    widget: Widget, config: Config, database: Database, box: Box
) -> None:
    """X1: behind a setting, and from the verified host alone."""
    app = with_widget(create_app(replace(config, canvas_sdk_from_org=True), database=database))
    answer = app.test_client().post(
        "/canvas", data={"signed_request": box.sign()}, base_url=APP_URL
    )

    assert f'<script src="{box.url}/canvas/sdk/js/' in answer.text
    assert f"script-src 'self' {box.url};" in answer.headers["Content-Security-Policy"]
    assert "/canvas/sdk/" not in widget.open().html


def test_a_visit_costs_two_counted_calls(widget: Widget, box: Box) -> None:
    """X14: one composite and one batch, whatever hangs on the record."""
    for sobject in ("contact", "opportunity"):
        box.post("usage/reset")
        widget.open("rep", box.main[sobject])
        assert box.usage()["counted_calls"] == 2


def test_opening_reads_little_and_writes_once(
    widget: Widget, box: Box, past: Past, database: Database
) -> None:
    """C2: at most 8 reads beside the one transaction that writes, however long the history."""
    past.did_often(box.main["contact"], 60)
    widget.open("rep", box.main["contact"]).post("/widget/destinations")

    with _transactions(database) as seen:
        widget.open("rep", box.main["contact"])

    writing = [statements for statements in seen if any(map(_writes, statements))]
    reads = [each for statements in seen if statements not in writing for each in statements]
    assert len(writing) == 1
    assert len(reads) <= 8, reads


def test_the_user_is_remembered_for_what_they_create(
    widget: Widget, box: Box, database: Database, org: Org
) -> None:
    """C3: the rep's name and zone stand on their Destinations."""
    widget.open("rep")

    with database.reading(org.id) as session:
        user = session.scalars(select(OrgUser)).one()
    assert (user.name, user.time_zone) == ("Rosa Lindqvist", "Europe/Stockholm")
    assert user.last_seen_at > utcnow() - timedelta(minutes=1)


def _writes(statement: str) -> bool:
    return statement.split(None, 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}


@contextmanager
def _transactions(database: Database) -> Iterator[list[list[str]]]:
    """Statements by transaction, without those that only frame it."""
    seen: list[list[str]] = []

    def begin(_connection: object) -> None:
        seen.append([])

    def execute(_c: object, _cursor: object, statement: str, *_: object) -> None:
        word = statement.split(None, 1)[0].upper()
        if word not in {"BEGIN", "PRAGMA"} and "set_config" not in statement:
            seen[-1].append(statement)

    event.listen(database.engine, "begin", begin)
    event.listen(database.engine, "before_cursor_execute", execute)
    try:
        yield seen
    finally:
        event.remove(database.engine, "begin", begin)
        event.remove(database.engine, "before_cursor_execute", execute)
