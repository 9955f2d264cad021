"""X6: a rep asks why something is not in Salesforce, and learns no more than their card tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.clock import utcnow
from app.db import Database
from app.engagement.models import Event
from app.keys import Keyring
from app.orgs import settings
from app.orgs.features import Feature
from app.orgs.models import AuditEntry, Org
from app.outbox.models import ActivityObject, DeliveryState, OutboxRow
from app.salesforce.connect.connections import connect
from app.salesforce.models import Connection, ConnectionState
from app.salesforce.preflight.models import PreflightResult
from app.salesforce.preflight.result import Preflight
from canvas.ids import to_18
from tests.salesforce.test_budget import spend
from tests.widget.conftest import Box, Widget, switch
from tests.widget.past import Past

ORG_URL = "https://acme.my.salesforce.com"
SAID = "Private words of Salesforce's"
RULE = {
    "error_reason": "validation_rule",
    "error_code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "error_message": SAID,
}
Row = Callable[..., int]


@pytest.fixture
def _writes(database: Database, org: Org, keyring: Keyring) -> None:
    """Connected, and switched on."""
    switch(database, org, Feature.ACTIVITY_TO_SALESFORCE, True)
    with database.writing(org.id) as session:
        connect(
            session,
            keyring,
            instance_url=ORG_URL,
            client_id="id",
            client_secret="secret",
        )


@pytest.fixture
def row(database: Database, org: Org, past: Past) -> Row:
    """Makes an activity of something that a record's person did, in any state; its number."""

    def make(record: str, state: DeliveryState, subject: str, **more: Any) -> int:
        when = {name: more.pop(name) for name in ("days", "before") if name in more}
        past.did(record, "form_submitted", subject=subject, **when)
        with database.writing(org.id) as session:
            event = session.scalars(select(Event).where(Event.subject == subject)).one()
            made = OutboxRow(
                event_id=event.id, person_id=event.person_id, kind=event.kind, state=state, **more
            )
            session.add(made)
        return made.seq

    return make


def state_of(database: Database, org: Org, seq: int) -> DeliveryState:
    with database.reading(org.id) as session:
        return session.scalars(select(OutboxRow.state).where(OutboxRow.seq == seq)).one()


def test_the_question_stands_below_the_card_and_takes_a_bearer(widget: Widget) -> None:
    """X1, X6: no cookie; nobody else gets an answer; a glance does not ask."""
    frame = widget.open()
    assert "Why is this not in Salesforce?" in frame.html
    glance = widget.open(view="glance")
    assert "Why is this not in Salesforce?" not in glance.html
    frame.bearer = "nobody's"
    assert (
        frame.get("/widget/why").status_code == frame.post("/widget/why/retry").status_code == 401
    )


def test_what_keeps_the_org_from_writing_comes_first_with_a_text_for_the_admin(
    widget: Widget, box: Box, database: Database, org: Org, keyring: Keyring, row: Row
) -> None:
    """X6: in a rep's words, who can help, what to send them; no page that a rep cannot open."""
    contact = box.main["contact"]
    row(contact, DeliveryState.PENDING, "Asked for a call")
    frame = widget.open("rep", contact)
    text = frame.get("/widget/why").text
    assert "Writing to Salesforce is switched off" in text
    assert f"Paste {contact} in the app Inlay" in text
    switch(database, org, Feature.ACTIVITY_TO_SALESFORCE, True)
    assert "Not connected yet" in frame.get("/widget/why").text
    with database.writing(org.id) as session:
        connect(session, keyring, instance_url=ORG_URL, client_id="id", client_secret="secret")
        session.execute(update(Connection).values(state=ConnectionState.RECONNECT_NEEDED))
    text = frame.get("/widget/why").text
    assert "The connection to Salesforce is lost" in text
    assert f"Paste {ORG_URL}/lightning/r/Contact/{contact}/view" in text
    assert ">Waiting</span>" in text, "nothing is sent within seconds while nothing is sent"
    assert "/console" not in text


@pytest.mark.usefixtures("_writes")
def test_each_thing_says_what_became_of_it(widget: Widget, box: Box, row: Row, past: Past) -> None:
    """X6, P8: every state in words; what was delivered opens in Salesforce."""
    contact, task = box.main["contact"], to_18("00T000000000001")
    sent = {"sobject": ActivityObject.TASK, "salesforce_id": task}
    for state in DeliveryState:
        more = sent if state is DeliveryState.DELIVERED else {}
        row(contact, state, f"Thing {state.value}", **more)
    past.did(contact, "page_visit", subject="Prices")
    text = widget.open("rep", contact).get("/widget/why").text
    for state in DeliveryState:
        assert f"Thing {state.value}" in text
    assert f'href="{ORG_URL}/lightning/r/Task/{task}/view"' in text
    assert "“Page visited” is off for this org" in text


