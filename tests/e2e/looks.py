"""How a page looks: light and dark, wide and narrow, to axe-core and to whoever sees pictures."""

from __future__ import annotations

import re
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, ViewportSize

from tests.e2e.processes import ROOT

SCREENSHOTS = ROOT / ".inlay-test" / "screenshots"
DESK: ViewportSize = {"width": 1400, "height": 1000}
NARROW: ViewportSize = {"width": 360, "height": 800}
_SCRIPT = Axe().axe_script
_ALL: dict[str, Any] = {"resultTypes": ["violations"]}
#: What can differ between two schemes of the same page.
_COLOURS = {**_ALL, "runOnly": ["color-contrast", "link-in-text-block"]}
#: What can differ between two widths of it.
_WIDTH = {**_ALL, "runOnly": ["scrollable-region-focusable"]}


def look(page: Page, name: str, *, dark: bool = True) -> None:
    """axe-core finds nothing at all, nothing scrolls sideways; pictures are kept.

    ``dark`` False leaves out the dark, for another state of a page that was seen in it.
    """
    assert_accessible(page, name)
    _keep(page, name, "light")
    if dark:
        page.emulate_media(color_scheme="dark")
        assert_accessible(page, name, _COLOURS)
        _keep(page, name, "dark")
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    assert_accessible(page, name, _WIDTH)
    assert_no_sideways_scrolling(page, name)
    _keep(page, name, "narrow")
    page.set_viewport_size(DESK)


def assert_accessible_in_both(shown: Page | Frame) -> None:
    """axe-core finds nothing by light, and nothing of colours in the dark."""
    page = shown if isinstance(shown, Page) else shown.page
    for scheme, options in _SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert_accessible(shown, scheme, options)


_SCHEMES: tuple[tuple[Literal["dark", "light"], dict[str, Any]], ...] = (
    ("dark", _COLOURS),
    ("light", _ALL),
)


def assert_accessible(
    shown: Page | Frame, name: str = "", options: dict[str, Any] | None = None
) -> None:
    """axe-core finds nothing at all, serious or not; what fades in is looked at as it will be."""
    page = shown if isinstance(shown, Page) else shown.page
    page.emulate_media(reduced_motion="reduce")
    if not shown.evaluate("typeof axe === 'object'"):
        shown.evaluate(_SCRIPT)
    found: Any = shown.evaluate("options => axe.run(options)", options or _ALL)
    told = [
        f"{each['id']}: {each['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
    assert not told, f"{name}\n" + "\n".join(told)


def assert_no_sideways_scrolling(shown: Page | Frame, name: str = "") -> None:
    """What is shown is as wide as where it is shown, at most."""
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert shown.evaluate(overflow) <= 0, f"{name} scrolls sideways"


def _keep(page: Page, name: str, how: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"\W+", "-", name)
    page.screenshot(path=SCREENSHOTS / f"{stem}-{how}.png", full_page=True)
