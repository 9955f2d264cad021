"""The console inside Salesforce when answers are late: whoever asks last is answered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Locator, Route, expect

from tests.e2e.org import Org
from tests.e2e.pages import RecordPage, press

Rep = Callable[..., RecordPage]
#: Whether the sign of waiting is seen.
WAITING = "getComputedStyle(document.getElementById('console'), '::before').opacity === '1'"


class Held:
    """Requests for one page of the console that wait until they are let go."""

    def __init__(self, opened: RecordPage, name: str) -> None:
        self._opened = opened
        self.routes: list[Route] = []
        self._is_open = False
        opened.page.route(re.compile(rf"/console/orgs/\w+/{name}$"), self._hold)

    def _hold(self, route: Route) -> None:
        if self._is_open:
            route.continue_()
        else:
            self.routes.append(route)

    def wait(self) -> None:
        """Until somebody asked."""
        self._opened.wait_for(lambda: bool(self.routes))

    def let_go(self) -> None:
        """Answer them, and hold nothing any more."""
        self._is_open = True
        for route in self.routes:
            route.continue_()


@pytest.fixture
def opened(org: Org, main: dict[str, str], rep_window: Rep) -> RecordPage:
    """The console in its frame."""
    admin = rep_window()
    admin.page.goto(org.page("Contact", main["contact"], "admin", view="console"))
    expect(title(admin.card)).to_have_text("Health")
    return admin


def title(console: FrameLocator) -> Locator:
    return console.get_by_role("heading", level=1)


def go(console: FrameLocator, name: str) -> None:
    press(console.get_by_role("link", name=name, exact=True))


def test_the_newest_page_wins_and_waiting_is_seen(opened: RecordPage) -> None:
    """X12: of links and of Back, whose answers come late; a short wait shows nothing."""
    console = opened.card
    late = Held(opened, "activity")
    go(console, "Activity log")
    late.wait()
    opened.wait_until(WAITING)
    go(console, "Set-up")
    expect(title(console)).to_have_text("Set-up")
    late.let_go()
    go(console, "API keys")
    expect(title(console)).to_have_text("API keys")
    late = Held(opened, "setup")
    opened.frame.evaluate("history.back()")
    late.wait()
    go(console, "Destinations")
    expect(title(console)).to_have_text("Destinations")
    late.let_go()
    expect(console.locator("#console")).not_to_have_attribute("aria-busy", "true")
    opened.frame.evaluate("history.back()")
    expect(title(console)).to_have_text("Set-up")


def test_a_form_is_sent_once_and_its_late_answer_is_told(opened: RecordPage) -> None:
    """X12: two clicks make one key; who went on meanwhile stays there, and may see it."""
    console = opened.card
    go(console, "API keys")
    late = Held(opened, "keys")
    console.get_by_label("What is it for?").fill("Clicked twice")
    button = console.get_by_role("button", name="Make a key")
    press(button)
    late.wait()
    expect(button).to_have_attribute("aria-disabled", "true")
    press(button)
    go(console, "Set-up")
    expect(title(console)).to_have_text("Set-up")
    assert [route.request.method for route in late.routes] == ["POST"]
    late.let_go()
    told = console.locator("[role=status]").filter(has_text="has been answered")
    expect(title(console)).to_have_text("Set-up")
    press(told.get_by_role("button", name="Show"))
    expect(console.get_by_label("Key", exact=True)).to_be_visible()
    expect(console.get_by_role("rowheader", name="Clicked twice")).to_have_count(1)


def test_a_form_that_was_refused_late_keeps_what_was_typed(opened: RecordPage) -> None:
    """X12: the page with the message is one click away; Back leads to where the form stood."""
    console = opened.card
    go(console, "Set-up")
    press(console.get_by_role("link", name=re.compile("What to send")))
    expect(title(console)).to_have_text("What to send")
    late = Held(opened, "setup/sending")
    console.get_by_label("API calls that Inlay may make in 24 hours").fill("many")
    press(console.get_by_role("button", name="Save"))
    late.wait()
    go(console, "Health")
    expect(title(console)).to_have_text("Health")
    late.let_go()
    told = console.get_by_role("alert").filter(has_text="was not taken")
    press(told.get_by_role("button", name="Show"))
    budget = console.get_by_label("API calls that Inlay may make in 24 hours")
    expect(budget).to_have_value("many")
    expect(budget).to_have_attribute("aria-invalid", "true")
