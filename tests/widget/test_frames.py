"""The open frame: its bearer, its renewal, its question for changes, its timeline (X1, X2)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import requests
import time_machine
from flask import Flask
from sqlalchemy import update

from app.clock import utcnow
from app.config import Config
from app.db import Database
from app.engagement.models import Confidence
from app.orgs import features, kill_switches, service
from app.orgs.catalogue import KillSwitch
from app.orgs.features import Feature
from app.orgs.models import Org, OrgFeature, OrgState
from tests.support.application import APP_URL, make_org
from tests.widget.conftest import Box, Widget, hurry, set_state, switch
from tests.widget.past import Past

CALLS = ["/widget/changes", "/widget/card", "/widget/timeline"]


def reason_of(answer: object) -> str:
    body = getattr(answer, "json")  # noqa: B009  # of werkzeug's test answer
    return str(body["reason"])


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({}, "bearer_missing"),
        ({"Authorization": "Basic abc"}, "bearer_missing"),
        ({"Authorization": "Bearer abc"}, "bearer_invalid"),
        ({"Authorization": "Bearer a.b.c~d.e.f"}, "bearer_invalid"),
    ],
)
def test_without_a_bearer_of_ours_there_is_nothing(
    widget: Widget, path: str, header: dict[str, str], reason: str
) -> None:
    """X1: the bearer is the only thing that counts, and it is signed."""
    answer = widget.client.get(path, headers=header, base_url=APP_URL)

    assert (answer.status_code, reason_of(answer)) == (401, reason)


def test_parts_of_two_bearers_do_not_fit_together(widget: Widget, box: Box) -> None:
    """X2: names of one record cannot be carried to another."""
    one, other = widget.open("rep", box.main["contact"]), widget.open("rep", box.main["lead"])
    one.bearer = one.bearer.split("~")[0] + "~" + other.bearer.split("~")[1]

    assert reason_of(one.get("/widget/card")) == "bearer_invalid"
    one.bearer = one.bearer.split("~")[0]
    assert reason_of(one.get("/widget/card")) == "bearer_invalid"


@pytest.mark.parametrize("path", CALLS)
def test_a_bearer_ends(widget: Widget, config: Config, path: str) -> None:
    """X1: rights are proven for ten minutes, not longer."""
    frame = widget.open()
    assert frame.get(path).status_code == 200

    with time_machine.travel(utcnow() + timedelta(seconds=config.bearer_seconds + 1)):
        assert reason_of(frame.get(path)) == "bearer_expired"


@pytest.mark.parametrize("path", CALLS)
def test_suspending_an_org_closes_its_open_frames(
    widget: Widget, database: Database, org: Org, path: str
) -> None:
    """C6: the org's state is read on each call."""
    frame = widget.open()
    set_state(database, org, OrgState.SUSPENDED)

    answer = frame.get(path)

    assert (answer.status_code, reason_of(answer)) == (403, "org_suspended")


def test_switching_the_widget_off_is_heard_of_and_closes_it(
    widget: Widget, database: Database, org: Org
) -> None:
    """C6: the question for changes answers anew, and the card is refused."""
    frame = widget.open()
    switch(database, org, Feature.WIDGET, False)

    changed = frame.get("/widget/changes", **{"If-None-Match": frame.session["version"]})

    assert changed.status_code == 200
    assert reason_of(frame.get("/widget/card")) == "feature_off"


def test_changes_answer_304_until_something_changes(widget: Widget, box: Box, past: Past) -> None:
    """C2: a new event is heard of; then the card's own ETag is the one to ask with."""
    past.did(box.main["contact"], "call", days=2)
    frame = widget.open()
    etag = frame.session["version"]
    assert frame.get("/widget/changes", **{"If-None-Match": etag}).status_code == 304

    past.did(box.main["contact"], "email_replied", subject="Fresh answer")
    assert frame.get("/widget/changes", **{"If-None-Match": etag}).status_code == 200
    card = frame.get("/widget/card")

    assert "Fresh answer" in card.text
    again = frame.get("/widget/changes", **{"If-None-Match": card.headers["ETag"]})
    assert again.status_code == 304


