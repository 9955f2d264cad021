"""The real product, started once for this folder, and browser windows that look at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
)

from tests.e2e.demo import Demo
from tests.e2e.looks import DESK, SCREENSHOTS
from tests.e2e.org import Org
from tests.e2e.pages import Prospect, RecordPage
from tests.e2e.tenants import Tenants

#: The browser reports refused requests, which some tests are about.
_EXPECTED = ("Failed to load resource",)
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, for its screenshots."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The product under its supervisor; at the end it must stop cleanly and leave nothing."""
    running = Demo(tmp_path_factory.mktemp("demo"))
    try:
        running.start()
        yield running
        running.stop()
    finally:
        running.abandon()


@pytest.fixture(scope="session")
def org(demo: Demo) -> Org:
    """The demo's Salesforce org."""
    return demo.org


@pytest.fixture(scope="session")
def main(org: Org) -> dict[str, str]:
    """Ids of the seeded main records."""
    return org.main()


@pytest.fixture(scope="session")
def tenants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    """Two orgs on one app whose bearers and replay window end after seconds."""
    with Tenants(tmp_path_factory.mktemp("tenants")) as started:
        yield started


class Windows:
    """Browser contexts of one test; whatever a page complains about fails the test."""

    def __init__(self) -> None:
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def watch(self, context: BrowserContext) -> BrowserContext:
        """Look after a context."""
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._hear)
        self.contexts.append(context)
        return context

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith(_EXPECTED):
            self.complaints.append(said.text)

    def photograph(self, name: str) -> None:
        """Keep what every page shows."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"\W+", "-", name)
        pages: list[Page] = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages):
            page.screenshot(path=SCREENSHOTS / f"{stem}-{number}.png")

    def close(self) -> None:
        """Close all of them."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def windows(request: pytest.FixtureRequest) -> Iterator[Windows]:
    """Windows that are photographed when the test fails."""
    opened = Windows()
    yield opened
    if request.node.stash.get(_FAILED, False):
        opened.photograph(request.node.name)
    opened.close()
    assert not opened.complaints


@pytest.fixture
def rep_window(browser: Browser, windows: Windows) -> Callable[..., RecordPage]:
    """Makes windows of a rep's desktop browser; arguments are those of a context."""

    def make(**options: Any) -> RecordPage:
        context = browser.new_context(**{"viewport": DESK, **options})
        return RecordPage(windows.watch(context).new_page())

    return make


@pytest.fixture
def prospect_window(
    playwright: Playwright, browser: Browser, windows: Windows
) -> Callable[[], Prospect]:
    """Makes windows of a prospect's phone."""

    def make() -> Prospect:
        context = browser.new_context(**playwright.devices["Pixel 7"])
        return Prospect(windows.watch(context))

    return make
