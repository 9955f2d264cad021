"""X17: which messages the canvas parent does not hear."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.devorg.canvas.stub_app import StubApp
from tests.devorg.canvas.talk import (
    INSTANCE,
    height,
    open_app,
    send,
    settle,
)

pytestmark = pytest.mark.e2e


def test_messages_of_other_windows_are_ignored(page: Page, contact: str) -> None:
    """X17: neither the page itself nor a frame within the app's frame is the app."""
    frame = open_app(page, contact)
    forged = frame.evaluate(
        "id => JSON.stringify(message(1, { type: 'resize', size: { height: '900px' } }, id))",
        INSTANCE,
    )
    page.evaluate("text => window.postMessage(text, '*')", forged)
    frame.evaluate(
        "text => { const inner = document.createElement('iframe'); document.body.append(inner);"
        " const code = inner.contentDocument.createElement('script');"
        " inner.contentWindow.forged = text;"
        " code.textContent = 'for (const w of [parent, top]) w.postMessage(forged, \"*\")';"
        " inner.contentDocument.body.append(code) }",
        forged,
    )
    frame.wait_for_function("heard.length === 1")  # the inner frame did speak
    settle(page)
    assert height(page) == 600


@pytest.mark.parametrize(
    "change",
    [
        {"targetModule": "Other"},
        {"src": "parent"},
        {"body": None},
        {"body": {"type": "resize", "size": {"height": "900px"}}},
    ],
)
def test_messages_that_are_not_of_this_canvas_are_ignored(
    page: Page, contact: str, change: dict[str, Any]
) -> None:
    """X17: another module, another direction, no instance."""
    frame = open_app(page, contact)
    body = {"type": "resize", "size": {"height": "900px"}}
    frame.evaluate(
        "([id, body, change]) => parent.postMessage("
        "JSON.stringify({ ...message(1, body, id), ...change }), '*')",
        [INSTANCE, body, change],
    )
    frame.evaluate("body => send(1, body, 'other:Inlay:446:0:canvasapp')", body)
    frame.evaluate(
        "([id, body]) => parent.postMessage(message(1, body, id), '*')", [INSTANCE, body]
    )
    frame.evaluate("() => parent.postMessage('{ no json', '*')")
    settle(page)
    assert height(page) == 600


def test_the_policy_keeps_other_origins_out_of_the_frame(
    browser: Browser, app: StubApp, contact: str
) -> None:
    """X17: the app's frame cannot be led elsewhere."""
    context = browser.new_context()
    page = context.new_page()
    frame = open_app(page, contact)
    with page.expect_event("console", lambda said: "frame-src" in said.text):
        frame.evaluate(f"() => {{ location = 'http://127.0.0.1:{app.port}/elsewhere' }}")
    expect(page.frame_locator("iframe").get_by_text("Stub app")).to_have_count(0)
    context.close()


def test_a_page_of_another_origin_in_the_frame_is_not_heard(
    browser: Browser, app: StubApp, contact: str
) -> None:
    """X17: the origin is checked even where no policy holds it back."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    frame = open_app(page, contact)
    frame.evaluate(f"() => {{ location = 'http://127.0.0.1:{app.port}/elsewhere' }}")
    frame.wait_for_url("**/elsewhere")
    assert frame.evaluate("window.name") == f"canvas-frame-{INSTANCE}"
    send(frame, {"type": "resize", "size": {"height": "900px"}})
    send(frame, {"type": "refresh"})
    settle(page)
    assert (height(page), frame.evaluate("heard")) == (600, [])
    context.close()
