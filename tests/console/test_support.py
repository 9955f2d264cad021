"""Support: find an org, switch its features, let it in, suspend it; all of it in the audit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.clock import utcnow
from app.console.permissions import Role
from app.console.support import finding
from app.console.support import orgs as pages
from app.console.support.acts import words_of
from app.db import Database
from app.keys import Keyring
from app.orgs import features, service
from app.orgs.audit import Tag
from app.orgs.features import Feature
from app.orgs.models import AuditEntry, Org, OrgState, OrgUser
from app.salesforce.connect.connections import connect
from canvas.ids import to_18
from tests.console.conftest import OTHER_ORG_ID, Visitor
from tests.console.rows import CONTACT, Rows
from tests.support.application import APP_URL, make_org

SignedIn = Callable[[Role], Visitor]
USER = to_18("005000000000001")


def names(html: str) -> list[str]:
    return re.findall(r"<strong>([^<]+)</strong></a>", html)


@pytest.fixture
def _known(database: Database, keyring: Keyring, org: Org, other: Org) -> None:
    """The other org has a domain, a user and a record."""
    with database.writing(other.id) as session:
        connect(
            session,
            keyring,
            instance_url="https://pelican.my.salesforce.com",
            client_id="id",
            client_secret="secret",
        )
        session.add(OrgUser(salesforce_id=USER, email="kim@pelican.example"))
    Rows(database, other).person("Eve", "eve@pelican.example", contact=CONTACT)


@pytest.mark.usefixtures("_known")
@pytest.mark.parametrize(
    "words",
    ["pelican", "PELICAN fr", OTHER_ORG_ID, "00D5e000000OTHE", "pelican.my", USER,
     "kim@pelican.example", "KIM@pelican.example", CONTACT,
     f"https://pelican.lightning.force.com/lightning/r/Contact/{CONTACT}/view"],
)  # fmt: skip
def test_an_org_is_found_by_whatever_is_at_hand(signed_in: SignedIn, words: str) -> None:
    """Name, id (15 or 18), domain, a user's address, a record's id or link."""
    answer = signed_in(Role.VIEWER).client.get(
        "/console/orgs", query_string={"q": words}, base_url=APP_URL
    )
    assert names(answer.text) == ["Pelican Freight"]


def test_orgs_are_paged_in_the_order_of_their_names(
    database: Database, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names twice over, capitals and all: without gap or repeat."""
    monkeypatch.setattr(finding, "PAGE_SIZE", 3)
    monkeypatch.setattr(pages, "PAGE_SIZE", 3)
    given = ["alpha", "Beta", "beta", "Gamma", "gamma", "Alpha", "zeta", "Éclair"]
    for number, name in enumerate(given):
        make_org(database, to_18(f"00D0000000000{number:02}"), name)
    visitor, path, seen = signed_in(Role.VIEWER), "/console/orgs", []
    while path:
        text = visitor.get(path).text
        seen += names(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == sorted([*given, "Devorg"])


def test_a_feature_is_switched_with_a_reason(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    """C6: who, why and when are shown; without a reason nothing happens."""
    path = f"/console/orgs/{org.salesforce_id}/features"
    support = signed_in(Role.SUPPORT)
    refused = support.post(f"{path}/on", feature="create_destination")
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert support.post(f"{path}/on", feature="nonsense", why="x").status_code == 404
    why = {"feature": "create_destination", "why": "bought on Monday"}
    assert support.post(f"{path}/on", **why).status_code == 303
    with database.reading(org.id) as session:
        assert features.is_enabled(session, Feature.CREATE_DESTINATION)
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "staff:feature:switch")
        ).one()
    assert entry.actor == "staff:support@example.com"
    assert entry.detail["why"] == "bought on Monday"
    assert entry.detail["address"] == "127.0.0.1"
    text = signed_in(Role.ORG_ADMIN).get(path).text
    assert "bought on Monday" in text
    assert "<form" not in text.partition("<main")[2]


