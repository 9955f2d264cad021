"""Destinations in the console, as an admin inside Salesforce and as an operator meet them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.e2e.conftest import Windows
from tests.e2e.looks import DESK, look
from tests.e2e.org import Org
from tests.e2e.pages import LOADED, RecordPage, press
from tests.e2e.samples import png
from tests.e2e.tenants import ORG_A, Tenants
from tests.e2e.test_console import come_in

Rep = Callable[..., RecordPage]
#: Of a logo, in pixels.
SIDE = 48


def expect_headline(place: Page | FrameLocator, text: str) -> None:
    """In the preview's frame, and with the style of the public page."""
    heading = place.frame_locator("#preview").get_by_role("heading", level=1)
    expect(heading).to_have_text(text)
    expect(heading).to_have_css("font-weight", "720")  # the style sheet was let in


def test_an_admin_writes_the_template_and_revokes_a_page(
    org: Org, main: dict[str, str], rep_window: Rep
) -> None:
    """E6, X12: inside Salesforce, where frames have neither cookies nor rights."""
    contact = org.named("Contact", "Andrés Molina")["Id"]
    rep = rep_window().open(org.page("Contact", contact))
    link = (rep.links() or rep.create())["Andrés Molina"]
    admin = rep_window()
    admin.page.goto(org.page("Contact", main["contact"], "admin", view="console"))
    console = admin.card
    press(console.get_by_role("link", name="Destinations"))
    press(console.get_by_role("link", name="Template"))
    expect_headline(console, "Prepared for Acme")
    console.get_by_label("Headline", exact=True).fill("Ideas for {{account}}")
    expect_headline(console, "Ideas for Acme")
    console.get_by_label("Headline", exact=True).fill("Ideas for {{nobody}}")
    press(console.get_by_role("button", name="Save"))
    expect(console.get_by_text("There is no merge field nobody")).to_be_visible(timeout=LOADED)
    press(console.get_by_role("link", name="All Destinations"))
    press(console.get_by_role("link", name="How they look"))
    console.get_by_label("Image file").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png(SIDE)}
    )
    press(console.get_by_role("button", name="Show this logo"))
    logo = console.get_by_role("img", name="The present logo")
    expect(logo).to_be_visible()
    expect(logo).to_have_js_property("naturalWidth", SIDE)
    press(console.get_by_role("link", name="All Destinations"))
    line = console.get_by_role("listitem").filter(has_text="Andrés Molina")
    press(line.get_by_role("link").first)
    own = console.get_by_role("listitem").filter(has_text="Andrés Molina")
    assert own.get_by_role("textbox").input_value() == link
    press(own.get_by_role("button", name="Copy"))
    expect(own.get_by_role("button", name="Copied")).to_be_visible()
    visitor = rep_window().page
    for button, said, status in (
        ("Revoke 2 links", "2 links show nothing", 404),
        ("Restore 2 links", "2 links work again", 200),
    ):
        press(console.get_by_role("button", name=button))
        expect(console.get_by_role("status")).to_contain_text(said)
        answer = visitor.goto(link)
        assert answer is not None
        assert answer.status == status
    expect(visitor.locator("img.logo")).to_have_js_property("naturalWidth", SIDE)


def test_a_stranger_at_the_gate_is_refused_and_who_is_listed_comes_in(
    tenants: Tenants, rep_window: Rep, browser: Browser, windows: Windows
) -> None:
    """X12: the page in the console gets a gate, a stranger opens it, and is told of."""
    contact = tenants.a.named("Contact", "Priya Nair")["Id"]
    rep = rep_window().open(tenants.a.page("Contact", contact))
    if not rep.links():
        rep.create()
    invitation = tenants.command(["staff", "invite", "ines@example.com", "--role", "operator"])
    page = windows.watch(browser.new_context(viewport=DESK)).new_page()
    come_in(page, invitation.strip())
    page.goto(f"{tenants.app_url}/console/orgs/{ORG_A}/destinations")
    page.get_by_role("link", name="Prepared for").first.click()
    page.get_by_role("radio", name="An e-mail address that is let in").check()
    page.get_by_role("checkbox", name="Do not ask somebody").uncheck()
    page.get_by_label("Let in", exact=True).fill("brightwater.example")
    page.get_by_role("button", name="Save gate").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    link = page.get_by_role("textbox", name="Link of Anybody else").input_value()
    stranger = page.context.new_page()
    stranger.goto(link)
    look(stranger, "gate")
    stranger.get_by_label("Your e-mail address").fill("kim@rival.example")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("alert")).to_contain_text("does not open the page")
    look(stranger, "gate-refused", dark=False)
    stranger.get_by_label("Your e-mail address").fill("kim@brightwater.example")
    stranger.get_by_role("button", name="Agree and open the page").click()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Prepared for")
    stranger.reload()
    expect(stranger.get_by_label("E-mail", exact=True)).to_have_value("kim@brightwater.example")
    stranger.close()
    page.reload()
    expect(page.get_by_role("row", name="kim@brightwater.example")).to_be_visible()
    look(page, "console-destination-gate")
    rep.page.reload()
    expect(rep.card.get_by_text("kim@brightwater.example")).to_be_visible(timeout=LOADED)
    expect(rep.card.get_by_text("Opens only for e-mail addresses")).to_be_visible()
    look(rep.page, "widget-gate")
