"""One headless browser for all end-to-end tests of a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tools import browser as browsers

# What is promised within a time says so where it is expected; all else waits for a busy machine.
expect.set_options(timeout=30_000)

#: Nothing here is secret from the machine's root; a person's browser is not "automated"; frames
#: share a process, as a click right after a scroll is else led by where its frame was before.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-blink-features=AutomationControlled",
    "--disable-site-isolation-trials",
]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's sync API, of which a thread may run one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Any Chromium, Chrome or Edge of this machine; each test makes contexts of its own."""
    launched = playwright.chromium.launch(executable_path=browsers.find(), args=ARGUMENTS)
    yield launched
    launched.close()