def test_changes_of_hidden_people_are_not_heard_of(widget: Widget, box: Box, past: Past) -> None:
    """X2: not even that something happened."""
    hidden = box.main["partial_hidden_contact"]
    past.did(hidden, "call", days=2)
    frame = widget.open("partial", box.main["opportunity"])

    past.did(hidden, "email_replied")

    changes = frame.get("/widget/changes", **{"If-None-Match": frame.session["version"]})
    assert changes.status_code == 304


def test_older_pages_follow_without_gap_or_repeat(widget: Widget, box: Box, past: Past) -> None:
    """C2: newest first, page by page, until nothing is left."""
    past.did_often(box.main["contact"], 45)
    frame = widget.open("rep", box.main["contact"])
    html, subjects = frame.html, _subjects(frame.html)

    while before := re.search(r'data-before="([\w-]+)"', html):
        html = frame.get(f"/widget/timeline?before={before[1]}").text
        subjects += _subjects(html)

    assert subjects == [f"Page {number}." for number in range(1, 46)]


def test_the_timeline_is_filtered_by_kind(widget: Widget, box: Box, past: Past) -> None:
    """C2: and each kind that occurred can be chosen."""
    past.did(box.main["contact"], "call", subject="A talk")
    past.did(box.main["contact"], "meeting", subject="A workshop")
    frame = widget.open()

    calls = frame.get("/widget/timeline?kind=call").text
    card = frame.get("/widget/card?kind=call").text

    assert "A talk" in calls
    assert "A workshop" not in calls
    assert '<option value="call" selected>Call</option>' in card
    assert '<option value="meeting">Meeting</option>' in frame.html
    assert "Nothing of this kind" in frame.get("/widget/timeline?kind=email_sent").text


@pytest.mark.parametrize("kind", ["%00", "a%20b", "%3Cscript%3E", "x" * 65, "call%0A"])
def test_what_is_no_kind_is_everything(widget: Widget, box: Box, past: Past, kind: str) -> None:
    """C2: PostgreSQL takes no U+0000, and a choice that nobody has is none."""
    past.did(box.main["contact"], "call", days=1)
    frame = widget.open()
    for path in ("timeline", "card"):
        answer = frame.get(f"/widget/{path}?kind={kind}")
        assert answer.status_code == 200
        assert 'data-kind=""' in answer.text


def test_a_made_up_cursor_is_refused(widget: Widget) -> None:
    """C2: with a reason, not a crash."""
    answer = widget.open().get("/widget/timeline?before=whatever")

    assert (answer.status_code, reason_of(answer)) == (400, "bad_cursor")


def test_a_frame_renews_its_bearer_and_goes_on(
    widget: Widget, box: Box, past: Past, config: Config
) -> None:
    """X1: also after the bearer ended; what happened meanwhile comes along."""
    frame = widget.open()
    past.did(box.main["contact"], "call", subject="Meanwhile")

    with time_machine.travel(utcnow() + timedelta(seconds=config.bearer_seconds + 60)):
        answer = frame.post("/widget/renew", {"signed_request": box.sign()})
        assert answer.status_code == 200
        assert answer.json is not None
        frame.bearer = answer.json["bearer"]
        assert "Meanwhile" in answer.json["card"]
        assert frame.get("/widget/card").status_code == 200


@pytest.mark.parametrize(
    ("user", "record", "reason"),
    [("admin", "contact", "other_user"), ("rep", "lead", "other_record")],
)
def test_a_frame_is_renewed_by_its_own_user_and_record_only(
    widget: Widget, box: Box, user: str, record: str, reason: str
) -> None:
    """X1: the parent's answer is believed no more than any other message."""
    frame = widget.open()

    answer = frame.post("/widget/renew", {"signed_request": box.sign(user, box.main[record])})

    assert (answer.status_code, reason_of(answer)) == (403, reason)


