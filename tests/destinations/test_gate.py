"""The gate of a Destination: who is asked, who comes in, and what is believed of them (X12)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from app import create_app
from app.clock import utcnow
from app.config import Config
from app.crm.models import Person
from app.crm.service import link, person_for
from app.db import Database
from app.destinations import overview
from app.destinations import passes as gate_passes
from app.destinations.models import Destination, GatePass, Link
from app.destinations.passes import LASTS
from app.destinations.queries import for_record
from app.engagement.models import Event, Visit
from app.orgs import settings
from app.orgs.gates import GateKind
from app.orgs.models import Org, OrgUser
from canvas.ids import to_18
from tests.destinations.conftest import PERSON, PagesClient, Recorder, Shared
from tests.destinations.test_beacons import beacon, tell, visits_of

Close = Callable[..., None]
NOTICE = "Northwind can see when this page is opened, and what is read and clicked on it."


@pytest.fixture
def close(database: Database, shared: Shared) -> Close:
    """Gives the Destination a gate."""

    def closed(kind: GateKind, *, own_link: bool = False, **lists: list[str]) -> None:
        chosen = {"gate_allow": [], "gate_deny": [], **lists}
        with database.writing(shared.org_id) as session:
            session.execute(update(Destination).values(gate=kind, gate_own_link=own_link, **chosen))

    return closed


def knock(pages: FlaskClient, token: str, email: str, query: str = "") -> TestResponse:
    """Type an address at the gate, as the page's form sends it."""
    shown = pages.get(f"/d/{token}{query}").text
    code = re.search(r'name="notice" value="([0-9a-f]+)"', shown)
    action = re.search(r'<form class="card" method="post" action="([^"]+)"', shown)
    assert code
    assert action
    return pages.post(html.unescape(action[1]), data={"email": email, "notice": code[1]})


def passes(database: Database, shared: Shared) -> list[str]:
    with database.reading(shared.org_id) as session:
        return list(session.scalars(select(GatePass.email).order_by(GatePass.passed_at)))


def is_open(pages: FlaskClient, token: str) -> bool:
    return "Prepared for Acme Ltd" in pages.get(f"/d/{token}").text


def test_a_gate_shows_nothing_of_the_page_and_counts_nothing(
    pages: FlaskClient, database: Database, shared: Shared, close: Close
) -> None:
    """X5, X12: neither page nor documents nor what the page could tell; scanners come this far."""
    close(GateKind.ASK)
    for path in ("", "/documents/1"):
        answer = pages.get(f"/d/{shared.ada}{path}")
        assert answer.status_code == 200
        assert NOTICE in answer.text
        for word in ("Acme", "Ada", "Grace", "How we work", "<script"):
            assert word not in answer.text
        assert "Set-Cookie" not in answer.headers
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
        assert pages.head(f"/d/{shared.ada}{path}").status_code == 200
    assert tell(pages, shared.ada, beacon()) == 403
    assert pages.post(f"/d/{shared.ada}/refusal", json={"load": "a" * 32}).status_code == 403
    form = {"email": "x@y.example", "message": "Hello"}
    assert pages.post(f"/d/{shared.ada}/form", data=form).status_code == 403
    assert visits_of(database, shared) == []
    assert passes(database, shared) == []


def test_whoever_says_who_they_are_comes_in_and_is_remembered_for_this_link_alone(
    pages: FlaskClient, database: Database, shared: Shared, close: Close
) -> None:
    close(GateKind.ASK)
    answer = knock(pages, shared.general, " Carl@Brightwater.example ")
    assert (answer.status_code, answer.location) == (303, f"/d/{shared.general}")
    cookie = answer.headers["Set-Cookie"]
    name, _, rest = cookie.partition("=")
    assert name == "inlay-gate"
    for word in ("HttpOnly", "SameSite=Lax", f"Path=/d/{shared.general}", "Max-Age=2592000"):
        assert word in rest
    assert "Domain" not in rest
    assert "carl" not in rest.lower()
    assert is_open(pages, shared.general)
    assert 'value="carl@brightwater.example"' in pages.get(f"/d/{shared.general}").text
    assert not is_open(pages, shared.ada)
    value = rest.partition(";")[0]
    for stolen in (value, value[:-1], "", "x.y", value.replace(".", ".é")):
        pages.set_cookie("inlay-gate", stolen, domain="127.0.0.1", path=f"/d/{shared.ada}")
        assert not is_open(pages, shared.ada), "the seal is of another link, or of nobody"
    with database.writing(shared.org_id) as session:
        session.execute(update(GatePass).values(passed_at=utcnow() - LASTS))
    assert not is_open(pages, shared.general), "asked again after 30 days"


