"""What strangers write in a Destination's form stands in the card, as text, with their address."""

from __future__ import annotations

import re

from sqlalchemy import select

from app.db import Database
from app.destinations.models import Link
from app.orgs.models import Org
from tests.support.application import PAGES_URL
from tests.widget.conftest import Box, Frame, Widget

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


def _write(frame: Frame, database: Database, org: Org, *, personal: bool, **typed: str) -> None:
    """Send the form of the only Destination."""
    with database.reading(org.id) as session:
        is_personal = Link.person_id.is_not(None)
        found = select(Link.token).where(is_personal if personal else ~is_personal)
        token = session.scalars(found).first()
    answer = frame.client.post(
        f"/d/{token}/form",
        data={"form_id": "a" * 24, **typed},
        base_url=PAGES_URL,
        headers={"User-Agent": PERSON},
    )
    assert answer.status_code == 303


def test_a_strangers_message_stands_with_the_destination(
    widget: Widget, database: Database, org: Org
) -> None:
    """L11, X13: after a refusal it is in nobody's timeline, and must not be lost."""
    frame = widget.open("rep")
    frame.post("/widget/destinations")
    before = frame.get("/widget/changes").headers["ETag"]
    typed = {"name": "<i>Noor</i>", "email": "noor@new.example", "message": "Hello\n<b>you</b>"}
    _write(frame, database, org, personal=True, refused="1", **typed)

    card = frame.get("/widget/card")

    assert card.headers["ETag"] != before
    (shown,) = re.findall(r"<figure>(.*?)</figure>", card.text)
    assert "&lt;i&gt;Noor&lt;/i&gt;, noor@new.example · Today" in shown
    assert "<blockquote>Hello &lt;b&gt;you&lt;/b&gt;</blockquote>" in shown
    assert "destination_visit" not in card.text


def test_a_message_through_a_link_that_was_passed_on_names_its_sender(
    widget: Widget, database: Database, org: Org
) -> None:
    """X11: the visit stays the person's, whose link it is; the rep can answer who wrote."""
    frame = widget.open("rep")
    frame.post("/widget/destinations")
    _write(frame, database, org, personal=True, email="noor@new.example", message="Hello")

    card = frame.get("/widget/card").text

    (shown,) = re.findall(r"<figure>(.*?)</figure>", card)
    assert "Message from noor@new.example" in shown
    assert "Destination visited" in card
    assert "without a record" not in card


def test_people_who_are_not_named_are_counted_under_the_heading(widget: Widget, box: Box) -> None:
    """X1: at the end, under “Show older”, nobody read it."""
    page = widget.open("partial", box.main["opportunity"]).html

    heading, told, rows = (
        page.index(text)
        for text in ('id="h-timeline"', "and 1 more person you can&#39;t see", '<ol class="rows"')
    )
    assert heading < told < rows
