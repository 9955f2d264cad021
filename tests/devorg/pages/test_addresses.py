"""X16: who looks, addresses that lead nowhere, and the headers of every page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from devorg.pages.security import origin_of


def test_a_choice_by_query_is_remembered(browser: FlaskClient) -> None:
    """X16: the cookie keeps user and variant for the pages that follow."""
    browser.get("/?user=admin&variant=visualforce")
    text = browser.get("/").text
    assert "Hello, Amir" in text
    assert '<a href="/?user=admin&amp;variant=visualforce" aria-current="true">' in text


def test_a_broken_cookie_means_the_rep(browser: FlaskClient) -> None:
    """X16: whatever the cookie says, the page opens."""
    browser.set_cookie("devorg", "nobody.nothing")
    assert "Hello, Rosa" in browser.get("/").text


@pytest.mark.parametrize("query", ["user=nobody", "variant=classic"])
def test_an_unknown_choice_is_refused_with_the_known_ones(browser: FlaskClient, query: str) -> None:
    """X16: a typing error in a test must not silently mean the rep."""
    answer = browser.get(f"/?{query}")
    assert answer.status_code == 400
    assert "rep" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/lightning/r/Contact/003/view",
        "/lightning/r/Contact/0035e000000zzzzAAA/view",
        "/lightning/r/Opportunity/0035e0000000001AAA/view",
        "/lightning/r/Task/00T5e0000000001AAA/view",
        "/lightning/o/Nothing/list",
        "/lightning/o/Profile/list",
    ],
)
def test_what_is_not_there_gets_the_404_page(browser: FlaskClient, path: str) -> None:
    """X16: one simple page for wrong addresses, with the same policy as the others."""
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_apis_keep_their_own_404(browser: FlaskClient) -> None:
    """X16: the page is for people only."""
    assert "Page not found" not in browser.get("/_devorg/nothing").text


def test_the_policy_allows_own_files_and_the_apps_origin(browser: FlaskClient) -> None:
    """X16: only the canvas app's origin is framed and posted to."""
    policy = browser.get("/").headers["Content-Security-Policy"].split("; ")
    assert "frame-src https://widget.example:8443" in policy
    assert "form-action 'self' https://widget.example:8443" in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://App.Example:443/canvas?x=1", "https://app.example"),
        ("http://localhost:8000/canvas", "http://localhost:8000"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, origin: str) -> None:
    """X16: it is compared with the origin of messages, letter by letter."""
    assert origin_of(url) == origin