def test_with_https_the_cookie_never_travels_in_clear(
    config: Config, database: Database, shared: Shared, close: Close
) -> None:
    https = replace(config, app_url="https://app.example", pages_url="https://pages.example")
    app = create_app(https, database=database)
    close(GateKind.ASK)
    pages = app.test_client()
    shown = pages.get(f"/d/{shared.general}", base_url="https://pages.example").text
    code = re.search(r'name="notice" value="([0-9a-f]+)"', shown)
    assert code
    data = {"email": "a@b.example", "notice": code[1]}
    url = f"/d/{shared.general}/gate"
    cookie = pages.post(url, base_url="https://pages.example", data=data).headers["Set-Cookie"]
    assert cookie.startswith("__Secure-inlay-gate=")
    assert "Secure;" in cookie


def test_an_unverified_address_never_becomes_a_known_person(
    pages: FlaskClient, database: Database, shared: Shared, close: Close, recorder: Recorder
) -> None:
    """Ben's address typed on the general link or on Ada's is a claim: the visit is nobody's."""
    close(GateKind.ASK)
    for token in (shared.general, shared.ada):
        knock(pages, token, "ben@acme.example")
        tell(pages, token, beacon(bye=True))
    knock(pages, shared.ben, "BEN@acme.example")
    tell(pages, shared.ben, beacon(bye=True))
    visits = {visit.link_id: visit for visit in visits_of(database, shared)}
    with database.reading(shared.org_id) as session:
        links = {link.token: link.id for link in session.scalars(select(Link))}
        people = session.scalar(select(func.count()).select_from(Person))
    assert people == 2
    assert visits[links[shared.general]].person_id is None
    assert visits[links[shared.ada]].person_id is None
    assert visits[links[shared.ben]].person_id == shared.ben_id
    for visit in visits.values():
        assert visit.gate["email"] == "ben@acme.example"
        assert visit.gate["agreed"] == NOTICE
    with database.reading(shared.org_id) as session:
        heads = session.scalars(select(Event).where(Event.folded.is_(False))).all()
    assert {head.properties["gate"]["agreed"] for head in heads} == {NOTICE}
    assert len(recorder.events) == 3


def test_who_objects_takes_the_address_from_the_visit(
    pages: FlaskClient, database: Database, shared: Shared, close: Close
) -> None:
    """X13."""
    close(GateKind.ASK)
    knock(pages, shared.ada, "ada@acme.example")
    told = beacon()
    tell(pages, shared.ada, told)
    pages.post(f"/d/{shared.ada}/refusal", json={"load": told["load"]})
    (visit,) = visits_of(database, shared)
    assert (visit.person_id, visit.gate) == (None, {})
    with database.reading(shared.org_id) as session:
        head = session.scalars(select(Event).where(Event.folded.is_(False))).one()
        shown = for_record(session, shared.record.id)
        came = overview.came_by_gate(session, visit.destination_id)
    assert "gate" not in head.properties
    assert shown is not None
    assert (shown.introduced, came) == ([], []), "nor is it named on the card or in the console"
    assert is_open(pages, shared.ada)
    tell(pages, shared.ada, beacon(load="z" * 32))
    assert [each.gate for each in visits_of(database, shared)] == [{}, {}]


@pytest.mark.parametrize(
    ("kind", "lists", "email", "status"),
    [
        (GateKind.ASK, {}, "x@anywhere.example", 303),
        (GateKind.ASK, {"gate_deny": ["rival.example"]}, "x@eu.rival.example", 403),
        (GateKind.LISTED, {}, "ada@acme.example", 303),  # she has a link of her own
        (GateKind.LISTED, {}, "carl@acme.example", 403),
        (GateKind.LISTED, {"gate_allow": ["acme.example"]}, "carl@acme.example", 303),
        (
            GateKind.LISTED,
            {"gate_allow": ["acme.example"], "gate_deny": ["carl@acme.example"]},
            "carl@acme.example",
            403,
        ),
        (GateKind.LISTED, {"gate_deny": ["acme.example"]}, "ada@acme.example", 403),
        (GateKind.LISTED, {}, "zoe@of-all.example", 403),
        (GateKind.ASK, {}, "zoe@of-all.example", 403),
        (GateKind.LISTED, {"gate_allow": ["of-all.example"]}, "zoe@of-all.example", 403),
        (GateKind.ASK, {}, "no address", 422),
        (GateKind.ASK, {}, "", 422),
        (GateKind.ASK, {}, "nul\0@acme.example", 422),
    ],
)
def test_lists_decide_and_the_deny_lists_win(
    pages: FlaskClient, database: Database, org: Org, shared: Shared, close: Close,
    kind: GateKind, lists: dict[str, list[str]], email: str, status: int,
) -> None:  # fmt: skip
    """Those of the Destination, and the org's own, which counts for all of them."""
    with database.system_writing() as session:
        settings.write(session, session.get_one(Org, org.id), gate_deny=["of-all.example"])
    close(kind, **lists)
    assert knock(pages, shared.general, email).status_code == status
    assert is_open(pages, shared.general) is (status == 303)
    assert len(passes(database, shared)) == (status == 303)


