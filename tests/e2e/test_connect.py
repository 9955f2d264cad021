"""Issue 5, done: an org is connected by clicking through Salesforce, another by what is typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from devorg.apps.passwords import DEFAULT_PASSWORD
from tests.e2e.conftest import Windows
from tests.e2e.looks import DESK, assert_accessible_in_both
from tests.e2e.pages import LOADED
from tests.e2e.tenants import CLIENT_ID, CLIENT_SECRET, ORG_A, ORG_B, Tenants

Enter = Callable[[str], Page]


@pytest.fixture(scope="module")
def links(tenants: Tenants) -> dict[str, str]:
    """One-time links for an admin of each org, as the operator prints them."""
    printed = tenants.command(["orgs", "invite", ORG_A], ["orgs", "invite", ORG_B])
    return dict(zip((ORG_A, ORG_B), printed.split(), strict=True))


@pytest.fixture
def enter(browser: Browser, windows: Windows, links: dict[str, str]) -> Enter:
    """Opens the invitation of an org's admin and goes to the page of the connection."""

    def come_in(org_id: str) -> Page:
        page = windows.watch(browser.new_context(viewport=DESK)).new_page()
        page.goto(links[org_id])
        page.get_by_role("main").get_by_role("button").click()
        page.get_by_role("link", name="Connection").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connection to Salesforce")
        return page

    return come_in


def _condition(page: Page) -> Locator:
    return page.locator("[data-condition]")


def _log_in(page: Page, way: Locator, url: str, username: str) -> Page:
    """Press the way's button, and log in at the org in the popup that opens."""
    way.get_by_label(f"Test org: {url}").check()
    with page.expect_popup() as opened:
        way.get_by_role("button", name="Connect with Salesforce").click()
    popup = opened.value
    popup.get_by_label("Username").fill(username)
    popup.get_by_label("Password").fill(DEFAULT_PASSWORD)
    popup.get_by_role("button", name="Log In").click()
    return popup


def test_an_admin_connects_by_logging_in_at_salesforce(enter: Enter, tenants: Tenants) -> None:
    """M2, P1, E9: invitation, button, popup, login, consent; the page shows whom Inlay acts as."""
    page = enter(ORG_A)
    expect(_condition(page)).to_have_attribute("data-condition", "none")
    way = page.locator("#way-web_server")
    way.locator("summary").click()
    popup = _log_in(page, way, tenants.a.url, "amir.haddad@halyard.example")
    expect(popup.get_by_role("heading", name="Allow Access?")).to_be_visible(timeout=LOADED)
    with popup.expect_event("close", timeout=LOADED):
        popup.get_by_role("button", name="Allow").click()
    expect(_condition(page)).to_have_attribute("data-condition", "connected", timeout=LOADED)
    expect(page.get_by_text("amir.haddad@halyard.example").first).to_be_visible()
    expect(page.get_by_text("holds more than Inlay needs")).to_be_visible()
    assert_accessible_in_both(page)


def test_an_admin_in_salesforces_frame_connects_without_a_cookie(
    browser: Browser, windows: Windows, tenants: Tenants
) -> None:
    """P1: the popup is opened by a ticket, since a frame of another site has no session cookie."""
    page = windows.watch(browser.new_context(viewport=DESK)).new_page()
    contact = tenants.a.main()["contact"]
    page.goto(tenants.a.page("Contact", contact, "admin", view="console"))
    frame = page.frame_locator("iframe[name^=canvas-frame]")
    frame.get_by_role("link", name="Connection").click(timeout=LOADED)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Connection to Salesforce")
    way = frame.locator("#way-web_server")
    if way.get_attribute("open") is None:  # it is open where nothing is connected yet
        way.locator("summary").click()
    popup = _log_in(page, way, tenants.a.url, "rosa.lindqvist@halyard.example")
    with popup.expect_event("close", timeout=LOADED):
        popup.get_by_role("button", name="Allow").click()
    shown = frame.get_by_text("rosa.lindqvist@halyard.example")
    expect(shown.first).to_be_visible(timeout=LOADED)


def test_who_denies_at_salesforce_is_told_so_and_nothing_is_connected(
    enter: Enter, tenants: Tenants
) -> None:
    """P1: the popup says it in words; another org is connected by what its admin types (M1)."""
    page = enter(ORG_B)
    way = page.locator("#way-web_server")
    way.locator("summary").click()
    popup = _log_in(page, way, tenants.b.url, "rosa.lindqvist@halyard.example")
    with page.expect_navigation(timeout=LOADED):  # the page hears of it and shows how things stand
        popup.get_by_role("button", name="Deny").click()
    expect(popup.get_by_text("Access was denied at Salesforce")).to_be_visible(timeout=LOADED)
    popup.close()

    typed = page.locator("#way-client_credentials")
    typed.get_by_label("My Domain address").fill(tenants.b.url)
    typed.get_by_label("Consumer key").fill(CLIENT_ID)
    typed.get_by_label("Consumer secret").fill("wrong")
    typed.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("alert")).to_contain_text("does not know this consumer key")
    expect(typed.get_by_label("Consumer key")).to_have_value(CLIENT_ID)
    typed.get_by_label("Consumer secret").fill(CLIENT_SECRET)
    typed.get_by_role("button", name="Connect").click()
    expect(_condition(page)).to_have_attribute("data-condition", "connected", timeout=LOADED)
    expect(page.get_by_text("inlay.integration@halyard.example").first).to_be_visible()
