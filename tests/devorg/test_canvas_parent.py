"""X16, X17: the parent's side of Canvas in a real browser, with an app of another site."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page, expect

from devorg import DevorgConfig
from devorg.server import RunningOrg, running
from tests.devorg.client import Client
from tests.devorg.stub_app import StubApp, stub_app

pytestmark = pytest.mark.e2e
SECRET = "secret-of-the-parent-tests"
INSTANCE = "_:Inlay:446:0:canvasapp"


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


def open_app(page: Page, url: str) -> Frame:
    """The app inside the frame, once it has loaded."""
    page.goto(url)
    expect(page.frame_locator("iframe").get_by_text("Stub app")).to_be_visible()
    frame = page.frame(name=f"canvas-frame-{INSTANCE}")
    assert frame is not None
    return frame


def send(frame: Frame, body: dict[str, Any], seq: int = 1) -> None:
    frame.evaluate("([seq, body]) => send(seq, body)", [seq, body])


def answer(frame: Frame) -> dict[str, Any]:
    """The first message that the app heard."""
    heard = frame.wait_for_function("heard[0]").json_value()
    message = json.loads(heard["data"])
    assert isinstance(message, dict)
    return {**message, "origin": heard["origin"]}


def open_envelope(signed_request: str) -> dict[str, Any]:
    """The payload, its signature computed again here."""
    signature, payload = signed_request.split(".")
    mac = hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).digest()
    assert base64.b64decode(signature) == mac
    decoded = json.loads(base64.b64decode(payload))
    assert isinstance(decoded, dict)
    return decoded


def height(page: Page) -> int:
    return int(page.locator("iframe").evaluate("frame => frame.clientHeight"))


def settle(page: Page) -> None:
    """Until messages sent so far were heard and drawn."""
    page.wait_for_timeout(300)


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
    page.wait_for_function("document.querySelector('iframe').clientHeight === 700")
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
    token = Client(org, "admin").http.headers["Authorization"]
    frame.evaluate(
        "([id, token]) => { const whole = message(3, { type: 'ctx' }, id);"
        " whole.body.accessToken = token.slice(7);"
        " parent.postMessage(JSON.stringify(whole), '*') }",
        [INSTANCE, token],
    )
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


def test_without_a_signed_request_the_card_offers_a_retry(page: Page, contact: str) -> None:
    """X16: the page says so, and one press opens the app."""
    page.route("**/lightning/signedrequest*", lambda route: route.abort(), times=1)
    page.goto(contact)
    expect(page.get_by_role("alert")).to_contain_text("could not be opened")
    page.get_by_role("button", name="Try again").click()
    expect(page.frame_locator("iframe").get_by_text("Stub app")).to_be_visible()


def test_the_timeline_shows_a_new_activity_by_itself(
    page: Page, contact: str, main: dict[str, str], rep: Client
) -> None:
    """X16: within seconds, without a reload, and it says how many are new."""
    page.goto(contact)
    before = page.get_by_test_id("activity").count()
    fields = {"WhoId": main["contact"], "Subject": "Viewed the plan", "Status": "Completed"}
    assert rep.call("POST", "sobjects/Task", fields).status_code == 201
    added = page.get_by_test_id("activity").filter(has_text="Viewed the plan")
    expect(added).to_be_visible()
    expect(page.get_by_test_id("activity")).to_have_count(before + 1)
    expect(page.locator("#activity").get_by_role("status")).to_have_text("1 new activity")


def test_users_and_variants_are_switched_by_keyboard(page: Page, contact: str) -> None:
    """X16: the menu opens with Enter, closes with Escape, and its entries are links."""
    page.goto(contact)
    menu = page.locator("[data-menu]")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Amir Haddad")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Amir Haddad")).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(menu.locator("summary")).to_contain_text("Amir Haddad")
    page.get_by_role("link", name="Visualforce").press("Enter")
    expect(page.locator("iframe")).to_have_attribute(
        "name", "canvas-frame-_:Inlay:j_id0:j_id1:canvasapp"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("where", ["home", "list", "contact", "opportunity", "hidden", "missing"])
def test_axe_finds_nothing(
    browser: Browser, org: RunningOrg, main: dict[str, str], where: str, scheme: Any
) -> None:
    """X16: names, roles and contrast, in light and dark."""
    contact = f"/lightning/r/Contact/{main['contact']}/view"
    paths = {
        "home": "/", "list": "/lightning/o/Lead/list", "contact": contact, "missing": "/missing",
        "opportunity": f"/lightning/r/Opportunity/{main['opportunity']}/view",
        "hidden": f"{contact}?user=norecord",
    }  # fmt: skip
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{org.url}{paths[where]}")
    found = Axe().run(page, context={"exclude": [["iframe"]]})
    context.close()
    assert not found.response["violations"], found.generate_report()