def test_a_no_tells_nothing_of_who_is_known(
    pages: FlaskClient, shared: Shared, close: Close
) -> None:
    """Denied though known, unknown, or of a person whose link was revoked: one answer."""
    close(GateKind.LISTED, gate_deny=["ben@acme.example"])
    answers = []
    for email in ("ben@acme.example", "nobody@acme.example", "x@y.example"):
        answer = knock(pages, shared.general, email)
        answers.append((answer.status_code, answer.text.replace(email, "…"), len(answer.headers)))
    assert len(set(answers)) == 1
    assert "does not open the page" in answers[0][1]


def test_who_is_taken_from_a_list_is_out(
    pages: FlaskClient, database: Database, shared: Shared, close: Close
) -> None:
    """Lists are looked at at each request, not at the gate alone."""
    close(GateKind.LISTED, gate_allow=["acme.example"])
    knock(pages, shared.general, "carl@acme.example")
    assert is_open(pages, shared.general)
    close(GateKind.LISTED, gate_allow=["acme.example"], gate_deny=["carl@acme.example"])
    assert not is_open(pages, shared.general)
    assert tell(pages, shared.general, beacon()) == 403
    knock(pages, shared.general, "ada@acme.example")
    assert is_open(pages, shared.general)
    with database.writing(shared.org_id) as session:
        session.execute(update(Link).where(Link.token == shared.ada).values(revoked_at=utcnow()))
    close(GateKind.LISTED)
    assert not is_open(pages, shared.general), "her own link was revoked"
    knock(pages, shared.general, "ben@acme.example")
    assert is_open(pages, shared.general)
    with database.writing(shared.org_id) as session:
        session.execute(update(Link).where(Link.token == shared.ben).values(expires_at=utcnow()))
    assert not is_open(pages, shared.general), "his own link is over"
    assert knock(pages, shared.general, "ben@acme.example").status_code == 403


@pytest.mark.parametrize("kind", [GateKind.ASK, GateKind.LISTED])
def test_a_link_of_ones_own_is_enough_where_the_org_says_so(
    pages: FlaskClient, database: Database, shared: Shared, close: Close, kind: GateKind
) -> None:
    """Without typing; not on the general link, nor for whom a list denies."""
    close(kind, own_link=True, gate_deny=["ben@acme.example"])
    assert is_open(pages, shared.ada)
    assert not is_open(pages, shared.general)
    assert not is_open(pages, shared.ben)
    tell(pages, shared.ada, beacon())
    (visit,) = visits_of(database, shared)
    assert (visit.person_id, visit.gate) == (shared.ada_id, {})


def test_a_notice_that_changed_meanwhile_is_read_again(
    pages: FlaskClient, database: Database, org: Org, shared: Shared, close: Close
) -> None:
    """X13: what is kept as agreed to stood on the page; at the gate and at the contact form."""
    close(GateKind.ASK)
    shown = pages.get(f"/d/{shared.general}").text
    old = re.findall(r'name="notice" value="([0-9a-f]+)"', shown)[0]
    with database.system_writing() as session:
        settings.write(session, session.get_one(Org, org.id), consent_text="We see it all.")
    again = pages.post(f"/d/{shared.general}/gate", data={"email": "a@b.example", "notice": old})
    assert again.status_code == 422
    assert "has changed meanwhile" in again.text
    assert knock(pages, shared.general, "a@b.example").status_code == 303
    form = {"email": "a@b.example", "message": "Hello", "notice": old}
    refused = pages.post(f"/d/{shared.general}/form", data=form)
    assert refused.status_code == 422
    assert "has changed meanwhile" in refused.text
    new = re.findall(r'name="notice" value="([0-9a-f]+)"', refused.text)[0]
    assert pages.post(f"/d/{shared.general}/form", data=form | {"notice": new}).status_code == 303
    (visit,) = visits_of(database, shared)
    assert visit.form["agreed"] == "We see it all."


