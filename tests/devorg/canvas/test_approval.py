"""X17: where users approve apps themselves, the app is opened by GET until they have."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from devorg.server import RunningOrg
from devorg.users import USERS
from tests.devorg.canvas.stub_app import StubApp
from tests.devorg.canvas.talk import (
    INSTANCE,
    answer,
    app_of,
    open_app,
    open_envelope,
    send,
    settle,
)

pytestmark = pytest.mark.e2e


@pytest.fixture
def asking(contact: str, org: RunningOrg) -> str:
    """A page whose user has not approved the app."""
    org.org.oauth.grants.end_all_of(org.org.config.client_id)
    return f"{contact}?approval=required"


def approve(org: RunningOrg) -> None:
    """What the consent page of OAuth does when the user says yes."""
    app = org.org.oauth.apps.find(org.org.config.client_id)
    assert app is not None
    org.org.oauth.grants.approve(app, USERS[0], frozenset({"api"}))


def test_without_approval_the_app_is_opened_by_get(
    page: Page, app: StubApp, asking: str, org: RunningOrg
) -> None:
    """X17: the login's address in the query, the parent's after the hash; no token anywhere."""
    frame = open_app(page, asking)
    (path,) = app.gets
    query = parse_qs(urlsplit(path).query)
    assert app.posts == []
    assert query == {"_sfdc_canvas_auth": ["user_approval_required"], "loginUrl": [org.url]}
    assert parse_qs(frame.evaluate("location.hash.slice(1)")) == {
        "target_origin": [org.url],
        "instance_id": [INSTANCE],
    }


def test_a_refresh_without_approval_is_refused(page: Page, asking: str) -> None:
    """X17: with 403, as Salesforce's parent does."""
    frame = open_app(page, asking)
    send(frame, {"type": "refresh"}, seq=3)
    heard = answer(frame)
    assert (heard["seq"], heard["status"], heard["payload"]) == (3, 403, {})


def test_a_fresh_repost_posts_once_the_user_has_approved(
    page: Page, app: StubApp, asking: str, org: RunningOrg
) -> None:
    """X17: before, it is opened by GET again; an old repost stays without a token."""
    frame = open_app(page, asking)
    with page.expect_response(lambda response: "user_approval_required" in response.url):
        send(frame, {"type": "repost", "refresh": True})
    frame = app_of(page)
    approve(org)
    with page.expect_response(lambda response: "user_approval_required" in response.url):
        send(frame, {"type": "repost", "refresh": False})
    frame = app_of(page)
    with page.expect_response(lambda response: response.url.endswith("/canvas")):
        send(frame, {"type": "repost", "refresh": True})
    settle(page)
    (post,) = app.posts
    assert open_envelope(post.signed_request)["client"]["oauthToken"]
    assert len(app.gets) == 3


def test_who_has_approved_is_posted_to_at_once(
    page: Page, app: StubApp, asking: str, org: RunningOrg
) -> None:
    """X17: approval outlives the page."""
    approve(org)
    open_app(page, asking)
    assert (len(app.posts), app.gets) == (1, [])
