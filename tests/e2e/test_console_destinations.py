"""Destinations in the console, as an admin inside Salesforce and as an operator meet them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.e2e.conftest import DESK, SCREENSHOTS, Windows
from tests.e2e.org import Org
from tests.e2e.pages import LOADED, RecordPage
from tests.e2e.tenants import ORG_A, Tenants
from tests.e2e.test_accessible import assert_accessible, assert_no_sideways_scrolling
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
    console.get_by_role("link", name="Destinations").click(timeout=LOADED)
    console.get_by_role("link", name="Template").click()
    expect_headline(console, "Prepared for Acme")
    console.get_by_label("Headline", exact=True).fill("Ideas for {{account}}")
    expect_headline(console, "Ideas for Acme")
    console.get_by_label("Headline", exact=True).fill("Ideas for {{nobody}}")
    console.get_by_role("button", name="Save").click()
    expect(console.get_by_text("There is no merge field nobody")).to_be_visible(timeout=LOADED)
    console.get_by_role("link", name="All Destinations").click()
    console.get_by_role("link", name="How they look").click()
    console.get_by_label("Image file").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png()}
    )
    console.get_by_role("button", name="Show this logo").click()
    logo = console.get_by_role("img", name="The present logo")
    expect(logo).to_be_visible()
    expect(logo).to_have_js_property("naturalWidth", SIDE)
    console.get_by_role("link", name="All Destinations").click()
    line = console.get_by_role("listitem").filter(has_text="Andrés Molina")
    line.get_by_role("link").first.click()
    own = console.get_by_role("listitem").filter(has_text="Andrés Molina")
    assert own.get_by_role("textbox").input_value() == link
    own.get_by_role("button", name="Copy").click()
    expect(own.get_by_role("button", name="Copied")).to_be_visible()
    visitor = rep_window().page
    for button, said, status in (
        ("Revoke 2 links", "2 links show nothing", 404),
        ("Restore 2 links", "2 links work again", 200),
    ):
        console.get_by_role("button", name=button).click()
        expect(console.get_by_role("status")).to_contain_text(said)
        answer = visitor.goto(link)
        assert answer is not None
        assert answer.status == status
    expect(visitor.locator("img.logo")).to_have_js_property("naturalWidth", SIDE)


def png() -> bytes:
    """A square of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x0b\x5c\xab" * SIDE) * SIDE
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_destinations(
    tenants: Tenants, rep_window: Rep, browser: Browser, windows: Windows, scheme: str
) -> None:
    """The list, one of them with its gate, the template: wide and narrow, photographed."""
    contact = tenants.a.named("Contact", "Priya Nair")["Id"]
    rep = rep_window().open(tenants.a.page("Contact", contact))
    if not rep.links():
        rep.create()
    invitation = tenants.command(["staff", "invite", "ines@example.com", "--role", "operator"])
    context = browser.new_context(viewport=DESK, color_scheme=scheme)  # type: ignore[arg-type]
    page = windows.watch(context).new_page()
    come_in(page, invitation.strip())
    base = f"{tenants.app_url}/console/orgs/{ORG_A}/destinations"
    page.goto(base)
    photograph(page, f"list-{scheme}")
    page.get_by_role("link", name="Prepared for").first.click()
    close_and_knock(page, scheme)
    photograph(page, f"one-{scheme}")
    page.goto(f"{base}/defaults")
    page.get_by_label("Let in", exact=True).fill("acme.example\nno domain")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“no” is neither an address")).to_be_visible()
    photograph(page, f"defaults-wrong-{scheme}")
    page.goto(f"{base}/brand")
    page.get_by_label("Image file").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png()}
    )
    page.get_by_role("button", name="Show this logo").click()
    photograph(page, f"brand-{scheme}")
    page.goto(f"{base}/template")
    expect_headline(page, "Prepared for Acme")
    photograph(page, f"template-{scheme}")
    page.get_by_label("Headline", exact=True).fill("For {{account}} and {{rep|us}}")
    expect(page.frame_locator("#preview").get_by_role("heading", level=1)).to_contain_text(
        "For Acme and"
    )
    page.get_by_label("Headline", exact=True).fill("")
    page.get_by_role("button", name="Save").click()
    photograph(page, f"template-wrong-{scheme}")


def close_and_knock(page: Page, scheme: str) -> None:
    """X12: the page in the console gets a gate, a stranger opens it, and is told of."""
    page.get_by_role("radio", name="An e-mail address that is let in").check()
    page.get_by_role("checkbox", name="Do not ask somebody").uncheck()
    page.get_by_label("Let in", exact=True).fill("brightwater.example")
    page.get_by_role("button", name="Save gate").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    link = page.get_by_role("textbox", name="Link of Anybody else").input_value()
    stranger = page.context.new_page()
    stranger.goto(link)
    photograph(stranger, f"gate-{scheme}")
    stranger.get_by_label("Your e-mail address").fill("kim@rival.example")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("alert")).to_contain_text("does not open the page")
    photograph(stranger, f"gate-refused-{scheme}")
    stranger.get_by_label("Your e-mail address").fill("kim@brightwater.example")
    stranger.get_by_role("button", name="Agree and open the page").click()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Prepared for")
    stranger.reload()
    expect(stranger.get_by_label("E-mail", exact=True)).to_have_value("kim@brightwater.example")
    stranger.close()
    page.reload()
    expect(page.get_by_role("row", name="kim@brightwater.example")).to_be_visible()


def photograph(page: Page, name: str) -> None:
    """Look with axe, then keep a picture, wide and narrow."""
    assert_accessible(page)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"destinations-{name}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 800})
    assert_no_sideways_scrolling(page)
    page.screenshot(path=SCREENSHOTS / f"destinations-{name}-narrow.png", full_page=True)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
