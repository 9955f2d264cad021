"""The page in a real browser: what it tells, when it is silent, how it reads and looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from app import create_app
from app.config import Config
from app.crm.models import Person
from app.db import Database
from app.destinations.models import Destination, Viewer
from app.engagement.models import Confidence, Event, Visit
from app.orgs.models import Org
from tests.destinations.conftest import PERSON, Shared

pytestmark = pytest.mark.e2e

PATIENCE = 60.0


@dataclass(frozen=True)
class Site:
    """The application, served; ``shared`` is on it."""

    url: str
    shared: Shared
    database: Database

    def address(self, token: str) -> str:
        return f"{self.url}/d/{token}"

    def visits(self) -> list[Visit]:
        with self.database.reading(self.shared.org_id) as session:
            return list(session.scalars(select(Visit).order_by(Visit.started_at)))

    def wait_for(self, what: Callable[[list[Visit]], bool]) -> list[Visit]:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = self.visits()
            if what(found):
                return found
            time.sleep(0.1)
        raise AssertionError(f"not within {PATIENCE} s: {[vars(v) for v in self.visits()]}")


@pytest.fixture
def site(config: Config, database: Database, org: Org, shared: Shared) -> Iterator[Site]:
    application = create_app(config, database=database)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    application.extensions["inlay.config"] = replace(config, pages_url=url)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(url, shared, database)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(user_agent=PERSON, viewport={"width": 390, "height": 844})
    context.route("https://**", _outside)
    yield context
    context.close()


def _outside(route: Route) -> None:
    """Other sites are not asked; the browser sees a page of theirs."""
    route.fulfill(status=200, content_type="text/html", body="<title>elsewhere</title>")


def _opened(context: BrowserContext, site: Site, token: str) -> Page:
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(site.address(token))
    page.wait_for_load_state()
    assert errors == []
    return page


def test_a_look_a_click_and_a_goodbye_make_one_visit(site: Site, context: BrowserContext) -> None:
    """C3, X5: the steps are folded into the visit of the person whose link it is."""
    page = _opened(context, site, site.shared.ada)
    visits = site.wait_for(lambda found: len(found) == 1)
    assert visits[0].person_id == site.shared.ada_id
    with context.expect_page():
        page.get_by_role("link", name="Website of Northwind").click()
    page.bring_to_front()
    with context.expect_page():
        page.get_by_role("link", name="How we work together").click()
    page.bring_to_front()
    page.wait_for_timeout(1200)
    page.close(run_before_unload=False)
    (visit,) = site.wait_for(lambda found: found[0].ended_at is not None)
    assert visit.confidence is Confidence.HUMAN
    assert visit.seconds >= 1
    assert [click["label"] for click in visit.clicks] == ["Website of Northwind"]
    assert [paper["label"] for paper in visit.documents] == ["How we work together"]
    assert "Headline" in [block["label"] for block in visit.blocks]
    _assert_counted(site, views=1, viewers=1)


def _assert_counted(site: Site, *, views: int, viewers: int) -> None:
    with site.database.reading(site.shared.org_id) as session:
        assert session.scalars(select(Destination)).one().views == views
        assert len(session.scalars(select(Viewer).where(Viewer.views > 0)).all()) == viewers


def test_a_glance_of_less_than_a_second_is_no_view(site: Site, context: BrowserContext) -> None:
    """X5."""
    start = datetime(2026, 11, 16, 9, tzinfo=UTC)  # on a busy machine a glance may take seconds
    context.clock.install(time=start)
    context.clock.pause_at(start + timedelta(seconds=1))
    page = _opened(context, site, site.shared.ada)
    page.clock.run_for(900)
    page.close()
    time.sleep(1)
    assert site.visits() == []


def test_whoever_objects_is_forgotten_and_left_alone(site: Site, context: BrowserContext) -> None:
    """X13: the visit stays, without them."""
    page = _opened(context, site, site.shared.ada)
    site.wait_for(lambda found: len(found) == 1)
    told: list[str] = []
    page.get_by_role("button", name="Don’t track me").click()
    expect(page.get_by_role("status")).to_contain_text("Tracking is off")
    (visit,) = site.wait_for(lambda found: found[0].person_id is None)
    page.on("request", lambda request: told.append(request.url))
    with context.expect_page():
        page.get_by_role("link", name="Website of Northwind").click()
    page.wait_for_timeout(6000)
    assert [url for url in told if "beacon" in url] == []
    assert site.visits()[0].clicks == []
    assert visit.refused
    with site.database.reading(site.shared.org_id) as session:
        assert set(session.scalars(select(Event.person_id))) == {None}
    _assert_counted(site, views=1, viewers=0)


@pytest.mark.parametrize("how", ["preview", "signal"])
def test_a_preview_and_a_browser_that_objects_tell_nothing(
    site: Site, context: BrowserContext, how: str
) -> None:
    """X13: Global Privacy Control is heeded; reps look at their own page unseen."""
    if how == "signal":
        context.add_init_script(
            "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
        )
    page = _opened(context, site, site.shared.ada + ("?preview" if how == "preview" else ""))
    expect(page.get_by_role("status")).to_contain_text("Tracking is off")
    expect(page.get_by_role("button", name="Don’t track me")).to_be_hidden()
    page.wait_for_timeout(2500)
    page.close()
    assert site.visits() == []


def test_a_hidden_page_tells_nothing(site: Site, context: BrowserContext) -> None:
    """X5: tabs opened in the background are not looked at."""
    context.add_init_script("Object.defineProperty(document, 'hidden', {value: true})")
    page = _opened(context, site, site.shared.ada)
    page.wait_for_timeout(2500)
    page.close()
    assert site.visits() == []


def test_a_message_is_sent_without_leaving_the_page(site: Site, context: BrowserContext) -> None:
    """X13: through the general link the sender becomes known, in the visit that they are on."""
    page = _opened(context, site, site.shared.general)
    site.wait_for(lambda found: len(found) == 1 and found[0].person_id is None)
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("alert")).to_contain_text("2 fields")
    expect(page.get_by_label("E-mail", exact=True)).to_be_focused()
    page.get_by_label("E-mail", exact=True).fill("cleo@acme.example")
    page.get_by_label("Message").fill("When can we talk?")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("#contact")).to_contain_text("your message has arrived")
    (visit,) = site.wait_for(lambda found: found[0].form_sent)
    assert visit.form["message"] == "When can we talk?"
    assert visit.person_id is not None
    _assert_counted(site, views=1, viewers=1)


def test_who_objects_and_writes_is_who_they_say(site: Site, context: BrowserContext) -> None:
    """X13: the message reaches the rep, and neither it nor the visit is Ada's."""
    page = _opened(context, site, site.shared.ada)
    site.wait_for(lambda found: len(found) == 1)
    page.get_by_role("button", name="Don’t track me").click()
    expect(page.get_by_role("status")).to_contain_text("a message that you send")
    page.get_by_label("Name").fill("Noor")
    page.get_by_label("E-mail", exact=True).fill("someone@new.example")
    page.get_by_label("Message").fill("Hello")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator("#contact")).to_contain_text("your message has arrived")
    _refused, written = site.wait_for(
        lambda found: len(found) == 2 and found[0].refused and found[1].form_sent
    )
    with site.database.reading(site.shared.org_id) as session:
        sender = session.scalars(select(Person).where(Person.id == written.person_id)).one()
    assert (sender.email, written.form["name"]) == ("someone@new.example", "Noor")
    _assert_counted(site, views=2, viewers=1)


