"""Domains of the orgs' own: what answers there, for whom, and what never does (X12)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.config import Config
from app.db import Database
from app.destinations import domains
from app.destinations.domains import DomainError
from app.destinations.models import Destination, Link
from app.destinations.queries import for_record
from app.destinations.service import get_or_create
from app.orgs import service
from app.orgs.models import Org, OrgState
from tests.console.conftest import OTHER_ORG_ID
from tests.destinations.conftest import (
    REP,
    SETTINGS,
    Shared,
    wait_until_held,
    without_people,
)
from tests.destinations.test_beacons import beacon, tell, visits_of
from tests.support.application import APP_URL, PAGES_URL, make_org

HOST = "rooms.northwind.example"
#: The port of the tests' pages host is that of all domains on it.
OWN_URL = f"http://{HOST}:8000"


@pytest.fixture
def take(database: Database, config: Config) -> Callable[..., None]:
    """Asks for a domain, and has it opened."""

    def taken(org: Org, host: str = HOST, *, is_open: bool = True) -> None:
        with database.writing(org.id) as session:
            domains.ask(session, config, host, by="admin")
            asked = domains.read(session)
            if is_open and asked is not None:
                domains.open_domain(session, proof=asked.proof, by="operator", why="seen")

    return taken


@pytest.fixture
def theirs(database: Database, shared: Shared) -> str:
    """The token of a link of another org."""
    other = make_org(database, OTHER_ORG_ID, "Other")
    with database.writing(other.id) as session:
        get_or_create(session, without_people(shared.record), REP, SETTINGS)
        return session.scalars(select(Link.token)).one()


def test_it_shows_the_orgs_destinations_and_the_usual_address_goes_on(
    pages: FlaskClient, database: Database, org: Org, shared: Shared, take: Callable[..., None]
) -> None:
    path = f"/d/{shared.ada}"
    for is_open, status in ((False, 404), (True, 200)):
        take(org, is_open=is_open)
        assert pages.get(path, base_url=OWN_URL).status_code == status
        assert pages.get(path).status_code == 200
        if not is_open:
            with database.writing(org.id) as session:
                domains.remove(session, by="admin")
    assert pages.get(path, base_url=OWN_URL.upper().replace("HTTP", "http")).status_code == 200
    assert pages.get("/what-is-recorded", base_url=OWN_URL).status_code == 200
    root = pages.get("/", base_url=OWN_URL)
    assert "Nothing to see here" in root.text
    assert "style-src" not in root.headers["Content-Security-Policy"]
    assert "Inlay" not in root.text
    assert "/console" not in root.text
    assert tell(pages, shared.ada, beacon(), base_url=OWN_URL) == 204
    (visit,) = visits_of(database, shared)
    assert visit.url == f"{OWN_URL}{path}?preview"
    form = {"form_id": "a" * 24, "email": "c@d.example", "message": "Hello"}
    thanks = pages.post(f"{path}/form", base_url=OWN_URL, data=form)
    assert thanks.location.startswith(path), "one stays on the host"
    with database.writing(org.id) as session:
        domains.remove(session, by="admin")
    assert pages.get(path, base_url=OWN_URL).status_code == 404
    assert pages.get(path).status_code == 200


def test_another_orgs_link_opens_nothing_there(
    pages: FlaskClient, org: Org, shared: Shared, theirs: str, take: Callable[..., None]
) -> None:
    """Tenant isolation: the same calm page as for a link that never was."""
    take(org)
    assert pages.get(f"/d/{theirs}").status_code == 200
    unknown = pages.get("/d/abcdefghijklmnopqrstuv", base_url=OWN_URL)
    for path in (f"/d/{theirs}", f"/d/{theirs}/documents/1"):
        answer = pages.get(path, base_url=OWN_URL)
        assert (answer.status_code, answer.data) == (404, unknown.data)
    assert tell(pages, theirs, beacon(), base_url=OWN_URL) == 404
    for verb in ("gate", "form", "refusal"):
        assert pages.post(f"/d/{theirs}/{verb}", base_url=OWN_URL).status_code == 404


def test_nothing_of_the_app_answers_there(
    app: Flask, org: Org, shared: Shared, take: Callable[..., None]
) -> None:
    """Every page of the widget, the console and the API is 404 on an own domain."""
    take(org)
    client, walked = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        if room in {"destinations", "health"} or rule.arguments:
            continue
        (method, *_others) = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        answer = client.open(rule.rule, method=method, base_url=OWN_URL)
        assert answer.status_code == 404, rule.rule
        walked += client.open(rule.rule, method=method, base_url=APP_URL).status_code != 404
    assert walked > 5


def test_a_host_that_nobody_opened_is_404(
    app: Flask, org: Org, shared: Shared, take: Callable[..., None]
) -> None:
    """Host header attacks: what the request says is looked up to the letter, and never echoed."""
    take(org)
    client, path = app.test_client(), f"/d/{shared.ada}"
    for host in (
        "elsewhere.example:8000", f"{HOST}:9000", HOST, f"x.{HOST}:8000",
        f"{HOST}.evil.example:8000", f"{HOST}.:8000", f"{HOST}:8000:8000", "127.0.0.1:9000",
        f"{HOST}%00:8000", "' OR 1=1 --",
    ):  # fmt: skip
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code in {400, 404}, host
        assert b"evil" not in answer.data
    spoofed = client.get(path, base_url=PAGES_URL, headers={"X-Forwarded-Host": "evil.example"})
    assert spoofed.status_code == 200
    assert b"evil" not in spoofed.data


def test_links_are_shown_with_it_and_open_widgets_hear_of_it(
    database: Database, org: Org, shared: Shared, take: Callable[..., None]
) -> None:
    """The version grows, which open cards and the record in Salesforce follow."""

    def look() -> tuple[str, str, int]:
        with database.reading(org.id) as session:
            found = for_record(session, shared.record.id)
            assert found is not None
            link = found.links[0]
            version = session.scalars(select(Destination.version)).one()
            return link.url(PAGES_URL), domains.pages_url_of(session, PAGES_URL), version

    before = look()
    assert before[:2] == (f"{PAGES_URL}/d/{shared.general}", PAGES_URL)
    take(org)
    assert look() == (f"{OWN_URL}/d/{shared.general}", OWN_URL, before[2] + 1)
    with database.writing(org.id) as session:
        domains.remove(session, by="admin")
    assert look() == (*before[:2], before[2] + 2)


def test_who_asks_first_has_nothing_and_a_domain_is_opened_for_one_org_alone(
    pages: FlaskClient, database: Database, config: Config, org: Org, shared: Shared, theirs: str,
    take: Callable[..., None],
) -> None:  # fmt: skip
    """A stranger who asks for a name cannot keep its owner from it; each has a proof of its own."""
    with database.system_reading() as session:
        other = service.required(session, OTHER_ORG_ID)
    take(other, is_open=False)
    take(org)
    with database.reading(org.id) as mine, database.reading(other.id) as of_other:
        proofs = [each.proof for each in map(domains.read, (mine, of_other)) if each]
    assert len(set(proofs)) == 2
    with (
        pytest.raises(DomainError, match="Another org"),
        database.writing(other.id) as session,
    ):
        domains.open_domain(session, proof=proofs[1], by="operator", why="by mistake")
    assert pages.get(f"/d/{theirs}", base_url=OWN_URL).status_code == 404
    assert pages.get(f"/d/{shared.ada}", base_url=OWN_URL).status_code == 200


def test_what_is_no_host_name_or_ours_is_refused(
    database: Database, config: Config, org: Org
) -> None:
    ours = replace(
        config, app_url="https://app.inlay.example", pages_url="https://pages.inlay.example"
    )
    for typed in (
        "", "northwind", "127.0.0.1", "::1", "http://rooms.example.com", "rooms.example.com/x",
        "rooms.example.com:443", "*.example.com", "a b.example", "-x.example",
        "x" * 250 + ".example", "app.inlay.example", "pages.inlay.example",
        "x.pages.inlay.example", "inlay.example",
    ):  # fmt: skip
        with pytest.raises(DomainError), database.writing(org.id) as session:
            domains.ask(session, ours, typed, by="admin")


def test_a_domain_is_asked_for_as_people_type_it(
    database: Database, config: Config, org: Org
) -> None:
    for typed, host in [
        (" https://Rooms.Example.com/ ", "rooms.example.com"),
        ("räume.example.com.", "xn--rume-loa.example.com"),
    ]:
        with database.writing(org.id) as session:
            domains.ask(session, config, typed, by="admin")
        with database.reading(org.id) as session:
            found = domains.read(session)
        assert found is not None
        assert (found.host, found.opened_at) == (host, None)


def test_a_suspended_orgs_domain_shows_nothing(
    pages: FlaskClient, database: Database, org: Org, shared: Shared, take: Callable[..., None]
) -> None:
    take(org)
    with database.system_writing() as session:
        session.get_one(Org, org.id).state = OrgState.SUSPENDED
    assert pages.get(f"/d/{shared.ada}", base_url=OWN_URL).status_code == 404


def test_of_two_who_ask_at_once_the_second_finds_what_the_first_left(
    database: Database, config: Config, org: Org
) -> None:
    """P7: two tabs, or two admins; neither meets an error, and one domain stays."""

    def second() -> None:
        with database.writing(org.id) as session:
            domains.ask(session, config, "b.customer.example", by="tests")

    with ThreadPoolExecutor(1) as pool:
        with database.writing(org.id) as session:
            domains.ask(session, config, "a.customer.example", by="tests")
            session.flush()
            other = pool.submit(second)
            wait_until_held(database, other)
        other.result()
    with database.reading(org.id) as session:
        found = domains.read(session)
    assert found is not None
    assert found.host == "b.customer.example"
