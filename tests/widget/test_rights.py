"""A rep sees what their own Salesforce rights let them (X2); tests ask devorg's own rights."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.widget.conftest import Box, Frame, Widget
from tests.widget.past import Past


@pytest.fixture
def hidden(box: Box) -> str:
    """The contact of the main opportunity that `partial` may not see."""
    contact: str = box.main["partial_hidden_contact"]
    assert not box.can_see("partial", contact)
    assert box.can_see("partial", box.main["opportunity"])
    return contact


def everything(frame: Frame) -> str:
    """All that the frame is told: page, bearer (decoded), and each of its calls."""
    parts = [frame.html, str(frame.session), *map(_opened, frame.bearer.split("~"))]
    for path in ("/widget/card", "/widget/timeline", "/widget/changes"):
        answer = frame.get(path)
        assert answer.status_code == 200
        parts += [answer.text, str(answer.headers)]
    parts.append(frame.post("/widget/destinations").text)
    return "\n".join(parts)


def _opened(token: str) -> str:
    payload = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return json.dumps(decoded, ensure_ascii=False)


def test_a_hidden_contact_is_counted_and_not_named(
    widget: Widget, box: Box, past: Past, hidden: str
) -> None:
    """X2: name, address, id and events of a hidden contact reach no part of the frame."""
    past.did(hidden, "call", subject="A talk of theirs")
    past.belongs(hidden, workflow="A workflow of theirs")
    row = next(row for row in box.records("Contact") if row["Id"] == hidden)

    told = everything(widget.open("partial", box.main["opportunity"]))

    assert "and 1 more person you can&#39;t see in Salesforce" in told
    for secret in (row["Name"], row["LastName"], row["Email"], hidden, hidden[:15], "of theirs"):
        assert secret not in told


def test_who_may_see_the_contact_is_told_of_it(
    widget: Widget, box: Box, past: Past, hidden: str
) -> None:
    """X2: the counterpart, so that the test above proves something."""
    past.did(hidden, "call", subject="A talk of theirs")

    told = everything(widget.open("rep", box.main["opportunity"]))

    assert box.name_of(hidden) in told
    assert "A talk of theirs" in told
    assert "you can&#39;t see" not in told


def test_a_destination_made_by_another_names_nobody_hidden(
    widget: Widget, box: Box, hidden: str
) -> None:
    """X2, X11: links for hidden people are not given out."""
    made = widget.open("rep", box.main["opportunity"]).post("/widget/destinations").text
    assert box.name_of(hidden) in made

    told = everything(widget.open("partial", box.main["opportunity"]))

    assert box.name_of(hidden) not in told
    assert made.count('class="copy"') == told.count('class="copy"') // 3 + 1


def test_a_hidden_opportunity_is_counted_and_not_named(widget: Widget, box: Box) -> None:
    """X2: the reverse: the contact is seen, its opportunity not; the mirror knows of it."""
    opportunity = box.main["opportunity"]
    assert not box.can_see("reverse", opportunity)
    widget.open("rep", opportunity)  # so the mirror learns of the roles

    told = everything(widget.open("reverse", box.main["contact"]))

    assert "1 you can&#39;t see" in told
    assert box.name_of(opportunity) not in told
    assert opportunity[:15] not in told


def test_the_hidden_opportunity_itself_does_not_open(widget: Widget, box: Box) -> None:
    """X2: the page is chosen by the browser, the right is not."""
    answer = widget.post(box.sign("reverse", box.main["opportunity"]))

    assert answer.status_code == 403
    assert box.name_of(box.main["opportunity"]) not in answer.text


def test_a_hidden_account_is_not_named(widget: Widget, box: Box) -> None:
    """X2: the name of the account is read as a record of its own."""
    box.hide("rep", box.main["account"])

    told = everything(widget.open("rep", box.main["contact"]))

    assert box.name_of(box.main["account"]) not in told.replace(
        box.name_of(box.main["opportunity"]), ""
    ).replace("Brightwater Energy - Pilot region west", "")


def test_a_hidden_field_is_left_out(widget: Widget, box: Box) -> None:
    """X2: field-level security counts too."""
    row = next(row for row in box.records("Contact") if row["Id"] == box.main["contact"])
    assert row["Title"] in widget.open("rep").html

    box.post("access", user="rep", field="Contact.Title", visible=False)

    assert row["Title"] not in widget.open("rep").html


def test_rights_that_end_end_at_the_next_proof(widget: Widget, box: Box) -> None:
    """X2: what was open stays until the bearer ends, then the record is gone."""
    frame = widget.open("rep")
    box.hide("rep", box.main["contact"])

    answer = frame.post("/widget/renew", {"signed_request": box.sign("rep")})

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["reason"] == "no_access"
    assert box.name_of(box.main["contact"]) not in answer.text
