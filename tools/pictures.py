"""The pictures of docs/install.md: pages of devorg in which the package is installed.

`python -m tools.pictures` takes those of the set-up anew, with `--demo http://127.0.0.1:8001` those
of a demo that runs: the widget and the console. devorg's set-up is laid out otherwise than
Salesforce's; what stands in it is the package's own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import (
    BrowserContext,
    FloatRect,
    FrameLocator,
    Page,
    ViewportSize,
    sync_playwright,
)

from devorg import DevorgConfig
from devorg.org import Org
from devorg.server import running
from devorg.users import USERS
from tools import browser

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
#: As docs/install.md writes the namespace.
NAMESPACE = "ns"
_WIDTH, _HEIGHT = 1100, 1560
#: Where a page of the set-up begins: right of its list, below the bars of devorg.
_LEFT, _TOP = 256, 102
#: The widget beside a record; the console alone, in a page so narrow that its frame is the page.
_WIDGET: ViewportSize = {"width": 1180, "height": 1420}
_CONSOLE: ViewportSize = {"width": 780, "height": 1000}
#: Name of the picture -> page of devorg, and how much of it is seen.
PICTURES: Mapping[str, tuple[str, int]] = {
    "install-integration-user": ("/lightning/setup/users/integration", 1382),
    "install-integration-set": ("/lightning/setup/permission-sets/Inlay_Integration", 620),
}


def install(org: Org) -> None:
    """Grant what step 3 of the guide grants."""
    integration = next(user for user in USERS if user.alias == "integration")
    org.rights.assign(integration, "Minimum Access - API Only Integrations")
    for name in ("Connection", "Activity"):
        org.rights.assign(integration, f"Inlay_{name}_Access")


def take(page: Page, url: str, folder: Path) -> Iterator[Path]:
    """Photograph every page, without devorg's own head; the paths of the pictures."""
    for name, (path, height) in PICTURES.items():
        page.goto(f"{url}{path}?user=admin")
        picture = folder / f"{name}.png"
        seen: FloatRect = {"x": _LEFT, "y": _TOP, "width": _WIDTH - _LEFT, "height": height}
        page.screenshot(path=picture, clip=seen)
        yield picture


def take_demo(context: BrowserContext, url: str, folder: Path) -> Iterator[Path]:
    """Photograph what reps and admins see in a running demo, after a Destination and a visit."""
    page = context.new_page()
    contact = page.request.get(f"{url}/_devorg/main").json()["contact"]
    record = f"{url}/lightning/r/Contact/{contact}/view?user="
    page.set_viewport_size(_WIDGET)
    page.goto(f"{record}rep")
    card = _opened(page)
    if (create := card.get_by_role("button", name="Create Destination")).count():
        create.press("Enter")
    link = card.locator("ul.links input").first.input_value()
    _visit(context, link)
    card.get_by_text("1 link clicked").first.wait_for()
    card.locator(".toast").wait_for(state="detached")
    picture = folder / "widget.png"
    page.screenshot(path=picture)
    yield picture
    page.set_viewport_size(_CONSOLE)
    page.goto(f"{record}admin&view=console")
    console = _opened(page)
    console.get_by_role("link", name="Connection", exact=True).first.press("Enter")
    console.get_by_role("heading", name="Connection to Salesforce").wait_for()
    picture = folder / "install-connection.png"
    page.locator("iframe[name^=canvas-frame]").screenshot(path=picture)
    yield picture


def _opened(page: Page) -> FrameLocator:
    frame = page.frame_locator("iframe[name^=canvas-frame]")
    frame.get_by_role("heading", level=1).first.wait_for()
    return frame


def _visit(context: BrowserContext, link: str) -> None:
    """A prospect looks, clicks a link, and leaves."""
    page = context.new_page()
    with page.expect_response("**/beacon"):
        page.goto(link)
    with page.expect_response("**/beacon"):
        page.mouse.wheel(0, 700)
    with page.expect_popup():
        page.locator("main a[target=_blank]").first.click()
    page.close(run_before_unload=True)


def main(arguments: list[str] | None = None) -> int:
    """Take every picture."""
    parser = argparse.ArgumentParser(description="Take the pictures of docs/install.md anew.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they are put")
    parser.add_argument("--demo", metavar="URL", help="devorg of a demo that runs: its pictures")
    options = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.find(), args=["--no-sandbox"])
        context = chromium.new_context(viewport={"width": _WIDTH, "height": _HEIGHT})
        if options.demo:
            taken = list(take_demo(context, options.demo, options.folder))
        else:
            taken = take_set_up(context, options.folder)
        print(*(picture.name for picture in taken), sep="\n")
        chromium.close()
    return 0


def take_set_up(context: BrowserContext, folder: Path) -> list[Path]:
    """Photograph the set-up of a devorg of its own."""
    with running(DevorgConfig(namespace=NAMESPACE)) as org:
        install(org.org)
        return list(take(context.new_page(), org.url, folder))


if __name__ == "__main__":
    raise SystemExit(main())
