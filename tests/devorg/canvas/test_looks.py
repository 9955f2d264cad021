"""X16: pages in a real browser: by themselves, by keyboard, for everybody."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from devorg.server import RunningOrg
from tests.devorg.client import API, Client

pytestmark = pytest.mark.e2e
PATHS = {
    "home": "/",
    "list": "/lightning/o/Lead/list?sort=Company&q=a",
    "search": "/lightning/search?q=bright",
    "contact": "/lightning/r/Contact/{contact}/view?frames=one",
    "nested": "/lightning/r/Contact/{contact}/view?frames=nested",
    "opportunity": "/lightning/r/Opportunity/{opportunity}/view",
    "user": "/lightning/r/User/0055e0000000001AAA/view",
    "hidden": "/lightning/r/Contact/{contact}/view?user=norecord",
    "missing": "/missing",
    "setup": "/lightning/setup",
    "happened": "/lightning/setup/happened",
    "call": "/lightning/setup/happened/{call}",
    "rights": "/lightning/setup/users/rep",
    "app": "/lightning/setup/apps/devorg-client",
    "usage": "/lightning/setup/usage",
    "faults": "/lightning/setup/faults",
    "org": "/lightning/setup/org",
    "object": "/lightning/setup/objects/Task",
}


def address(org: RunningOrg, main: dict[str, str], rep: Client, where: str) -> str:
    """A page's address, after a call that left something to show."""
    url = f"{API}/sobjects/Contact/{main['contact']}"
    part = {"method": "GET", "url": url, "referenceId": "one"}
    rep.control("POST", "faults", {"kind": "delay", "seconds": 0.01, "match": "composite"})
    rep.call("POST", "composite", {"compositeRequest": [part]})
    return PATHS[where].format(**main, call=org.org.history.all()[0].number)


def test_users_and_variants_are_switched_by_keyboard(page: Page, contact: str) -> None:
    """X16: the menu opens with Enter, closes with Escape, and its entries are links."""
    page.goto(contact)
    menu = page.locator("[data-menu]")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Amir Haddad")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Amir Haddad")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(menu.locator("summary")).to_contain_text("Amir Haddad")
    page.get_by_role("link", name="Visualforce").press("Enter")
    expect(page.locator("iframe")).to_have_attribute(
        "name", "canvas-frame-_:Inlay:j_id0:j_id1:canvasapp"
    )


@pytest.mark.parametrize("where", PATHS)
def test_every_page_is_for_everybody(
    browser: Browser, org: RunningOrg, main: dict[str, str], rep: Client, where: str
) -> None:
    """X16: axe finds nothing in light and dark; 390 px need no sideways scrolling of the page.

    Each is a load of its own: what changes while it is shown may be met half-way.
    """
    url = f"{org.url}{address(org, main, rep, where)}"
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        page.goto(url)
        found = Axe().run(page, context={"exclude": [["iframe[name^=canvas-frame]"]]})
        assert not found.response["violations"], f"{scheme}: {found.generate_report()}"
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(url)
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert (width, errors) == (390, [])


def test_the_last_calls_are_read_by_keyboard(page: Page, org: RunningOrg, rep: Client) -> None:
    """X16: from the header to a call's bodies, and back to an empty list."""
    rep.call("GET", "query", params={"q": "SELECT Nope FROM Contact"})
    page.goto(org.url)
    page.get_by_role("link", name="Setup", exact=True).press("Enter")
    page.get_by_role("navigation", name="Setup").get_by_role("link", name="What happened").press(
        "Enter"
    )
    page.get_by_label("Status").fill("errors")
    page.keyboard.press("Enter")
    page.get_by_test_id("call").first.get_by_role("link").press("Enter")
    expect(page.get_by_role("region", name="Response body")).to_contain_text("INVALID_FIELD")
    page.get_by_role("region", name="Response body").focus()
    page.go_back()
    page.get_by_role("button", name="Clear").press("Enter")
    expect(page.get_by_text("No calls yet")).to_be_visible()


def test_the_timeline_shows_a_new_activity_by_itself(
    page: Page, contact: str, main: dict[str, str], rep: Client
) -> None:
    """X16: within seconds, without a reload, and it says how many are new."""
    page.goto(contact)
    before = page.get_by_test_id("activity").count()
    fields = {"WhoId": main["contact"], "Subject": "Viewed the plan", "Status": "Completed"}
    assert rep.call("POST", "sobjects/Task", fields).status_code == 201
    added = page.get_by_test_id("activity").filter(has_text="Viewed the plan")
    expect(added).to_be_visible()
    expect(page.get_by_test_id("activity")).to_have_count(before + 1)
    expect(page.locator("#activity").get_by_role("status")).to_have_text("1 new activity")