def test_a_rep_who_looks_by_preview_stays_in_preview(
    pages: FlaskClient, shared: Shared, close: Close
) -> None:
    close(GateKind.ASK)
    answer = knock(pages, shared.general, "grace@northwind.example", query="?preview")
    assert answer.location == f"/d/{shared.general}?preview="


def test_the_card_names_who_came_by_the_gate_but_none_of_a_record_it_does_not_show(
    pages: FlaskClient, database: Database, shared: Shared, close: Close
) -> None:
    """The rep's own people are left out too; an address once, however often it was typed."""
    with database.writing(shared.org_id) as session:
        hidden = person_for(session, email="hidden@acme.example", name="Hidden")
        link(session, hidden.id, to_18("0035e000000HIDD"))
        link(session, shared.ada_id, to_18("0035e000000ADAA"))
        session.add(OrgUser(salesforce_id="0055e000000REPAAA2", email="Grace@northwind.example"))
    close(GateKind.ASK)
    for email in ("carl@b.example", "hidden@acme.example", "grace@northwind.example",
                  "ada@acme.example", "carl@b.example"):  # fmt: skip
        knock(pages, shared.general, email)
        pages.delete_cookie("inlay-gate", domain="127.0.0.1", path=f"/d/{shared.general}")
    with database.reading(shared.org_id) as session:
        shown = for_record(session, shared.record.id, [shared.ada_id])
        alone = for_record(session, shared.record.id)
    assert shown is not None
    assert alone is not None
    assert [each.email for each in shown.introduced] == ["carl@b.example", "ada@acme.example"]
    assert [each.email for each in alone.introduced] == ["carl@b.example"]
    assert (shown.viewers, shown.messages) == ([], [])
    assert (shown.gate, shown.gate_own_link) == (GateKind.ASK, False)


@pytest.mark.usefixtures("one_minute")
def test_guessing_is_slow(pages: FlaskClient, shared: Shared, close: Close) -> None:
    """Ten a minute, of one link and address."""
    close(GateKind.LISTED)
    answers = [knock(pages, shared.general, f"x{n}@y.example").status_code for n in range(11)]
    assert answers == [403] * 10 + [429]


@pytest.mark.usefixtures("one_minute")
def test_so_many_come_in_by_a_link_on_a_day_and_one_visitor_cannot_use_that_up(
    app: Flask, pages: FlaskClient, database: Database, shared: Shared, close: Close,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """X5, X12: a clear word instead of rows without end; who is in stays in, other links work."""
    monkeypatch.setattr(gate_passes, "MOST_OF_LINK", 3)
    monkeypatch.setattr(gate_passes, "MOST_OF_VISITOR", 2)
    close(GateKind.ASK, gate_deny=["rival.example"])

    def come(address: str, email: str, token: str = shared.general) -> TestResponse:
        pages.environ_base["REMOTE_ADDR"] = address
        pages.delete_cookie("inlay-gate", domain="127.0.0.1", path=f"/d/{token}")
        return knock(pages, token, email)

    stranger = [come("203.0.113.7", f"x{n}@y.example").status_code for n in range(4)]
    assert stranger == [303, 303, 429, 429]
    assert come("203.0.113.8", "carl@b.example").status_code == 303, "and that was the last"
    assert is_open(pages, shared.general)
    full = come("203.0.113.9", "dora@b.example")
    assert full.status_code == 429
    assert "Too many people came in by this link today. Try again tomorrow" in full.text
    assert 'value="dora@b.example"' in full.text
    assert come("203.0.113.9", "x@rival.example").status_code == 403, "a no stays a no"
    assert come("203.0.113.9", "dora@b.example", shared.ada).status_code == 303
    assert len(passes(database, shared)) == 4


def test_another_browser_is_asked_for_itself(
    app: Flask, pages: FlaskClient, shared: Shared, close: Close
) -> None:
    close(GateKind.ASK)
    knock(pages, shared.general, "carl@b.example")
    app.test_client_class = PagesClient
    stranger = app.test_client()
    stranger.environ_base["HTTP_USER_AGENT"] = PERSON
    assert not is_open(stranger, shared.general)
    assert is_open(pages, shared.general)


def test_an_opened_gate_is_no_visit_and_what_is_read_behind_it_is(
    pages: FlaskClient, database: Database, shared: Shared, close: Close
) -> None:
    close(GateKind.ASK)
    knock(pages, shared.general, "carl@b.example")
    with database.reading(shared.org_id) as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 0
    tell(pages, shared.general, beacon())
    assert len(visits_of(database, shared)) == 1
