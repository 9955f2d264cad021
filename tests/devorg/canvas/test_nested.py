"""X16, X17: the app in a frame of another origin inside the record page, as in a real org."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from devorg.server import RunningOrg
from tests.devorg.canvas.stub_app import StubApp
from tests.devorg.canvas.talk import (
    INSTANCE,
    answer,
    open_app,
    open_envelope,
    send,
    settle,
    token_of,
)

pytestmark = pytest.mark.e2e


@pytest.fixture
def nested(contact: str) -> str:
    return f"{contact}?frames=nested"


@pytest.fixture
def inner(org: RunningOrg) -> str:
    """The origin of the frame in between."""
    return org.url.replace("127.0.0.1", "localhost")


def test_the_app_has_two_ancestors_of_different_origins(
    page: Page, nested: str, org: RunningOrg, inner: str
) -> None:
    """X16: the frame's own policy must name both, as it must in a real org."""
    frame = open_app(page, nested, nested=True)
    assert frame.evaluate("[...location.ancestorOrigins]") == [inner, org.url]
    assert frame.evaluate("window.name") == f"canvas-frame-{INSTANCE}"


def test_the_envelope_names_the_frame_in_between_and_the_page(
    page: Page, app: StubApp, nested: str, org: RunningOrg, inner: str, main: dict[str, str]
) -> None:
    """X16: targetOrigin and instanceUrl are one host, locationUrl is the Lightning page."""
    open_app(page, nested, nested=True)
    envelope = open_envelope(app.posts[0].signed_request)
    client, environment = envelope["client"], envelope["context"]["environment"]
    assert (client["targetOrigin"], client["instanceUrl"]) == (inner, inner)
    page_of = f"{org.url}/lightning/r/Contact/{main['contact']}/view"
    assert environment["locationUrl"] == page_of


def test_messages_are_answered_by_the_frame_in_between(
    page: Page, nested: str, org: RunningOrg, inner: str
) -> None:
    """X17: their origin is the targetOrigin of the envelope."""
    frame = open_app(page, nested, nested=True)
    send(frame, {"type": "ctx", "accessToken": token_of(org, "rep")})
    heard = answer(frame)
    assert (heard["origin"], heard["status"]) == (inner, 200)
    send(frame, {"type": "refresh"}, seq=5)
    assert open_envelope(answer(frame, 1)["payload"]["response"])["client"]["targetOrigin"] == inner


def test_a_resize_grows_both_frames(page: Page, nested: str) -> None:
    """X17: the page around the frames grows with the app, and nothing scrolls inside."""
    frame = open_app(page, nested, nested=True)
    outer = page.locator("iframe[name^=canvas-outer]")
    before = outer.evaluate("frame => frame.clientHeight")
    send(frame, {"type": "resize", "size": {"height": "900px"}})
    expect(outer).to_have_css("height", f"{before + 300}px")


def test_the_page_hears_only_the_frame_in_between(page: Page, nested: str) -> None:
    """X17: the app cannot speak to the record page itself."""
    frame = open_app(page, nested, nested=True)
    settle(page)
    height = page.locator("[data-canvas-host]").evaluate("frame => frame.clientHeight")
    frame.evaluate("() => top.postMessage({ devorg: 'height', height: 3000 }, '*')")
    settle(page)
    assert page.locator("[data-canvas-host]").evaluate("frame => frame.clientHeight") == height


def test_a_fresh_repost_is_signed_by_the_frame_in_between(
    page: Page, app: StubApp, nested: str, inner: str
) -> None:
    """X17: with the same instance, for the same user."""
    frame = open_app(page, nested, nested=True)
    with page.expect_response(lambda response: response.url.endswith("/canvas")):
        send(frame, {"type": "repost", "refresh": True})
    first, second = (open_envelope(each.signed_request) for each in app.posts)
    assert second["client"]["instanceId"] == first["client"]["instanceId"] == INSTANCE
    assert (second["userId"], second["client"]["targetOrigin"]) == (first["userId"], inner)


def test_only_the_record_page_may_frame_the_frame_in_between(
    browser: Browser, org: RunningOrg, inner: str, main: dict[str, str]
) -> None:
    """X16: its policy names one ancestor."""
    page = browser.new_page()
    answer = page.goto(f"{inner}/lightning/canvas?sobject=Contact&record={main['contact']}")
    assert answer is not None
    assert f"frame-ancestors {org.url}" in answer.headers["content-security-policy"].split("; ")
    page.close()


def test_the_choice_of_frames_is_remembered(page: Page, nested: str, contact: str) -> None:
    """X16: a link in the page leads to nested frames, too, until one frame is chosen."""
    open_app(page, nested, nested=True)
    open_app(page, contact, nested=True)
    page.get_by_role("link", name="One frame").click()
    expect(page.locator(f"iframe[name='canvas-frame-{INSTANCE}']")).to_be_visible()
