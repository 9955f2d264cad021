"""X17: events between the canvases of a page, and those that the page itself tells."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from devorg.server import RunningOrg
from tests.devorg.canvas.talk import (
    INSTANCE,
    SECOND,
    answer,
    app_of,
    messages_noted,
    open_app,
    send,
    settle,
)

pytestmark = pytest.mark.e2e
NAME = "acme.chosen"


def subscribe(frame: Any, *names: str, kind: str = "subscribe", **params: Any) -> None:
    subscriptions = {name: {"params": params} if params else {} for name in names}
    send(frame, {"type": kind, "subscriptions": subscriptions})


def publish(frame: Any, payload: Any, **more: Any) -> None:
    send(frame, {"type": "publish", "event": {"name": NAME, "payload": payload, **more}})


@pytest.mark.parametrize("nested", [False, True])
def test_an_event_reaches_every_canvas_that_subscribed(
    page: Page, contact: str, *, nested: bool
) -> None:
    """X17: in the words of Salesforce's parent; the publisher hears it, too."""
    first = open_app(
        page, f"{contact}?canvases=2&frames={'nested' if nested else 'one'}", nested=nested
    )
    second = app_of(page, SECOND, nested=nested)
    for frame in (first, second):
        subscribe(frame, NAME)
    publish(first, {"id": 7})
    for frame in (first, second):
        heard = answer(frame)
        assert (heard["type"], heard["targetModule"]) == ("event", "Canvas")
        assert heard["payload"] == {"name": NAME, "method": "onData", "payload": {"id": 7}}


def test_who_did_not_subscribe_hears_nothing(page: Page, contact: str) -> None:
    """X17: not before, not after, and not of other names."""
    first = open_app(page, f"{contact}?canvases=2")
    second = app_of(page, SECOND)
    subscribe(first, NAME)
    subscribe(second, "acme.other")
    publish(first, 1)
    assert answer(first)["payload"]["payload"] == 1
    subscribe(first, NAME, kind="unsubscribe")
    publish(second, 2)
    settle(page)
    assert (first.evaluate("heard.length"), second.evaluate("heard.length")) == (1, 0)


def test_a_target_names_canvases_by_the_end_of_their_instance(page: Page, contact: str) -> None:
    """X17: a target that fits no canvas reaches none."""
    frame = open_app(page, contact)
    subscribe(frame, NAME)
    publish(frame, "for another", target={"canvas": "elsewhere"})
    publish(frame, "for frames", target={"iframe": "top"})
    publish(frame, "for this", target={"canvas": INSTANCE.split(":")[-1]})
    assert answer(frame)["payload"]["payload"] == "for this"


def test_a_repost_ends_subscriptions(page: Page, contact: str) -> None:
    """X17: the new page in the frame knows nothing of them."""
    frame = open_app(page, contact)
    subscribe(frame, NAME)
    with page.expect_response(lambda response: response.url.endswith("/canvas")):
        send(frame, {"type": "repost"})
    frame = app_of(page)
    frame.wait_for_function("typeof heard === 'object'")
    publish(frame, 1)
    settle(page)
    assert frame.evaluate("heard.length") == 0


def test_a_resize_is_told_to_the_canvas_that_asks(page: Page, contact: str) -> None:
    """X17: `canvas.resize`, with the height that it was given."""
    frame = open_app(page, contact)
    subscribe(frame, "canvas.resize")
    send(frame, {"type": "resize", "size": {"height": "99999px", "width": ""}})
    assert answer(frame)["payload"]["payload"] == {"height": "6000px"}


def test_scrolling_the_page_is_told(page: Page, contact: str) -> None:
    """X17: `canvas.scroll`, with the sizes of the page."""
    frame = open_app(page, contact)
    subscribe(frame, "canvas.scroll")
    while not frame.evaluate("heard.length"):  # until the page has heard of the wish
        page.mouse.wheel(0, 100)
        settle(page)
    told = answer(frame)["payload"]
    assert told["name"] == "canvas.scroll"
    assert told["payload"]["heights"]["scrollTop"] > 0
    assert set(told["payload"]) == {"heights", "widths"}


def test_the_streaming_api_is_refused_and_nothing_else_is_subscribed(
    page: Page, contact: str
) -> None:
    """X17: as in a real org a subscription to streaming comes alone, and ends in an answer."""
    frame = open_app(page, contact)
    topics = {"sfdc.streamingapi": {"params": {"topic": "/topic/Tasks"}}, NAME: {}}
    send(frame, {"type": "subscribe", "subscriptions": topics})
    told = answer(frame)["payload"]
    assert (told["name"], told["method"]) == ("sfdc.streamingapi", "onComplete")
    assert (told["params"], told["payload"]["success"]) == ({"topic": "/topic/Tasks"}, False)
    publish(frame, 1)
    settle(page)
    assert frame.evaluate("heard.length") == 1


@pytest.mark.parametrize("kind", ["toString", "constructor", "open", "nothing"])
def test_unknown_messages_are_ignored_and_noted_once(
    page: Page, contact: str, org: RunningOrg, kind: str
) -> None:
    """X17: no answer, as by the real parent; What happened shows them."""
    org.org.history.clear()
    frame = open_app(page, contact)
    send(frame, {"type": kind})
    send(frame, {"type": kind})
    noted = messages_noted(page, org)
    assert [(each.path, each.kind, each.user) for each in noted] == [(kind, "Canvas", "rep")]
    assert frame.evaluate("heard") == []
