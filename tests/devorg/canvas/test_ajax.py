"""X17: calls of the REST API that the parent makes for the app."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Frame, Page

from devorg.server import RunningOrg
from tests.devorg.canvas.talk import answer, messages_noted, open_app, send, token_of
from tests.devorg.client import API, Client

pytestmark = pytest.mark.e2e


def ask(frame: Frame, url: str, token: str, seq: int = 1, **config: Any) -> dict[str, Any]:
    """What Salesforce's client sends for `client.ajax`, and what comes back."""
    headers = {"Authorization": f"OAuth {token}", "Accept": "application/json"}
    defaults = {
        "method": "GET",
        "contentType": "application/json",
        "headers": headers,
        "data": None,
    }
    send(frame, {"type": "ajax", "url": url, "config": {**defaults, **config}}, seq)
    return answer(frame)


def test_ajax_calls_the_org_with_the_apps_token(
    page: Page, contact: str, org: RunningOrg, main: dict[str, str]
) -> None:
    """X17: the answer is told with status, headers and JSON as values."""
    frame = open_app(page, contact)
    url = f"{org.url}{API}/sobjects/Contact/{main['contact']}?fields=Name"
    heard = ask(frame, url, token_of(org, "rep"), seq=9)
    assert (heard["type"], heard["seq"], heard["status"]) == ("callback", 9, 200)
    assert heard["payload"]["Name"] == "Elena Marquez"
    assert "content-type: application/json" in heard["responseHeaders"].lower()
    assert (heard["parentVersion"], heard["clientVersion"]) == ("68.0", "41.0")


def test_ajax_writes_and_takes_a_relative_address(
    page: Page, contact: str, org: RunningOrg, main: dict[str, str], rep: Client
) -> None:
    """X17: links of the context are relative; data is a text, as of an XMLHttpRequest."""
    frame = open_app(page, contact)
    task = json.dumps({"Subject": "Sent by the canvas", "WhoId": main["contact"]})
    url = f"{API}/sobjects/Task"
    heard = ask(frame, url, token_of(org, "rep"), method="POST", data=task)
    assert (heard["status"], heard["payload"]["success"]) == (201, True)
    found = [each for each in rep.records("Task") if each["Id"] == heard["payload"]["id"]]
    assert found[0]["Subject"] == "Sent by the canvas"


def test_ajax_sees_what_the_token_sees(
    page: Page, contact: str, org: RunningOrg, main: dict[str, str]
) -> None:
    """X17: the token decides, not who looks at the page."""
    frame = open_app(page, contact)
    heard = ask(frame, f"{API}/sobjects/Contact/{main['contact']}", token_of(org, "norecord"))
    assert heard["status"] == 404
    assert heard["payload"][0]["errorCode"] == "NOT_FOUND"


def test_ajax_with_a_dead_token_is_told_so(page: Page, contact: str) -> None:
    """X17: the app's client forgets its token when it reads this."""
    heard = ask(open_app(page, contact), f"{API}/limits", "dead")
    assert heard["status"] == 401
    assert heard["payload"][0]["errorCode"] == "INVALID_SESSION_ID"


@pytest.mark.parametrize(
    "url", ["https://other.example/services/data", "/_devorg/usage", "http://["]
)
def test_ajax_goes_nowhere_but_to_the_api_of_this_org(
    page: Page, contact: str, org: RunningOrg, url: str
) -> None:
    """X17: it is told as a call that never arrived, and What happened says why."""
    org.org.history.clear()
    heard = ask(open_app(page, contact), url, token_of(org, "rep"))
    assert (heard["status"], heard["payload"]) == (0, "")
    (noted,) = messages_noted(page, org)
    assert (noted.path, noted.note) == ("ajax", "Ignored: not a call of this org")


def test_calls_of_the_canvas_are_marked_in_what_happened(
    page: Page, contact: str, org: RunningOrg
) -> None:
    """X17: a test that fails wants to know who called."""
    ask(open_app(page, contact), f"{API}/limits", token_of(org, "admin"))
    event = next(each for each in org.org.history.all() if each.path.endswith("/limits"))
    assert (event.by_canvas, event.user, event.status) == (True, "admin", 200)
