"""An org whose canvas app is a stub of another site, and a browser page that looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.devorg.canvas.stub_app import StubApp, stub_app
from tests.devorg.canvas.talk import SECRET


@pytest.fixture(scope="module")
def app() -> Iterator[StubApp]:
    with stub_app() as served:
        yield served


@pytest.fixture(scope="module")
def served(app: StubApp) -> Iterator[RunningOrg]:
    """An org whose canvas app is the stub; `org` of this room's conftest puts it at its seed."""
    config = DevorgConfig(canvas_url=f"{app.origin}/canvas", consumer_secret=SECRET)
    with running(config) as org:
        yield org


@pytest.fixture
def page(browser: Browser, app: StubApp) -> Iterator[Page]:
    """A page that must report no error, not even of its security policy."""
    app.posts.clear()
    app.gets.clear()
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield opened
    context.close()
    # Some tests let a request fail; the browser reports that on the console too.
    assert not [each for each in errors if "Failed to load resource" not in each]


@pytest.fixture
def contact(main: dict[str, str], org: RunningOrg) -> str:
    return f"{org.url}/lightning/r/Contact/{main['contact']}/view"
