"""Issue 6, done: an empty install becomes an org that writes; what breaks is found in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from app.clock import utcnow
from tests.e2e.conftest import Windows
from tests.e2e.demo import Demo
from tests.e2e.looks import DESK, look
from tests.e2e.pages import LOADED, SOON, RecordPage

Rep = Callable[..., RecordPage]
SET = "Inlay_Activity_Access"
EMAIL = "elena.marquez@brightwater-energy.example"


@pytest.fixture
def install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """An empty install, as `make demo-empty` runs it."""
    running = Demo(tmp_path_factory.mktemp("nothing"), is_empty=True)
    try:
        running.start()
        yield running
        running.stop()
    finally:
        running.abandon()


def printed(install: Demo, pattern: str) -> str:
    """What the first steps say on the terminal."""
    found = re.search(pattern, install.output)
    assert found is not None, install.output
    return found[1]


def send_call(install: Demo, key: str, subject: str) -> None:
    """What an engagement tool tells of a call that just took place."""
    event = {"id": subject, "kind": "call", "email": EMAIL, "subject": subject}
    answer = requests.post(
        f"{install.facts['app_url']}/api/v1/events",
        json={"events": [{**event, "occurred_at": utcnow().isoformat()}]},
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text


def test_from_an_empty_install_to_a_delivery_that_was_mended(
    install: Demo, rep_window: Rep, browser: Browser, windows: Windows
) -> None:
    """N1, P7, X6: approved, connected, turned on, delivered; a right breaks, is named, is back.

    By what `make demo-empty` prints, and by clicking alone.
    """

    def open_page(address: str) -> Page:
        page = windows.watch(browser.new_context(viewport=DESK)).new_page()
        page.set_default_timeout(LOADED)
        page.goto(address.strip())
        return page

    def come_in(link: str) -> Page:
        page = open_page(link)
        page.get_by_role("main").get_by_role("button", name="Continue").click()
        return page

    rep = rep_window().open(printed(install, r"1 A rep +(\S+)"))
    expect(rep.card.locator("body")).to_contain_text("access is being set up")
    staff = come_in(printed(install, r"2 Support +(\S+)"))
    invitation = _approve(staff)
    rep.open(rep.page.url)
    expect(rep.heading).to_contain_text("Elena")

    admin = come_in(invitation)
    expect(admin.get_by_text("invited by support@example.com")).to_be_visible()
    key = _set_up(admin, install)
    send_call(install, key, "A call that goes well")
    _log_says(admin, "A call that goes well", "Delivered")
    expect(rep.rows.filter(has_text="A call that goes well")).to_be_visible(timeout=SOON)

    setup = open_page(install.facts["devorg_url"])
    setup.get_by_role("link", name="Take a right away").click()
    _press_at_the_set(setup, "Take away")
    send_call(install, key, "A call that is refused")
    _log_says(admin, "A call that is refused", "Needs you")
    _find_the_cause(admin)
    _press_at_the_set(setup, "Give")
    admin.get_by_role("button", name="Look for missing rights again").click()
    expect(admin.get_by_text("The preflight finds nothing missing now")).to_be_visible()
    look(admin, "console-why-right-back")
    rep.card.get_by_role("button", name="Why is this not in Salesforce?").click()
    expect(rep.card.locator("#h-obstacle")).to_have_text("1 activity can be tried again")
    admin.get_by_role("link", name="Try all of them again").click()
    admin.get_by_role("button", name="Send 1 activity again").click()
    _log_says(admin, "A call that is refused", "Delivered")
    tasks = [row["Subject"] for row in install.org.records("Task")]
    assert sum("A call that" in subject for subject in tasks) == 2


def _approve(staff: Page) -> str:
    """Let the org in that knocked; the link that makes its holder an admin of it."""
    staff.get_by_text("1 org waits to be let in.").get_by_role("link", name="Show").click()
    staff.get_by_role("main").get_by_role("listitem").get_by_role("link").click()
    staff.get_by_role("link", name="State").click()
    let_in = staff.locator("section", has=staff.get_by_role("heading", name="Let the org in"))
    let_in.get_by_label("Why").fill("Signed on Monday")
    let_in.get_by_role("button").click()
    expect(staff.get_by_role("status")).to_be_visible(timeout=LOADED)
    staff.get_by_role("button", name="Make a link").click()
    return staff.get_by_label("The link").input_value()


def _set_up(admin: Page, install: Demo) -> str:
    """Connect, look at the rights, turn on; an API key for the engagement tool."""
    where, client_id, secret = (
        printed(install, pattern) for pattern in (r"address (\S+),", r"key (\S+),", r"secret (\S+)")
    )
    admin.get_by_role("link", name="Set-up").click()
    admin.get_by_role("link", name="Connect (Connect)").click()
    way = admin.locator("#way-client_credentials")
    way.get_by_label("My Domain address").fill(where)
    way.get_by_label("Consumer key").fill(client_id)
    way.get_by_label("Consumer secret").fill(secret)
    way.get_by_role("button", name="Connect").click()
    expect(admin.locator("[data-condition]")).to_have_attribute(
        "data-condition", "connected", timeout=LOADED
    )
    admin.get_by_role("link", name="Preflight").click()
    expect(admin.locator("[data-verdict]")).not_to_have_attribute(
        "data-verdict", "missing", timeout=LOADED
    )
    admin.get_by_role("link", name="Set-up").click()
    admin.get_by_role("button", name="Turn on").click()
    expect(admin.get_by_role("status")).to_contain_text(
        "writes to Salesforce from now on", timeout=LOADED
    )
    admin.get_by_role("link", name="API keys").click()
    admin.get_by_label("What is it for?").fill("Engagement tool")
    admin.get_by_role("button", name="Make a key").click()
    return admin.get_by_label("Key", exact=True).input_value()


def _find_the_cause(admin: Page) -> None:
    """The page names the right and the permission set that grants it."""
    admin.get_by_role("link", name="Why not in Salesforce?").click()
    admin.get_by_label("Record id, link or e-mail address").fill(EMAIL)
    admin.get_by_role("button", name="Explain").click()
    cause = admin.locator("section.notice")
    expect(cause).to_contain_text("Salesforce refuses 1 activity")
    cause.get_by_role("button", name="Find the missing right").click()
    expect(cause).to_contain_text("Access Activities", timeout=LOADED)
    expect(cause).to_contain_text(SET)
    look(admin, "console-why-right")


def _press_at_the_set(setup: Page, button: str) -> None:
    """On the user's page in the org's set-up: take the set away, or give it."""
    line = setup.get_by_role("row").filter(has_text=SET)
    line.get_by_role("button", name=button).click()
    other = "Give" if button == "Take away" else "Take away"
    expect(line.get_by_role("button", name=other)).to_be_visible()


def _log_says(admin: Page, subject: str, state: str) -> None:
    """Look at the activity log until it says so."""
    line: Locator = admin.get_by_role("listitem").filter(has_text=subject)
    for _ in range(LOADED // 250):
        admin.get_by_role("link", name="Activity log").click()
        if line.locator(".tag").all_inner_texts() == [state]:
            return
        admin.wait_for_timeout(250)
    expect(line.locator(".tag")).to_have_text(state)