def test_an_org_is_let_in_and_suspended_with_a_message(
    database: Database, signed_in: SignedIn
) -> None:
    """What reps are told is written down with who, why, before and after."""
    pending = make_org(database, to_18("00D000000000009"), "New one", OrgState.PENDING)
    support = signed_in(Role.SUPPORT)
    assert "1 org waits to be let in" in support.get("/console/orgs").text
    path = f"/console/orgs/{pending.salesforce_id}/state"
    assert "Let the org in" in support.get(path).text
    assert support.post(f"{path}/active").status_code == 422
    assert support.post(f"{path}/active", why="contract signed").status_code == 303
    kept = support.post(f"{path}/suspended", message="Back on Friday")
    assert 'value="Back on Friday"' in kept.text
    assert support.post(f"{path}/suspended", why="unpaid", message="Back on Friday")
    with database.system_reading() as session:
        found = service.required(session, pending.salesforce_id)
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (found.state, found.state_message) == (OrgState.SUSPENDED, "Back on Friday")
    assert entry is not None
    assert entry.detail == {
        "state": "suspended", "before": "active", "why": "unpaid", "message": "Back on Friday",
        "address": "127.0.0.1",
    }  # fmt: skip


def test_whatever_is_recorded_has_words() -> None:
    """Nobody reads a tag as it is kept, and no two acts read the same."""
    told = [words_of(tag) for tag in Tag]
    assert not [each for each in told if each[0].islower()]
    assert len(set(told)) == len(told)


def test_the_audit_is_searched_and_saved(
    database: Database, org: Org, other: Org, signed_in: SignedIn
) -> None:
    """Of all orgs for staff; of their own for admins, without the addresses of staff."""
    support = signed_in(Role.SUPPORT)
    for each in (org, other):
        path = f"/console/orgs/{each.salesforce_id}/features/off"
        support.post(path, feature="widget", why=f"=asked by {each.name}")
    assert "asked by Pelican" in support.get("/console/audit").text
    text = support.get("/console/audit?q=pelican").text
    assert "asked by Pelican" in text
    assert "asked by Devorg" not in text
    assert "asked by" not in support.get("/console/audit?tag=staff:org:state").text
    for page in ("/console/audit", f"/console/orgs/{org.salesforce_id}/audit"):
        assert "asked by Devorg" in support.get(f"{page}?q=SUPPORT@exam").text
        assert "asked by" not in support.get(f"{page}?q=nobody").text
        assert "asked by" not in support.get(f"{page}?q=support@example.com_").text
    assert "asked by" not in support.get(f"/console/orgs/{org.salesforce_id}/audit?q=pelican").text
    lines = list(csv.reader(io.StringIO(support.get("/console/audit.csv?q=pelican").text)))
    assert len(lines) == 2
    assert "127.0.0.1" in lines[1][-1]
    admin = signed_in(Role.ORG_ADMIN)
    text = admin.get(f"/console/orgs/{org.salesforce_id}/audit").text
    text += admin.get(f"/console/orgs/{org.salesforce_id}/audit.csv").text
    assert text.count("asked by Devorg") == 2
    assert "Pelican" not in text
    theirs = [line for line in text.splitlines() if "asked by" in line]
    assert not [line for line in theirs if "127.0.0.1" in line]


def test_only_operators_make_admins(org: Org, signed_in: SignedIn, visitor: Visitor) -> None:
    """Support could otherwise hand itself what an admin may do."""
    path = f"/console/orgs/{org.salesforce_id}"
    assert signed_in(Role.SUPPORT).post(f"{path}/invite").status_code == 403
    shown = signed_in(Role.OPERATOR).post(f"{path}/invite").text
    found = re.search(r'value="[^"]*/console/enter/([^"]+)"', shown)
    assert found is not None
    assert visitor.enter(found[1]).status_code == 303
    assert visitor.get(f"{path}/").status_code == 200


