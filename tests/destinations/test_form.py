"""The contact form: every message reaches the rep once, robots are thanked and forgotten."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.crm.models import Person
from app.crm.service import link, person_for
from app.db import Database
from app.destinations.queries import for_record
from app.engagement.models import Event, Visit
from tests.destinations.conftest import Recorder, Shared
from tests.destinations.test_beacons import LOAD, beacon, tell, view_of, visits_of

FORM = {"name": "Cleo Marsh", "email": " Cleo@Acme.example ", "message": "When can we talk?\r\nC."}


def send(pages: FlaskClient, token: str, part: bool = False, **changes: str) -> TestResponse:
    headers = {"X-Inlay-Part": "form"} if part else {}
    fields = {"form_id": "a" * 24, **FORM, **changes}
    return pages.post(f"/d/{token}/form", data=fields, headers=headers)


def test_without_a_script_it_is_a_visit_of_its_own(
    pages: FlaskClient, database: Database, shared: Shared, recorder: Recorder
) -> None:
    answer = send(pages, shared.ada)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"/d/{shared.ada}?sent=")
    thanks = pages.get(answer.headers["Location"]).get_data(as_text=True)
    assert "your message has arrived" in thanks
    (visit,) = visits_of(database, shared)
    assert visit.form == {
        "name": "Cleo Marsh",
        "email": "cleo@acme.example",
        "message": "When can we talk?\nC.",
    }
    assert visit.person_id == shared.ada_id
    (told,) = recorder.events
    with database.reading(shared.org_id) as session:
        head = session.scalars(select(Event).where(Event.id == told.id)).one()
    assert head.properties["form"]["message"] == "When can we talk?\nC."


def test_the_message_is_kept_with_its_step(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    send(pages, shared.ada)
    with database.reading(shared.org_id) as session:
        step = session.scalars(select(Event).where(Event.kind == "form_sent")).one()
    assert step.folded
    assert step.properties["message"] == "When can we talk?\nC."


def test_sent_twice_it_is_one_message(
    pages: FlaskClient, database: Database, shared: Shared, recorder: Recorder
) -> None:
    """A second click on the button."""
    for _ in range(2):
        assert send(pages, shared.ada).status_code == 303
    assert len(visits_of(database, shared)) == 1
    assert len(recorder.events) == 1


def test_with_a_script_it_is_a_step_of_the_visit(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    tell(pages, shared.ada, beacon())
    answer = send(pages, shared.ada, part=True, load=LOAD)
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).startswith('<section class="card form" id="contact"')
    (visit,) = visits_of(database, shared)
    assert (visit.form_sent, visit.ended_at) == (True, None)
    assert view_of(database, shared).views == 1


def test_through_the_general_link_the_sender_becomes_known(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X13: the form says so above its button."""
    tell(pages, shared.general, beacon())
    assert "tells Northwind who you are" in pages.get(f"/d/{shared.general}").get_data(as_text=True)
    send(pages, shared.general, part=True, load=LOAD)
    (visit,) = visits_of(database, shared)
    with database.reading(shared.org_id) as session:
        cleo = session.scalars(select(Person).where(Person.email == "cleo@acme.example")).one()
    assert cleo.name == "Cleo Marsh"
    assert visit.person_id == cleo.id
    view = view_of(database, shared)
    assert (view.views, view.viewers, view.anonymous_views) == (1, [cleo.id], 0)


