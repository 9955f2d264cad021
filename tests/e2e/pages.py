"""What people see: the record page with the widget in its frame, and a Destination on a phone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Frame, FrameLocator, Locator, Page, Request, expect

#: For a machine that runs other tests beside, in milliseconds: what is not about time.
LOADED = 30_000
#: The promise of the main road, in milliseconds.
SOON = 10_000


def at_all_times(condition: Callable[[], bool], seconds: float, page: Page) -> bool:
    """Whether something stays true for so long; the page goes on meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not condition():
            return False
        page.wait_for_timeout(250)
    return condition()


def press(control: Locator) -> None:
    """A link or a button, by the keyboard.

    A frame that grows and scrolls with what it shows moves away from under Playwright's mouse,
    which then clicks on nothing.
    """
    control.press("Enter")


class RecordPage:
    """A record page of devorg; `card` is what the frame in it shows."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str) -> RecordPage:
        """Open it and wait until something stands in the frame."""
        self.page.goto(url)
        expect(self.heading).to_be_visible(timeout=LOADED)
        return self

    def requests(self) -> list[Request]:
        """What the window asks from now on; the list grows."""
        asked: list[Request] = []
        # Playwright marks what it is given as a listener, which a built-in method does not allow.
        self.page.on("request", lambda request: asked.append(request))  # noqa: PLW0108
        return asked

    @property
    def card(self) -> FrameLocator:
        """Inside the frame."""
        return self.page.frame_locator("iframe[name^=canvas-frame]")

    @property
    def frame(self) -> Frame:
        """The frame itself, to evaluate in."""
        (found,) = [each for each in self.page.frames if each.name.startswith("canvas-frame")]
        return found

    def wait_until(self, condition: str) -> None:
        """Until a JavaScript expression is true in the frame, whose policy forbids eval."""
        self.wait_for(lambda: bool(self.frame.evaluate(condition)), condition)

    def wait_for(self, condition: Callable[[], bool], told: str = "") -> None:
        """Until something is so; the page goes on meanwhile."""
        until = time.monotonic() + LOADED / 1000
        while not condition():
            assert time.monotonic() < until, f"never {told}"
            self.page.wait_for_timeout(50)

    @property
    def heading(self) -> Locator:
        """Whose card it is, or what the calm page says."""
        return self.card.get_by_role("heading", level=1)

    @property
    def create_button(self) -> Locator:
        """The one click."""
        return self.card.get_by_role("button", name="Create Destination")

    @property
    def rows(self) -> Locator:
        """The timeline inside the frame."""
        return self.card.locator("li[data-event]")

    @property
    def visits(self) -> Locator:
        """Visits of the Destination in the frame's timeline."""
        return self.rows.filter(has_text="Destination visited")

    def create(self) -> dict[str, str]:
        """Click the button; the links by whom they are for."""
        self.create_button.click()
        expect(self.card.locator("input[readonly]").first).to_be_visible()
        return self.links()

    def links(self) -> dict[str, str]:
        """Links of the Destination that is shown, by whom they are for."""
        fields = self.card.locator("ul.links li").all()
        return {
            each.locator("label").inner_text(): each.locator("input").input_value()
            for each in fields
        }

    def activity_ids(self) -> set[str]:
        """What Salesforce's own timeline beside the frame shows."""
        items = self.page.get_by_test_id("activity").all()
        return {each.get_attribute("data-id") or "" for each in items}

    def wait_for_activities(self, count: int) -> None:
        """Until Salesforce's timeline shows that many."""
        expect(self.page.get_by_test_id("activity")).to_have_count(count, timeout=SOON)


class Prospect:
    """Somebody who was sent a link and opens it in a window of their own."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self._others = context.pages[:-1]

    def open(self, link: str) -> Prospect:
        """Open it, and look at it until the page has told so."""
        with self.page.expect_response(re.compile("/beacon$"), timeout=LOADED) as told:
            response = self.page.goto(link)
        assert response is not None
        assert response.status == 200
        assert told.value.status == 204
        return self

    def read(self) -> None:
        """Scroll down and stay for another beat of the page, about five seconds."""
        with self.page.expect_response(re.compile("/beacon$"), timeout=LOADED):
            self.page.mouse.wheel(0, 700)

    def click_first_link(self) -> str:
        """Follow the first link of the page's content; its text."""
        link = self.page.locator("main a[data-step]").first
        text = link.inner_text().strip()
        with self.page.expect_response(re.compile("/beacon$"), timeout=LOADED):
            link.click()
        return text

    def leave(self) -> None:
        """Close the window, and what was opened from it."""
        for each in self.page.context.pages:
            if each not in self._others and each is not self.page:
                each.close()
        self.page.close(run_before_unload=True)
