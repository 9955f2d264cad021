"""The widget and the public page for everybody: axe-core, keyboard, narrow and wide, dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.demo import Demo
from tests.e2e.looks import assert_accessible_in_both, assert_no_sideways_scrolling
from tests.e2e.org import Org
from tests.e2e.pages import Prospect, RecordPage

Rep = Callable[..., RecordPage]
#: Where the focus stands inside the frame.
FOCUS = "document.activeElement.id || document.activeElement.tagName"


@pytest.mark.parametrize("sobject", ["Contact", "Opportunity"])
def test_axe_finds_nothing_in_the_card(org: Org, rep_window: Rep, sobject: str) -> None:
    """C2: before and after the click."""
    name = {"Contact": "Lucía Serrano", "Opportunity": "Castellan Insurance - Claims portal"}
    rep = rep_window()
    rep.open(org.page(sobject, org.named(sobject, name[sobject])["Id"]))
    if rep.create_button.is_visible():
        assert_accessible_in_both(rep.frame)
        rep.create()
    assert_accessible_in_both(rep.frame)


def test_axe_finds_nothing_in_calm_pages(org: Org, main: dict[str, str], rep_window: Rep) -> None:
    """C1: a refusal is a page like any other."""
    rep = rep_window()
    rep.open(org.page("Contact", main["contact"], "norecord", force_canvas="1"))
    assert_accessible_in_both(rep.frame)


def test_axe_finds_nothing_in_the_public_page(demo: Demo, org: Org, rep_window: Rep) -> None:
    """C3: the page, one of its documents, what it records, and an address that leads nowhere."""
    contact = org.named("Contact", "Andrés Molina")["Id"]
    rep = rep_window().open(org.page("Contact", contact))
    link = (rep.links() or rep.create())["Andrés Molina"]
    page = rep_window(viewport={"width": 390, "height": 844}).page
    pages_url = demo.facts["pages_url"]
    for address in (
        link, f"{link}/documents/1", f"{pages_url}/what-is-recorded", f"{pages_url}/d/nowhere"
    ):  # fmt: skip
        page.goto(address)
        assert_accessible_in_both(page)
        assert_no_sideways_scrolling(page)


def test_the_keyboard_reaches_create_copy_and_filter(org: Org, rep_window: Rep) -> None:
    """C2: in the order of the card; Enter makes the Destination, and its copy button has focus."""
    contact = org.named("Contact", "Carmen Vidal")["Id"]
    rep = rep_window().open(org.page("Contact", contact))
    rep.frame.locator("body").evaluate("body => { body.tabIndex = -1; body.focus() }")
    assert tab_to(rep, {"create", "kind"}) == ["create", "kind"]
    rep.create_button.press("Enter")
    expect(rep.card.locator("#copy-1")).to_be_focused()
    rep.page.keyboard.press("Enter")
    expect(rep.card.locator("#toasts")).to_contain_text("Link copied")
    assert tab_to(rep, {"copy-2", "kind"}) == ["copy-2", "kind"]


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("sobject", ["contact", "opportunity"])
def test_the_card_fits_narrow_and_wide_frames(
    org: Org, main: dict[str, str], rep_window: Rep, sobject: str, width: int
) -> None:
    """C2: no scrolling sideways, and the frame is as tall as its content."""
    rep = rep_window(viewport={"width": 1400, "height": 1000})
    rep.open(org.page(sobject.capitalize(), main[sobject]))
    box = rep.page.locator("iframe[name^=canvas-frame]")
    box.evaluate("(frame, width) => { frame.style.width = `${width}px` }", width)
    rep.wait_until(f"innerWidth === {width}")
    rep.wait_until("document.documentElement.scrollHeight <= innerHeight + 1")
    assert_no_sideways_scrolling(rep.frame)


def test_the_public_page_is_light_and_sets_nothing(
    org: Org, rep_window: Rep, prospect_window: Callable[[], Prospect]
) -> None:
    """C3, X13: one HTML under 50 kB, no cookie, nobody else's files."""
    contact = org.named("Contact", "Joanne Albright")["Id"]
    rep = rep_window().open(org.page("Contact", contact))
    link = (rep.links() or rep.create())["Joanne Albright"]
    page = prospect_window().page
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    answer = page.goto(link)
    assert answer is not None
    assert len(answer.body()) < 50_000
    assert page.context.cookies() == []
    origin = link.partition("/d/")[0]
    assert [each for each in addresses if not each.startswith((origin, "data:"))] == []


def tab_to(rep: RecordPage, wanted: set[str]) -> list[str]:
    """Press Tab until all of these had the focus; in which order they got it."""
    reached: list[str] = []
    for _ in range(40):
        rep.page.keyboard.press("Tab")
        focus = str(rep.frame.evaluate(FOCUS))
        if focus in wanted:
            reached.append(focus)
        if set(reached) == wanted:
            break
    return reached
