"""The web server flow: login, consent, the code, and what is said when it goes wrong."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.oauth.flow import (
    AMIR,
    CALLBACK,
    ROSA,
    VERIFIER,
    Browser,
    challenge_of,
    change_app,
    exchange,
    refused,
    words_of,
    works,
)


def test_a_user_logs_in_allows_and_the_app_gets_tokens(visitor: Browser) -> None:
    """X16: the keys of a real answer in its order, and a token that works."""
    page = visitor.get(visitor.address(state="a b&c", scope="api refresh_token"))
    assert 'id="Login"' in page.text
    page = visitor.log_in(visitor.address(state="a b&c", scope="api refresh_token"))
    assert "Test App" in page.text
    assert "Manage user data via APIs" in page.text
    location = visitor.allow(page)
    assert location.startswith(f"{CALLBACK}&code=")
    words = words_of(location)
    assert words["state"] == "a b&c"
    answer = exchange(visitor.org, words["code"])
    assert answer.headers["Cache-Control"] == "no-cache, no-store"
    grant = answer.json()
    assert list(grant) == [
        "access_token", "refresh_token", "signature", "scope", "instance_url", "id",
        "token_type", "issued_at",
    ]  # fmt: skip
    assert set(grant["scope"].split()) == {"api", "refresh_token"}
    assert works(visitor.org, grant["access_token"])
    header = {"Authorization": f"Bearer {grant['access_token']}"}
    assert requests.get(grant["id"], headers=header, timeout=30).json()["username"] == ROSA


def test_without_scopes_the_app_asks_for_all_of_its_own(visitor: Browser) -> None:
    """X16: and without offline access it gets no refresh token."""
    assert set(visitor.tokens()["scope"].split()) == {"api", "refresh_token", "openid", "web"}
    assert "refresh_token" not in Browser(visitor.org).tokens(scope="api")


def test_who_has_allowed_an_app_is_not_asked_again(visitor: Browser) -> None:
    """X16: except for more scopes, or when the app wants it asked."""
    visitor.code(scope="api")
    again = visitor.get(visitor.address(scope="api"))
    assert "code" in words_of(again.headers["Location"])
    for asked in ({"scope": "api web"}, {"scope": "api", "prompt": "consent"}):
        page = visitor.get(visitor.address(**asked))
        assert 'id="oaapprove"' in page.text
    other = Browser(visitor.org).log_in(visitor.address(scope="api"), AMIR)
    assert 'id="oaapprove"' in other.text


def test_a_user_may_say_no(visitor: Browser) -> None:
    """X16: the app hears access_denied, with its state."""
    page = visitor.log_in(visitor.address(state="s"))
    location = visitor.submit(page, answer="deny").headers["Location"]
    assert words_of(location) == {
        "kind": "org",
        "error": "access_denied",
        "error_description": "end-user denied authorization",
        "state": "s",
    }


def test_a_wrong_password_shows_the_page_again(visitor: Browser) -> None:
    """X16: with the user name kept, and not said which of the two was wrong."""
    page = visitor.get(visitor.address())
    texts = []
    for username in (ROSA, "nobody@halyard.example"):
        failed = visitor.submit(page, username=username, pw="guess")
        assert failed.status_code == 200
        assert "Please check your username and password" in failed.text
        texts.append(failed.text.replace(f'name="username" type="email" value="{username}"', ""))
    assert texts[0] == texts[1]


def test_the_integration_user_logs_in_to_no_page(visitor: Browser) -> None:
    """X16: its licence is for the APIs; client credentials are its way."""
    page = visitor.get(visitor.address())
    assert "inlay.integration@" not in page.text
    username, password = "inlay.integration@halyard.example", "devorg-password"
    refused = visitor.submit(page, username=username, pw=password)
    assert refused.status_code == 200
    assert "works through the APIs only" in refused.text


def test_prompt_login_asks_for_the_password_anew(visitor: Browser) -> None:
    """X16: once for each request."""
    visitor.code()
    page = visitor.get(visitor.address(prompt="login", state="1"))
    assert 'id="Login"' in page.text
    location = visitor.log_in(visitor.address(prompt="login", state="1")).headers["Location"]
    assert "code" in words_of(location)
    assert 'id="Login"' in visitor.get(visitor.address(prompt="login", state="1")).text


def test_a_request_is_the_same_however_it_is_escaped(visitor: Browser) -> None:
    """X16: as other clients write it than the tests do, Salesforce's CLI among them."""
    written = quote(CALLBACK, safe="")
    asked = f"scope=api%20web&redirect_uri={written}&prompt=login&state=%7E%2a'()%22%c3%a9+%2B"
    address = visitor.address(redirect_uri=None, scope=None) + "&" + asked
    location = visitor.allow(visitor.log_in(address))
    assert words_of(location)["state"] == "~*'()\"é +"


