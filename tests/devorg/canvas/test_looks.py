"""X16: pages in a real browser: by themselves, by keyboard, for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from devorg.server import RunningOrg
from tests.devorg.client import Client

pytestmark = pytest.mark.e2e


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("where", ["home", "list", "contact", "opportunity", "hidden", "missing"])
def test_axe_finds_nothing(
    browser: Browser, org: RunningOrg, main: dict[str, str], where: str, scheme: Any
) -> None:
    """X16: names, roles and contrast, in light and dark."""
    contact = f"/lightning/r/Contact/{main['contact']}/view"
    paths = {
        "home": "/", "list": "/lightning/o/Lead/list", "contact": contact, "missing": "/missing",
        "opportunity": f"/lightning/r/Opportunity/{main['opportunity']}/view",
        "hidden": f"{contact}?user=norecord",
    }  # fmt: skip
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{org.url}{paths[where]}")
    found = Axe().run(page, context={"exclude": [["iframe"]]})
    context.close()
    assert not found.response["violations"], found.generate_report()


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
