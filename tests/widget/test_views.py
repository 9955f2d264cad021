"""The canvas parameter `view`: the same record, shown for another purpose."""

from __future__ import annotations

import re

import pytest

from app.db import Database
from app.orgs.features import Feature
from app.orgs.models import Org
from app.widget.views import View, view_named
from tests.widget.conftest import Box, Widget, switch
from tests.widget.past import Past


def parts_of(html: str) -> set[str]:
    return set(re.findall(r'data-part="([a-z]+)"', html))


@pytest.mark.parametrize("wish", [None, "", "CARD", "admin", 7, ["card"], {"view": "glance"}])
def test_an_unknown_view_is_the_card(wish: object) -> None:
    """The parameter is chosen by the browser: whatever it says, nothing breaks."""
    assert view_named(wish) is View.CARD


def test_a_made_up_view_shows_the_card(widget: Widget) -> None:
    frame = widget.open(view="<script>")
    assert parts_of(frame.html) == {"notice", "score", "destination", "memberships", "timeline"}
    assert "<script>" not in frame.session["urls"]["card"]


def test_the_quick_action_makes_nothing_before_the_click(
    widget: Widget, box: Box, org: Org
) -> None:
    """E6: a page with one button; the click makes it, and the same page shows the link."""
    frame = widget.open(view="new_destination")
    assert parts_of(frame.html) == {"notice", "destination"}
    assert "Create Destination" in frame.html
    again = widget.open(view="new_destination")
    assert "Create Destination" in again.html
    made = frame.post(frame.session["urls"]["destinations"])
    assert made.status_code == 201
    assert parts_of(made.text) == {"notice", "destination"}
    assert 'data-action="copy"' in made.text
    assert "Create Destination" not in widget.open(view="new_destination").html


def test_the_quick_action_says_when_it_is_not_switched_on(
    widget: Widget, database: Database, org: Org
) -> None:
    """E6: the entitlement is asked on each call."""
    switch(database, org, Feature.CREATE_DESTINATION, False)
    frame = widget.open(view="new_destination")
    assert "Not switched on" in frame.html
    assert "Create Destination" not in frame.html
    assert frame.post(frame.session["urls"]["destinations"]).status_code == 403


def test_the_glance_is_short_and_read_only(widget: Widget, box: Box, past: Past) -> None:
    """L10: score, what is pending, opportunities, the latest; and stays so when it changes."""
    contact = box.main["contact"]
    past.did_often(contact, 30)
    frame = widget.open(view="glance")
    fresh = frame.get(frame.session["urls"]["card"]).text
    for html in (frame.html, fresh):
        assert parts_of(html) == {"notice", "score", "memberships", "latest"}
        assert html.count("data-event=") == 6
        assert "<button" not in html.partition("<template")[0]
        assert "Opportunities" in html


def test_a_renewed_frame_keeps_its_view(widget: Widget, box: Box) -> None:
    frame = widget.open(view="glance")
    body = {"signed_request": box.sign(view="glance")}
    assert parts_of(frame.post("/widget/renew", body).get_json()["card"]) == parts_of(frame.html)
