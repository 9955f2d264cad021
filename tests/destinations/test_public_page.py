"""The public page: what it shows, on which host, with which headers, and what it never does."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.clock import utcnow
from app.crm.models import SObject
from app.db import Database
from app.destinations.models import Block, BlockKind, Destination, DestinationState, Link
from app.destinations.schemas import PersonFacts, RecordFacts
from app.engagement.models import Event, Visit
from app.orgs.models import Org, OrgState
from tests.destinations.conftest import REP, SETTINGS, Shared, share


def test_it_greets_the_person_of_the_link_and_nobody_on_the_general_one(
    pages: FlaskClient, shared: Shared
) -> None:
    """C3, X11."""
    adas = pages.get(f"/d/{shared.ada}").get_data(as_text=True)
    anybodys = pages.get(f"/d/{shared.general}").get_data(as_text=True)
    assert "Hello Ada," in adas
    assert "Hello," in anybodys
    assert "Ada" not in anybodys
    for page in (adas, anybodys):
        assert "<h1>Prepared for Acme Ltd</h1>" in page
        assert 'href="mailto:grace@northwind.example"' in page
        assert "Northwind can see when this page is opened" in page


def test_every_outward_link_leaves_nothing_behind(pages: FlaskClient, shared: Shared) -> None:
    page = pages.get(f"/d/{shared.ada}").get_data(as_text=True)
    links = re.findall(r"<a [^>]*target=\"_blank\"[^>]*>", page)
    assert links
    assert all("noopener" in link for link in links)


def test_the_whole_page_is_small(pages: FlaskClient, shared: Shared) -> None:
    """Page with its style under 50 kB, script under 4 kB."""
    page = pages.get(f"/d/{shared.ada}")
    (script,) = re.findall(r'<script type="module" src="([^"]+)">', page.get_data(as_text=True))
    with pages.get(script) as code:
        size = len(code.get_data())
    assert code.mimetype == "text/javascript"
    assert "immutable" in code.headers["Cache-Control"]
    assert len(page.data) + size < 50_000
    assert size < 4_000


def test_the_policy_lets_only_the_pages_own_things_run(pages: FlaskClient, shared: Shared) -> None:
    answer = pages.get(f"/d/{shared.ada}")
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    (style,) = re.findall(r"<style>(.*?)</style>", answer.get_data(as_text=True), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data:",
        "style-src": f"'self' 'sha256-{digest}'",
    }
    assert " style=" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["", "/documents/1"])
def test_no_answer_sets_a_cookie_or_may_be_indexed(
    pages: FlaskClient, shared: Shared, path: str
) -> None:
    answer = pages.get(f"/d/{shared.ada}{path}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/d/{}", "/d/{}/documents/1", "/d/{}/beacon", "/d/{}/form", "/what-is-recorded"]
)
def test_it_is_not_on_the_apps_host(client: FlaskClient, shared: Shared, path: str) -> None:
    ask = client.post if path.endswith(("beacon", "form")) else client.get
    answer = ask(path.format(shared.ada), base_url="http://localhost:8000")
    assert answer.status_code == 404
    assert b"Acme" not in answer.data


def test_looking_by_get_and_head_is_no_view(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    """X5: mail scanners fetch every link."""
    for _ in range(3):
        for path in ("", "/documents/1"):
            assert pages.get(f"/d/{shared.ada}{path}").status_code == 200
            assert pages.head(f"/d/{shared.ada}{path}").status_code == 200
    with database.reading(shared.org_id) as session:
        for table in (Event, Visit):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert session.scalars(select(Destination.views)).one() == 0


def _revoke_link(session: Any, shared: Shared) -> None:
    session.execute(update(Link).where(Link.token == shared.ada).values(revoked_at=utcnow()))


def _expire_link(session: Any, shared: Shared) -> None:
    past = utcnow() - timedelta(seconds=1)
    session.execute(update(Link).where(Link.token == shared.ada).values(expires_at=past))


def _revoke_page(session: Any, shared: Shared) -> None:
    session.execute(update(Destination).values(state=DestinationState.REVOKED))


def _suspend_org(session: Any, shared: Shared) -> None:
    session.execute(update(Org).values(state=OrgState.SUSPENDED))


@pytest.mark.parametrize("close", [_revoke_link, _expire_link, _revoke_page, _suspend_org])
def test_closed_links_read_like_unknown_ones(
    pages: FlaskClient, database: Database, shared: Shared, close: Any
) -> None:
    """X12: no trace of the customer, nor of whether there ever was a page."""
    unknown = pages.get("/d/abcdefghijklmnopqrstuv")
    malformed = pages.get("/d/no-such-link")
    with database.system_writing() as session:
        close(session, shared)
    closed = pages.get(f"/d/{shared.ada}")
    for answer in (unknown, malformed, pages.get(f"/d/{shared.ada}/documents/1")):
        assert (answer.status_code, answer.data) == (404, closed.data)
        assert list(answer.headers.keys()) == list(closed.headers.keys())
    for word in (b"Acme", b"Northwind", b"Grace", b"Ada"):
        assert word not in closed.data


def test_a_link_that_is_not_over_yet_opens(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    with database.writing(shared.org_id) as session:
        session.execute(update(Link).values(expires_at=utcnow() + timedelta(minutes=1)))
    assert pages.get(f"/d/{shared.ada}").status_code == 200


def test_documents_open_by_number_and_no_other(pages: FlaskClient, shared: Shared) -> None:
    first = pages.get(f"/d/{shared.ada}/documents/1").get_data(as_text=True)
    assert "<h1>How we work together</h1>" in first
    assert "Northwind and Acme Ltd each have a part" in first
    assert pages.get(f"/d/{shared.ada}/documents/3").status_code == 404


def test_no_token_is_logged(
    pages: FlaskClient, shared: Shared, capsys: pytest.CaptureFixture[str]
) -> None:
    pages.get(f"/d/{shared.ada}")
    pages.post(f"/d/{shared.ada}/beacon", data="nonsense")
    pages.post(f"/d/{shared.ada}/form", data={})
    lines = capsys.readouterr().out
    assert lines.count('"rule": "/d/<token>') == 3
    assert shared.ada not in lines


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{rep}}[x](javascript:alert(3))'


@pytest.fixture
def hostile(database: Database, org: Org, people: list[PersonFacts]) -> str:
    """Token of a page on which every merged field is an attack."""
    ada = replace(people[0], first_name=HOSTILE)
    record = RecordFacts(SObject.CONTACT, "0035e000000ADAAAA2", HOSTILE, HOSTILE, [ada])
    rep = replace(REP, name=HOSTILE, email=f"{HOSTILE}@x.example")
    return share(database, org, record, replace(SETTINGS, company_name=HOSTILE), rep).ada


@pytest.mark.parametrize("path", ["", "/documents/1", "/documents/2"])
def test_hostile_names_are_words_on_the_page(pages: FlaskClient, hostile: str, path: str) -> None:
    page = pages.get(f"/d/{hostile}{path}").get_data(as_text=True)
    outline = Outline()
    outline.feed(page)
    assert HOSTILE in outline.words
    assert outline.tags.isdisjoint({"img", "iframe", "object"})
    assert outline.scripts <= 1
    assert not [name for name in outline.attributes if name.startswith("on")]
    schemes = {address.partition(":")[0] for address in outline.addresses if ":" in address}
    assert schemes <= {"https", "mailto", "data"}


class Outline(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.scripts = "", 0
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.scripts += tag == "script"
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_stored_address_that_is_not_safe_is_not_shown(
    pages: FlaskClient, database: Database, shared: Shared
) -> None:
    bad = [
        "javascript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x",
        "//evil.example", "/\\evil.example", "vbscript:x", "http:", "https:///x", "file:///etc",
    ]  # fmt: skip
    links = [{"label": "bad one", "url": url} for url in bad] + [
        {"label": "good one", "url": "https://www.example.com/"}
    ]
    with database.writing(shared.org_id) as session:
        content = {"title": "Links", "links": links}
        session.execute(update(Block).where(Block.kind == BlockKind.LINKS).values(content=content))
    page = pages.get(f"/d/{shared.ada}").get_data(as_text=True)
    assert "good one" in page
    assert "bad one" not in page


def test_the_orgs_colour_is_used(pages: FlaskClient, shared: Shared) -> None:
    assert "--fill:#0b5cab" in pages.get(f"/d/{shared.ada}").get_data(as_text=True)


def test_what_is_recorded_is_told_to_everybody(pages: FlaskClient) -> None:
    """X13."""
    answer = pages.get("/what-is-recorded")
    assert answer.status_code == 200
    assert "No cookies are set" in answer.get_data(as_text=True)