@pytest.mark.parametrize("asked", [{"prompt": "none"}, {"immediate": "true"}])
def test_prompt_none_shows_no_page(visitor: Browser, asked: dict[str, str]) -> None:
    """X16: immediate_unsuccessful, before the login and before the consent."""
    quiet = visitor.address(**asked)
    answer = visitor.get(quiet)
    assert words_of(answer.headers["Location"])["error"] == "immediate_unsuccessful"
    consent = visitor.log_in(visitor.address())
    answer = visitor.get(quiet)
    assert words_of(answer.headers["Location"])["error"] == "immediate_unsuccessful"
    visitor.allow(consent)
    assert "code" in words_of(visitor.get(quiet).headers["Location"])


def test_login_hint_fills_in_the_user_name(visitor: Browser) -> None:
    """X16: and nothing else."""
    page = visitor.get(visitor.address(login_hint=ROSA))
    assert f'value="{ROSA}"' in page.text


@pytest.mark.parametrize(
    ("asked", "error", "description"),
    [
        ({"response_type": "token"}, "unsupported_response_type", "response type not supported"),
        ({"response_type": None}, "unsupported_response_type", "response type not supported"),
        ({"scope": "api full"}, "invalid_scope", "the requested scope is not allowed"),
        ({"scope": "nonsense"}, "invalid_scope", "the requested scope is not allowed"),
        ({"code_challenge": "short"}, "invalid_request", "invalid code challenge"),
        (
            {"code_challenge": challenge_of("x"), "code_challenge_method": "plain"},
            "invalid_request",
            "invalid code challenge",
        ),
    ],
)
def test_the_app_hears_what_is_wrong(
    visitor: Browser, asked: dict[str, str | None], error: str, description: str
) -> None:
    """X16: at its callback, before anybody logs in."""
    answer = visitor.get(visitor.address(state="s", **asked))
    assert answer.status_code == 302
    words = words_of(answer.headers["Location"])
    assert (words["error"], words["error_description"]) == (error, description)
    assert words["state"] == "s"


def test_pkce_ties_the_code_to_who_began(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: with the verifier it works, also for an app that need not use it."""
    code = visitor.code(code_challenge=challenge_of(VERIFIER), code_challenge_method="S256")
    assert exchange(app_org, code, code_verifier=VERIFIER).status_code == 200


def test_an_app_may_have_to_use_pkce(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: its policy; the words of a real org."""
    change_app(app_org, isPkceRequired=True)
    words = words_of(visitor.get(visitor.address()).headers["Location"])
    assert words["error"] == "invalid_request"
    assert words["error_description"] == "missing required code challenge"


def test_a_code_is_good_for_fifteen_minutes(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: then invalid_grant."""
    code = visitor.code()
    requests.post(f"{app_org.url}/_devorg/clock", json={"advance_seconds": 901}, timeout=30)
    assert refused(exchange(app_org, code)) == ("invalid_grant", "expired authorization code")


def test_logging_out_ends_the_browsers_login(visitor: Browser) -> None:
    """X16: the next request asks for the password."""
    visitor.code()
    assert visitor.get(f"{visitor.org.url}/secur/logout.jsp").status_code == 200
    assert 'id="Login"' in visitor.get(visitor.address()).text


def test_a_callback_may_belong_to_a_native_app(visitor: Browser) -> None:
    """X16: a scheme of its own."""
    location = visitor.allow(visitor.log_in(visitor.address(redirect_uri="myapp://done")))
    assert location.startswith("myapp://done?code=")
