"""Into the console from its own address, by logging in at Salesforce."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, expect

from devorg.apps.passwords import DEFAULT_PASSWORD
from tests.e2e.conftest import Windows
from tests.e2e.looks import assert_accessible
from tests.e2e.pages import LOADED
from tests.e2e.tenants import Tenants

NARROW: Any = {"width": 390, "height": 844}


def _log_in(page: Page, tenants: Tenants, username: str) -> None:
    page.get_by_label(f"Test org: {tenants.b.url}").check()
    page.get_by_role("button", name="Log in with Salesforce").click()
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(DEFAULT_PASSWORD)
    page.get_by_role("button", name="Log In").click()
    page.get_by_role("button", name="Allow").click(timeout=LOADED)


def test_an_admin_signs_in_with_salesforce_and_a_rep_does_not(
    tenants: Tenants, browser: Browser, windows: Windows
) -> None:
    """E7: by keyboard's own forms, dark and narrow; the second try asks for the account anew."""
    page = windows.watch(browser.new_context(viewport=NARROW, color_scheme="dark")).new_page()
    page.goto(f"{tenants.app_url}/console/")
    _log_in(page, tenants, "rosa.lindqvist@halyard.example")
    expect(page.get_by_role("alert")).to_contain_text("no admin of Inlay", timeout=LOADED)
    assert_accessible(page)
    _log_in(page, tenants, "amir.haddad@halyard.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("Health", timeout=LOADED)
    expect(page.get_by_text("Amir Haddad")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Come in")
