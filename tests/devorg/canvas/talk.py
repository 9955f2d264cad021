"""How the tests of the canvas parent talk: open the app, send a message, hear the answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from playwright.sync_api import Frame, Page, expect

from devorg.history import Event
from devorg.server import RunningOrg
from tests.devorg.client import Client

SECRET = "secret-of-the-parent-tests"
INSTANCE = "_:Inlay:446:0:canvasapp"
SECOND = "_:Inlay:512:0:canvasapp"


def open_app(page: Page, url: str, *, nested: bool = False) -> Frame:
    """The app inside the frame, once it has loaded."""
    page.goto(url)
    return app_of(page, nested=nested)


def app_of(page: Page, instance: str = INSTANCE, *, nested: bool = False) -> Frame:
    """The app of one of the page's canvases, once it has loaded."""
    name = f"canvas-frame-{instance}"
    place = page.frame_locator("iframe[name^=canvas-outer]") if nested else page
    app = place.frame_locator(f"iframe[name='{name}']")
    expect(app.get_by_text("Stub app")).to_be_visible()
    frame = page.frame(name=name)
    assert frame is not None
    return frame


def send(frame: Frame, body: dict[str, Any], seq: int = 1) -> None:
    frame.evaluate("([seq, body]) => send(seq, body)", [seq, body])


def answer(frame: Frame, number: int = 0) -> dict[str, Any]:
    """A message that the app heard, the first unless told."""
    heard = frame.wait_for_function("number => heard[number]", arg=number).json_value()
    message = json.loads(heard["data"])
    assert isinstance(message, dict)
    return {**message, "origin": heard["origin"]}


def token_of(org: RunningOrg, user: str) -> str:
    """An access token, as the envelope carries it."""
    return str(Client(org, user).http.headers["Authorization"]).removeprefix("Bearer ")


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


def messages_noted(page: Page, org: RunningOrg) -> list[Event]:
    """What the org notes of messages of its canvases, once it has."""

    def found() -> list[Event]:
        return [each for each in org.org.history.all() if each.method == "MESSAGE"]

    while not found():
        settle(page)
    settle(page)
    return found()