def test_the_form_works_without_scripts(site: Site, browser: Browser) -> None:
    context = browser.new_context(user_agent=PERSON, java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address(site.shared.ada))
    page.fill("#f-email", "ada@acme.example")
    page.fill("#f-message", "Hello")
    page.click("text=Send message")
    assert "your message has arrived" in page.inner_text("#contact")
    context.close()
    (visit,) = site.visits()
    assert (visit.form_sent, visit.person_id) == (True, site.shared.ada_id)
    assert visit.ended_at is not None


def test_a_page_that_comes_back_begins_another_visit(site: Site, context: BrowserContext) -> None:
    page = _opened(context, site, site.shared.ada)
    site.wait_for(lambda found: len(found) == 1)
    page.reload()
    visits = site.wait_for(lambda found: len(found) == 2)
    assert visits[0].ended_at is not None
    assert visits[1].ended_at is None


@pytest.mark.parametrize("width", [320, 390, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_reads_well_on_every_screen(
    site: Site, browser: Browser, width: int, scheme: Any
) -> None:
    """axe-core finds nothing, and nothing has to be scrolled sideways."""
    context = browser.new_context(
        user_agent=PERSON, color_scheme=scheme, viewport={"width": width, "height": 844}
    )
    page = context.new_page()
    address = site.address(site.shared.ada)
    for url in (
        address,
        f"{address}/documents/1",
        site.address("gone"),
        f"{site.url}/what-is-recorded",
    ):
        page.goto(url)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