def test_an_invitation_that_nobody_used_is_withdrawn(
    app: Flask, database: Database, org: Org, other: Org, signed_in: SignedIn, visitor: Visitor
) -> None:
    """M3: at the page and at a shell; what was used, or is another org's, is left alone."""
    operator, path = signed_in(Role.OPERATOR), f"/console/orgs/{org.salesforce_id}"

    def invited(of: Org = org) -> tuple[str, str]:
        shown = operator.post(f"/console/orgs/{of.salesforce_id}/invite").text
        token, number = (
            re.search(rf"{words}/([^/\"]+)", shown) for words in ("console/enter", "invite")
        )
        assert token is not None
        assert number is not None
        return token[1], number[1]

    _, theirs = invited(other)
    assert "Not used yet" not in operator.get(f"{path}/state").text
    token, mine = invited()
    assert ", operator@example.com<" in operator.get(f"{path}/state").text
    for refused in (theirs, mine):
        done = operator.post(f"{path}/invite/{refused}/withdraw")
        assert done.location.endswith(
            "done=late#h-invite" if refused == theirs else "done=withdrawn#h-invite"
        )
    assert visitor.enter(token).status_code == 410
    assert "Not used yet" not in operator.get(f"{path}/state?done=withdrawn").text
    assert "Invitation withdrawn" in operator.get(f"{path}/audit").text

    token, mine = invited()
    shell = app.test_cli_runner()
    listed = shell.invoke(args=["orgs", "invites", org.salesforce_id]).output
    assert mine in listed
    assert theirs not in listed
    withdraw = ["orgs", "invite-withdraw", org.salesforce_id]
    assert "No such invitation is open" in shell.invoke(args=[*withdraw, theirs]).output
    assert shell.invoke(args=[*withdraw, mine]).exit_code == 0
    assert visitor.enter(token).status_code == 410
    assert "No invitation" in shell.invoke(args=["orgs", "invites", org.salesforce_id]).output

    token, mine = invited()
    assert visitor.enter(token).status_code == 303
    assert operator.post(f"{path}/invite/{mine}/withdraw").location.endswith("done=late#h-invite")
    assert visitor.get(f"{path}/").status_code == 200


def test_operators_look_after_staff(signed_in: SignedIn, visitor: Visitor) -> None:
    """Invited with a role, seen while signed in, ended, removed; all of it is written down."""
    operator = signed_in(Role.OPERATOR)
    refused = operator.post("/console/staff/invite", email="nobody", role="viewer")
    assert refused.status_code == 422
    assert 'value="nobody"' in refused.text
    shown = operator.post("/console/staff/invite", email="omar@example.com", role="viewer").text
    found = re.search(r'value="[^"]*/console/enter/([^"]+)"', shown)
    assert found is not None
    visitor.enter(found[1])
    assert visitor.get("/console/orgs").status_code == 200
    text = operator.get("/console/staff").text
    (ended,) = re.findall(r'action="(/console/staff/sessions/[^"]+)"', text)
    operator.post(ended)
    assert visitor.get("/console/orgs").status_code == 303
    for own in ("operator@example.com", " Operator@Example.com "):
        assert operator.post("/console/staff/remove", email=own).status_code == 422
        demoted = operator.post("/console/staff/invite", email=own, role="viewer")
        assert "Somebody else has to change your role" in demoted.text
    operator.post("/console/staff/remove", email="omar@example.com")
    text = operator.get("/console/staff").text.partition("What was done")[2]
    acts = re.findall(r"<strong>omar@example.com</strong> ([a-z ]+)<", text)
    assert acts == ["removed", "session ended", "came in", "invited"]


def test_a_feature_may_be_switched_for_a_while(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    """C6: a trial ends by itself; a day that has passed is refused at its field."""
    path, support = f"/console/orgs/{org.salesforce_id}/features/on", signed_in(Role.SUPPORT)
    trial = {"feature": "create_destination", "why": "a trial"}
    refused = support.post(path, **trial, until="2020-01-01")
    assert refused.status_code == 422
    assert 'value="2020-01-01"' in refused.text
    assert support.post(path, **trial, until="2099-12-31").status_code == 303
    assert "until" in support.get(path.removesuffix("/on")).text
    with database.reading(org.id) as session:
        assert features.is_enabled(session, Feature.CREATE_DESTINATION)
    with database.system_writing() as session:
        found = service.required(session, org.salesforce_id)
        past = utcnow() - timedelta(seconds=1)
        features.switch(session, found, Feature.CREATE_DESTINATION, True, by="tests", until=past)
    with database.reading(org.id) as session:
        assert not features.is_enabled(session, Feature.CREATE_DESTINATION)