def test_a_frame_is_not_renewed_by_another_org(
    widget: Widget, box: Box, database: Database
) -> None:
    """X1: a genuine request of another tenant does not renew."""
    from tests.widget.test_refusals import SECRET, changed

    other = make_org(database, "00D5e000000OTHEEA4", "Other").salesforce_id
    frame = widget.open()
    text = changed(
        box.sign(),
        lambda e: e["context"]["organization"].update(organizationId=other),
        SECRET,
    )

    answer = frame.post("/widget/renew", {"signed_request": text})

    assert (answer.status_code, reason_of(answer)) == (403, "other_org")


@pytest.mark.parametrize("body", [None, [], {}, {"signed_request": 3}, {"signed_request": ""}])
def test_a_renewal_without_a_request_is_refused(widget: Widget, body: object) -> None:
    """X1: whatever is sent."""
    answer = widget.open().post("/widget/renew", body)

    assert (answer.status_code, reason_of(answer)) == (400, "missing")


def test_when_salesforce_is_slow_the_card_stays_while_the_rights_last(
    widget: Widget, box: Box
) -> None:
    """X2: renewal waits; what was proven can be read on."""
    frame = widget.open()
    text = box.sign()
    hurry(widget.client.application)
    box.post("faults", kind="hang", match="/services/data", seconds=200)
    try:
        answer = frame.post("/widget/renew", {"signed_request": text})
    finally:
        requests.delete(f"{box.url}/_devorg/faults", timeout=60)

    assert (answer.status_code, reason_of(answer)) == (503, "salesforce_slow")
    assert int(answer.headers["Retry-After"]) > 0
    assert frame.get("/widget/card").status_code == 200


def test_one_click_makes_one_destination(widget: Widget, box: Box) -> None:
    """C3, X11: a second click, and a second rep, open the same one."""
    frame = widget.open("rep", box.main["contact"])
    first = frame.post("/widget/destinations")
    second = frame.post("/widget/destinations")
    other = widget.open("admin", box.main["contact"])

    assert (first.status_code, second.status_code) == (201, 200)
    assert _links(first.text) == _links(second.text) == _links(other.html)
    assert len(_links(first.text)) == 2
    assert 'data-action="create"' not in first.text


def test_loading_creates_nothing(widget: Widget, box: Box) -> None:
    """C3: Salesforce may post again and again."""
    for _ in range(2):
        assert not _links(widget.open("rep", box.main["contact"]).html)


def test_an_opportunity_gets_a_link_per_person(widget: Widget, box: Box) -> None:
    """C3: so that each visit is somebody's."""
    frame = widget.open("rep", box.main["opportunity"])
    made = frame.post("/widget/destinations").text

    names = re.findall(r'<label for="link-\d+">(.*?)</label>', made)
    assert len(names) == 6
    assert box.name_of(box.main["contact"]) in names
    assert names[-1] == "Anybody else"


def test_without_the_entitlement_there_is_no_button_and_no_way(
    widget: Widget, database: Database, org: Org
) -> None:
    """E6: creating Destinations is bought apart; what exists stays visible."""
    made = _links(widget.open().post("/widget/destinations").text)
    switch(database, org, Feature.CREATE_DESTINATION, False)

    frame = widget.open("rep", widget.box.main["lead"])
    answer = frame.post("/widget/destinations")

    assert 'data-action="create"' not in frame.html
    assert (answer.status_code, reason_of(answer)) == (403, "feature_off")
    assert _links(widget.open().html) == made


def test_a_bearer_of_one_org_shows_nothing_of_another(
    widget: Widget, app: Flask, config: Config, box: Box
) -> None:
    """X2: a key of another installation signs nothing here."""
    frame = widget.open()
    app.extensions["inlay.keyring"] = type(app.extensions["inlay.keyring"])(("z" * 40,))

    assert reason_of(frame.get("/widget/card")) == "bearer_invalid"


