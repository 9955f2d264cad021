"""X16, X17: the parent's side of Canvas in a real browser, with an app of another site."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from devorg.server import RunningOrg
from tests.devorg.canvas.stub_app import StubApp
from tests.devorg.canvas.talk import (
    answer,
    height,
    open_app,
    open_envelope,
    send,
    settle,
    token_of,
)

pytestmark = pytest.mark.e2e


def test_the_app_is_posted_a_signed_request_into_a_cross_site_frame(
    page: Page, app: StubApp, contact: str, main: dict[str, str]
) -> None:
    """X16: a form post into a frame of another site, as the browser itself says."""
    open_app(page, contact)
    (post,) = app.posts
    environment = open_envelope(post.signed_request)["context"]["environment"]
    assert post.headers["Sec-Fetch-Site"] == "cross-site"
    assert post.headers["Sec-Fetch-Dest"] == "iframe"
    assert environment["parameters"] == {"recordId": main["contact"], "sObjectName": "Contact"}
    assert environment["record"] == {}


def test_the_frame_has_the_width_of_its_column(page: Page, contact: str) -> None:
    """X16: about 460 px on a page of 1,200, all of a phone's column."""
    open_app(page, contact)
    assert page.locator("iframe").evaluate("frame => frame.clientWidth") == 460
    page.set_viewport_size({"width": 400, "height": 800})
    frame = page.locator("iframe").bounding_box()
    details = page.locator("#details").bounding_box()
    assert frame
    assert details
    assert frame["y"] > details["y"] + details["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == 400


def test_resize_changes_the_height_within_bounds(page: Page, contact: str) -> None:
    """X17: the app says how tall it is; a runaway is held."""
    frame = open_app(page, contact)
    for wanted, drawn in {"640px": 640, "333.2px": 334, "5px": 120, "999999px": 6000}.items():
        send(frame, {"type": "resize", "size": {"height": wanted, "width": ""}})
        expect(page.locator("iframe")).to_have_css("height", f"{drawn}px")


def test_a_height_that_is_none_changes_nothing(page: Page, contact: str) -> None:
    """X17: the client leaves a size empty that did not change."""
    frame = open_app(page, contact)
    unusable: list[Any] = ["", "100%", "-4px", "1e9px", "calc(1px)", None, {}]
    for wanted in unusable:
        send(frame, {"type": "resize", "size": {"height": wanted}})
    send(frame, {"type": "resize"})
    settle(page)
    assert height(page) == 600


def test_a_burst_of_resizes_is_few_changes_and_ends_at_the_last(page: Page, contact: str) -> None:
    """X17: many messages within one picture are one change of the layout."""
    frame = open_app(page, contact)
    page.evaluate(
        "() => { window.changes = 0; new MutationObserver(() => window.changes++)"
        ".observe(document.querySelector('iframe'), { attributeFilter: ['style'] }) }"
    )
    frame.evaluate(
        "() => { for (let h = 1; h <= 400; h++)"
        " send(h % 100, { type: 'resize', size: { height: `${300 + h}px` } }) }"
    )
    expect(page.locator("iframe")).to_have_css("height", "700px")
    assert page.evaluate("window.changes") < 100


def test_refresh_answers_a_fresh_signed_request(
    page: Page, app: StubApp, contact: str, org: RunningOrg
) -> None:
    """X17: to the same number, of the same user, and nothing is posted."""
    frame = open_app(page, contact)
    page.wait_for_timeout(5)
    send(frame, {"type": "refresh"}, seq=41)
    heard = answer(frame)
    fresh = open_envelope(heard["payload"]["response"])
    first = open_envelope(app.posts[0].signed_request)
    assert heard["type"] == "callback"
    assert (heard["seq"], heard["status"], heard["targetModule"]) == (41, 200, "Canvas")
    assert heard["origin"] == org.url
    assert (fresh["userId"], fresh["issuedAt"] > first["issuedAt"]) == (first["userId"], True)
    assert len(app.posts) == 1


def test_refresh_keeps_the_user_of_its_page(page: Page, contact: str, org: RunningOrg) -> None:
    """X17: another tab that changed the user changes nothing here."""
    frame = open_app(page, f"{contact}?user=admin")
    page.context.new_page().goto(f"{org.url}/?user=partial")
    send(frame, {"type": "refresh"})
    user = open_envelope(answer(frame)["payload"]["response"])["context"]["user"]
    assert user["userName"] == "amir.haddad@halyard.example"


def test_a_refresh_that_fails_is_answered_with_its_status(page: Page, contact: str) -> None:
    """X17: the app hears that there is none, instead of waiting."""
    frame = open_app(page, contact)
    page.route("**/lightning/signedrequest*", lambda route: route.fulfill(status=500))
    send(frame, {"type": "refresh"}, seq=7)
    heard = answer(frame)
    assert (heard["seq"], heard["status"]) == (7, 500)
    assert heard["payload"][0]["errorCode"] == "UNKNOWN_EXCEPTION"


@pytest.mark.parametrize("refresh", [False, True])
def test_repost_posts_again(page: Page, app: StubApp, contact: str, *, refresh: bool) -> None:
    """X17: the same request, or with `refresh` a fresh one."""
    frame = open_app(page, contact)
    with page.expect_response(lambda response: response.url.endswith("/canvas")):
        send(frame, {"type": "repost", "refresh": refresh})
    expect(page.frame_locator("iframe").get_by_text("Stub app")).to_be_visible()
    first, second = app.posts
    open_envelope(second.signed_request)
    assert (second.signed_request != first.signed_request) is refresh


def test_ctx_answers_the_context(page: Page, contact: str, org: RunningOrg) -> None:
    """X17: asked with the app's own token, so of its user; without the client's token."""
    frame = open_app(page, contact)
    send(frame, {"type": "ctx", "accessToken": token_of(org, "admin")})
    heard = answer(frame)
    assert (heard["status"], heard["type"]) == (200, "callback")
    assert heard["payload"]["organization"]["organizationId"] == org.org_id
    assert heard["payload"]["user"]["userName"] == "amir.haddad@halyard.example"
    assert "client" not in heard["payload"]


def test_ctx_with_a_dead_token_is_refused(page: Page, contact: str) -> None:
    """X17: the app's client logs out when it reads this."""
    frame = open_app(page, contact)
    send(frame, {"type": "ctx"})
    heard = answer(frame)
    assert heard["status"] == 401
    assert heard["payload"][0]["errorCode"] == "INVALID_SESSION_ID"


def test_a_mute_parent_answers_nothing(page: Page, app: StubApp, contact: str) -> None:
    """X17: for an app's own test of a parent that does not answer."""
    frame = open_app(page, f"{contact}?parent=mute")
    for kind in ("refresh", "repost", "ctx"):
        send(frame, {"type": kind})
    send(frame, {"type": "resize", "size": {"height": "700px"}})
    settle(page)
    assert frame.evaluate("heard") == []
    assert (height(page), len(app.posts)) == (600, 1)


def test_without_a_signed_request_the_card_offers_a_retry(page: Page, contact: str) -> None:
    """X16: the page says so, and one press opens the app."""
    page.route("**/lightning/signedrequest*", lambda route: route.abort(), times=1)
    page.goto(contact)
    expect(page.get_by_role("alert")).to_contain_text("could not be opened")
    page.get_by_role("button", name="Try again").click()
    expect(page.frame_locator("iframe").get_by_text("Stub app")).to_be_visible()