@pytest.mark.usefixtures("_writes")
def test_only_whom_the_card_names_is_told_of(
    widget: Widget, box: Box, past: Past, row: Row, database: Database, org: Org
) -> None:
    """X2, E3: no hidden people, nothing before the opportunity, no words of Salesforce's."""
    deal, hidden = box.main["opportunity"], box.main["partial_hidden_contact"]
    created = next(r["CreatedDate"] for r in box.records("Opportunity") if r["Id"] == deal)
    seq = row(hidden, DeliveryState.PARKED, "Of the hidden one", **RULE)
    seeing, partial = widget.open("rep", deal), widget.open("partial", deal)
    assert "Of the hidden one" in seeing.get("/widget/why").text
    text = partial.get("/widget/why").text
    assert "Of the hidden one" not in text
    assert box.name_of(hidden) not in text
    assert "Nothing happened yet" in text
    assert "There is nothing to try again" in partial.post("/widget/why/retry").text
    assert state_of(database, org, seq) is DeliveryState.PARKED
    row(hidden, DeliveryState.PARKED, "Long ago", before=created, **RULE)
    told = seeing.get("/widget/why").text
    assert "Long ago" not in told
    assert "A validation rule of your company" in told
    assert SAID not in told


@pytest.mark.usefixtures("_writes")
def test_a_rep_tries_again_what_was_surely_refused_and_no_more(
    widget: Widget, box: Box, row: Row, database: Database, org: Org
) -> None:
    """X6: of the card's people alone, audited; what nobody is sure of is for an admin."""
    contact, other = box.main["contact"], box.main["lead"]
    mine = row(contact, DeliveryState.PARKED, "Mine", **RULE)
    unsure = row(contact, DeliveryState.PARKED, "Unsure", is_unsure=True, error_reason="unsure")
    dropped = row(contact, DeliveryState.DROPPED, "Dropped")
    theirs = row(other, DeliveryState.PARKED, "Theirs", **RULE)
    frame = widget.open("rep", contact)
    assert "Try 1 activity again" in frame.get("/widget/why").text
    answer = frame.post("/widget/why/retry")
    assert "1 activity is sent again" in answer.text
    states = [state_of(database, org, seq) for seq in (mine, unsure, dropped, theirs)]
    parked = DeliveryState.PARKED
    assert states == [DeliveryState.PENDING, parked, DeliveryState.DROPPED, parked]
    with database.reading(org.id) as session:
        wanted = AuditEntry.tag == "rep:delivery:retry"
        (entry,) = session.scalars(select(AuditEntry).where(wanted)).all()
    assert (entry.detail["number"], entry.detail["record"]) == (1, contact)
    assert entry.actor.startswith("005")


@pytest.mark.usefixtures("_writes")
def test_a_right_that_is_back_is_said_in_a_rep_s_words(
    widget: Widget, box: Box, row: Row, database: Database, org: Org
) -> None:
    """X6, P8: what was refused says when, and that nobody tried since."""
    contact = box.main["contact"]
    tried = {"error_reason": "right_missing", "error_message": SAID, "leased_at": utcnow()}
    row(contact, DeliveryState.PARKED, "Mine", **tried)
    frame = widget.open("rep", contact)
    text = frame.get("/widget/why").text
    for words in ("Salesforce refuses 1 activity", "Last tried: ", "next try has not"):
        assert words in text
    found = Preflight(utcnow() + timedelta(seconds=1))
    kept = {"verdict": found.verdict, "lacks": 0, "calls": 1, "result": found.as_json()}
    with database.writing(org.id) as session:
        session.add(PreflightResult(**kept, ran_at=found.ran_at, changed_at=found.ran_at))
    text = frame.get("/widget/why").text
    assert "Salesforce refuses" not in text
    assert text.count("1 activity can be tried again") == 2, "on the page, and said aloud"
    assert "A right was missing in Salesforce; it is there now. Last tried: " in text
    assert "Try 1 activity again" in text
    assert SAID not in text


@pytest.mark.usefixtures("_writes")
def test_nobody_s_clicks_spend_what_is_left_of_the_org_s_calls(
    widget: Widget, box: Box, row: Row, database: Database, org: Org
) -> None:
    """X14: a rep's try is optional: it ends with four fifths of the budget, as all that is."""
    contact = box.main["contact"]
    seq = row(contact, DeliveryState.PARKED, "Mine", **RULE)
    frame = widget.open("rep", contact)
    assert "Try 1 activity again" in frame.get("/widget/why").text
    with database.system_writing() as session:
        settings.write(session, session.get_one(Org, org.id), api_budget=100)
    spend(database, org, 3, 80, "delivery")
    assert "Try 1 activity again" not in frame.get("/widget/why").text
    frame.post("/widget/why/retry")
    assert state_of(database, org, seq) is DeliveryState.PARKED


@pytest.mark.usefixtures("_writes", "one_minute")
def test_clicks_are_counted(widget: Widget) -> None:
    """X14: each may cost a call of the org's."""
    frame = widget.open()
    statuses = [frame.post("/widget/why/retry").status_code for _ in range(8)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