def test_a_forwarded_link_stays_its_persons(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X11: what somebody else writes through Ada's link is told with their own address."""
    send(pages, shared.ada)
    with database.reading(shared.org_id) as session:
        assert session.scalars(select(Visit.person_id)).one() == shared.ada_id
        assert "cleo@acme.example" not in session.scalars(select(Person.email)).all()


@pytest.mark.parametrize("how", ["button", "signal"])
def test_after_a_refusal_the_visit_is_the_senders_and_not_the_links(
    pages: FlaskClient, database: Database, shared: Shared, how: str
) -> None:
    """X13: who does not want to be taken for Ada is who they say they are when they write."""
    tell(pages, shared.ada, beacon())
    pages.post(f"/d/{shared.ada}/refusal", json={"load": LOAD})
    if how == "signal":
        pages.environ_base["HTTP_SEC_GPC"] = "1"
    send(pages, shared.ada, load=LOAD, refused="1" if how == "button" else "")
    refused, written = visits_of(database, shared)
    with database.reading(shared.org_id) as session:
        cleo = session.scalars(select(Person).where(Person.email == "cleo@acme.example")).one()
    assert (refused.person_id, refused.form) == (None, {})
    assert written.person_id == cleo.id
    assert written.form["name"] == "Cleo Marsh"
    assert view_of(database, shared).viewers == [cleo.id]


def test_who_refused_and_writes_with_the_links_own_address_is_its_person(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X13: the note under the form says so."""
    send(pages, shared.ada, refused="1", email="ada@acme.example")
    (visit,) = visits_of(database, shared)
    assert visit.person_id == shared.ada_id


def test_a_refusal_outlives_a_form_that_needs_another_look(
    pages: FlaskClient, shared: Shared
) -> None:
    """X13: without a script's help the form comes back on a page of its own."""
    page = send(pages, shared.ada, refused="1", email="").get_data(as_text=True)
    assert '<input type="hidden" name="refused" value="1">' in page


@pytest.mark.parametrize("how", ["stranger", "after the fact", "contact", "named"])
def test_a_message_that_is_in_nobodys_timeline_stands_with_the_destination(
    pages: FlaskClient, database: Database, shared: Shared, how: str
) -> None:
    """L11, X2: of those with a record, whoever may see the record sees the message there."""
    if how == "contact":
        with database.writing(shared.org_id) as session:
            person = person_for(session, email="cleo@acme.example")
            link(session, person.id, "003000000000009AAA")
    if how == "after the fact":
        tell(pages, shared.ada, beacon())
        send(pages, shared.ada, load=LOAD)
        pages.post(f"/d/{shared.ada}/refusal", json={"load": LOAD})
    else:
        send(pages, shared.ada if how == "named" else shared.general)
    with database.reading(shared.org_id) as session:
        view = for_record(session, shared.record.id, named=[shared.ada_id, shared.ben_id])
    assert view is not None
    shown = [(one.form["name"], one.form["message"]) for one in view.messages]
    expected = [("Cleo Marsh", "When can we talk?\nC.")]
    assert shown == (expected if how in ("stranger", "after the fact") else [])


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"email": ""}, "email", "Please fill in your e-mail address"),
        ({"email": "cleo"}, "email", "does not look like an e-mail address"),
        ({"email": "a@b@c.example"}, "email", "does not look like an e-mail address"),
        ({"message": "  "}, "message", "Please write a message"),
        ({"message": "x" * 4001}, "message", "shorten the message"),
        ({"name": "x" * 121}, "name", "shorten the name"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    pages: FlaskClient,
    database: Database,
    shared: Shared,
    changes: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    part = send(pages, shared.ada, part=True, **changes).get_data(as_text=True)
    answer = send(pages, shared.ada, **changes)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert part.startswith("<section")
    assert part.strip() in page
    (wrong,) = re.findall(r'<p class="error" id="e-(\w+)">([^<]*)', page)
    assert wrong[0] == field
    assert sentence in wrong[1]
    assert f'aria-describedby="e-{field}"' in page
    for name in FORM.keys() - {field} - changes.keys():
        assert FORM[name].strip().split("\r")[0] in page
    assert visits_of(database, shared) == []


def test_typed_text_is_shown_again_as_text(pages: FlaskClient, shared: Shared) -> None:
    attack = '"></textarea><script>alert(1)</script>'
    page = send(pages, shared.ada, part=True, email=attack, name=attack, message=attack)
    assert "<script" not in page.get_data(as_text=True)


def test_a_robot_that_fills_in_everything_is_thanked_and_forgotten(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    answer = send(pages, shared.ada, part=True, company_website="https://spam.example")
    assert "your message has arrived" in answer.get_data(as_text=True)
    assert visits_of(database, shared) == []


def test_signs_that_nobody_types_are_left_out(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    send(pages, shared.ada, message="a\x00b\x07c\nd", name="N\x00o")
    (visit,) = visits_of(database, shared)
    assert visit.form["message"] == "abc\nd"
    assert visit.form["name"] == "No"


def test_made_up_ids_are_replaced(pages: FlaskClient, database: Database, shared: Shared) -> None:
    send(pages, shared.ada, form_id="../../x", load="' OR 1=1 --")
    (visit,) = visits_of(database, shared)
    assert re.fullmatch(r"form-[0-9a-f]{24}", visit.visitor)


@pytest.mark.usefixtures("one_minute")
def test_more_than_ten_in_a_minute_are_too_many(pages: FlaskClient, shared: Shared) -> None:
    answers = [send(pages, shared.ada, email="").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_a_form_of_a_closed_link_goes_nowhere(pages: FlaskClient, shared: Shared) -> None:
    answer = send(pages, "abcdefghijklmnopqrstuv")
    assert answer.status_code == 404
    assert b"Acme" not in answer.data
