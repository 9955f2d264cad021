"""Done 2: the whole road in a browser that keeps nothing for anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, Request

from tests.e2e.conftest import Windows
from tests.e2e.demo import Demo
from tests.e2e.looks import DESK
from tests.e2e.org import Org
from tests.e2e.pages import Prospect, RecordPage
from tests.e2e.road import new_tasks, visit
from tests.support.browsers import ARGUMENTS
from tools import browser as browsers

#: Chromium's own settings: no third-party cookies, and no site may keep anything (2 is "block").
_PREFERENCES = {
    "profile": {
        "block_third_party_cookies": True,
        "cookie_controls_mode": 1,
        "default_content_setting_values": {"cookies": 2},
    }
}
_STORES = ("localStorage", "sessionStorage", "indexedDB")


@pytest.fixture
def forgetful(playwright: Playwright, windows: Windows, tmp_path: Path) -> BrowserContext:
    """A browser with third-party cookies phased out and all storage blocked."""
    folder = tmp_path / "profile" / "Default"
    folder.mkdir(parents=True)
    (folder / "Preferences").write_text(json.dumps(_PREFERENCES), encoding="utf-8")
    agent = playwright.devices["Desktop Chrome"]["user_agent"]
    context = playwright.chromium.launch_persistent_context(
        folder.parent,
        executable_path=browsers.find(),
        args=[*ARGUMENTS, "--test-third-party-cookie-phaseout"],
        viewport=DESK,
        user_agent=agent,
    )
    return windows.watch(context)


def test_the_road_needs_no_cookie_and_no_storage(
    forgetful: BrowserContext, demo: Demo, org: Org
) -> None:
    """Done 2, X1: create, share, visit, activity; nothing is kept, and the frame is cross-site."""
    contact = org.named("Contact", "Javier Ortega")["Id"]
    deal = org.named("Opportunity", "Castellan Insurance - Claims portal")["Id"]
    rep = RecordPage(forgetful.new_page())
    asked = rep.requests()
    rep.open(org.page("Contact", contact))
    before = rep.activity_ids()
    visit(rep, Prospect(forgetful), rep.create()["Javier Ortega"])
    rep.wait_for_activities(len(before) + 1)
    (task,) = new_tasks(org, before, contact)
    assert task["WhatId"] == deal
    assert _keeps(rep) == dict.fromkeys(_STORES, "SecurityError")
    assert forgetful.cookies() == []
    _check_requests(demo, asked)


def _keeps(rep: RecordPage) -> dict[str, str]:
    """What happens when the frame tries to keep something."""
    script = """async (store) => {
        try {
            if (store !== "indexedDB") return String(window[store].length);
            await new Promise((done, failed) => {
                const open = indexedDB.open("x");
                open.onsuccess = done;
                open.onerror = () => failed(open.error);
            });
            return "kept";
        } catch (error) { return error.name === "UnknownError" ? "SecurityError" : error.name }
    }"""
    return {store: rep.frame.evaluate(script, store) for store in _STORES}


def _check_requests(demo: Demo, asked: list[Request]) -> None:
    """The frame is of another site than the page, and nothing it asks carries a cookie."""
    app_url = demo.facts["app_url"]
    posts = [each for each in asked if each.url == f"{app_url}/canvas"]
    assert posts
    headers = posts[0].all_headers()
    assert (headers["sec-fetch-site"], headers["sec-fetch-dest"]) == ("cross-site", "iframe")
    for each in asked:
        if each.url.startswith(app_url):
            response = each.response()
            assert "cookie" not in each.all_headers(), each.url
            assert response is None or "set-cookie" not in response.all_headers(), each.url