def test_keys_may_be_rotated_under_an_open_frame(
    widget: Widget, app: Flask, config: Config
) -> None:
    """X1: the newest key signs, all of them verify."""
    frame = widget.open()
    keys = ("n" * 40, *config.secret_keys)
    app.extensions["inlay.config"] = replace(config, secret_keys=keys)
    app.extensions["inlay.keyring"] = type(app.extensions["inlay.keyring"])(keys)

    assert frame.get("/widget/card").status_code == 200
    assert widget.open().get("/widget/card").status_code == 200


def test_a_robot_is_called_one(widget: Widget, box: Box, past: Past) -> None:
    """X5: each event tells its confidence."""
    past.did(
        box.main["contact"],
        "email_clicked",
        confidence=Confidence.BOT,
        confidence_reason="user_agent",
    )
    card = widget.open().get("/widget/card").text

    assert '<span class="tag">Bot</span>' in card
    assert "The visitor says that it is a robot" in card


def _subjects(html: str) -> list[str]:
    return re.findall(r'<span class="subject">(.*?)</span>', html)


def _links(html: str) -> list[str]:
    return re.findall(r'<input id="link-\d+" value="(http://127.0.0.1:8000/d/\w+)"', html)


def test_a_kill_switch_is_heard_of_and_answered_calmly(
    widget: Widget, box: Box, database: Database
) -> None:
    """C6: for all orgs at once; the next question for changes answers anew, the server refuses."""
    frame = widget.open()
    etag = {"If-None-Match": frame.session["version"]}
    assert 'data-action="create"' in frame.html
    assert frame.get("/widget/changes", **etag).status_code == 304
    with database.system_writing() as system:
        kill_switches.turn(system, KillSwitch.NEW_DESTINATIONS, True, by="staff", why="spam")

    assert frame.get("/widget/changes", **etag).status_code == 200
    assert 'data-action="create"' not in frame.get("/widget/card").text
    refused = frame.post("/widget/destinations")
    assert (refused.status_code, reason_of(refused)) == (503, "on_a_break")

    with database.system_writing() as system:
        kill_switches.turn(system, KillSwitch.WIDGET, True, by="staff", why="trouble")
    assert reason_of(frame.get("/widget/card")) == "on_a_break"
    calm = widget.client.post("/canvas", data={"signed_request": box.sign()}, base_url=APP_URL)
    assert calm.status_code == 503
    assert "takes a short break" in calm.text


def test_a_feature_that_ends_is_heard_of(widget: Widget, database: Database, org: Org) -> None:
    """C6: the end of a trial changes no row, and open frames follow all the same."""
    with database.system_writing() as system:
        known = system.get_one(Org, org.id)
        later = utcnow() + timedelta(days=1)
        features.switch(system, known, Feature.CREATE_DESTINATION, True, by="s", until=later)
    frame = widget.open()
    etag = {"If-None-Match": frame.session["version"]}
    assert frame.get("/widget/changes", **etag).status_code == 304
    with database.system_writing() as system:
        past = utcnow() - timedelta(seconds=1)
        system.execute(update(OrgFeature).values(ends_at=past))

    assert frame.get("/widget/changes", **etag).status_code == 200
    assert reason_of(frame.post("/widget/destinations")) == "feature_off"


def test_open_frames_are_told_what_staff_wrote(
    widget: Widget, box: Box, database: Database, org: Org
) -> None:
    """C6: as data for the script, and escaped on the page."""
    frame = widget.open()
    with database.system_writing() as system:
        service.set_state(
            system, system.get_one(Org, org.id), OrgState.SUSPENDED, "staff",
            message="<b>Back</b> on Friday",
        )  # fmt: skip

    answer = frame.get("/widget/card")
    assert answer.json is not None
    assert answer.json["detail"] == "<b>Back</b> on Friday"
    calm = widget.client.post("/canvas", data={"signed_request": box.sign()}, base_url=APP_URL)
    assert "&lt;b&gt;Back&lt;/b&gt; on Friday" in calm.text
