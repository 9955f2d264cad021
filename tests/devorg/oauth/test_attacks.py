"""What somebody with bad intent tries at the login of an org."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from devorg.apps.codes import Code
from devorg.server import RunningOrg
from devorg.users import USERS
from tests.devorg.oauth.flow import (
    APP,
    CALLBACK,
    CLIENT,
    ROSA,
    VERIFIER,
    Browser,
    challenge_of,
    change_app,
    exchange,
    refresh,
    refused,
    works,
)


def test_a_code_works_once(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: who finds a used one in a log gets nothing."""
    code = visitor.code()
    assert exchange(app_org, code).status_code == 200
    assert refused(exchange(app_org, code)) == ("invalid_grant", "expired authorization code")


def test_an_invented_code_is_invalid(app_org: RunningOrg) -> None:
    """X16: other words than for one that was good once."""
    assert refused(exchange(app_org, "aPrx")) == ("invalid_grant", "invalid authorization code")


def test_another_apps_code_is_invalid_and_spent(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: an app cannot use what was meant for another, nor find out whether it was good."""
    other = {"consumerKey": "other", "consumerSecret": "s", "callbackUrls": [CALLBACK]}
    assert requests.post(f"{app_org.url}/_devorg/apps", json=other, timeout=30).ok
    code = visitor.code()
    stolen = exchange(app_org, code, client_id="other", client_secret="s")
    assert refused(stolen) == ("invalid_grant", "invalid authorization code")
    assert exchange(app_org, code).status_code == 400


@pytest.mark.parametrize("verifier", ["", VERIFIER + "x", challenge_of(VERIFIER)])
def test_a_code_without_its_verifier_is_worth_nothing(
    app_org: RunningOrg, visitor: Browser, verifier: str
) -> None:
    """X16: and there is no second try."""
    code = visitor.code(code_challenge=challenge_of(VERIFIER))
    answer = exchange(app_org, code, code_verifier=verifier)
    assert refused(answer) == ("invalid_grant", "invalid code verifier")
    assert exchange(app_org, code, code_verifier=VERIFIER).status_code == 400


def test_a_verifier_for_no_challenge_is_a_downgrade(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: somebody took the challenge out of the request."""
    answer = exchange(app_org, visitor.code(), code_verifier=VERIFIER)
    assert refused(answer) == ("invalid_grant", "invalid code verifier")


@pytest.mark.parametrize(
    "form",
    [
        {"client_secret": "guess"},
        {"client_secret": ""},
        {"client_id": "nobody"},
        {"redirect_uri": "https://app.example/callback"},
        {"redirect_uri": "myapp://done"},
    ],
)
def test_a_code_needs_its_app_and_its_callback(
    app_org: RunningOrg, visitor: Browser, form: dict[str, str]
) -> None:
    """X16: secret, key and callback each."""
    assert exchange(app_org, visitor.code(), **form).status_code == 400


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback",
        CALLBACK + "&more=1",
        CALLBACK + "#",
        CALLBACK.upper(),
        "https://app.example.evil.example/callback?kind=org",
        "https://app.example@evil.example/callback?kind=org",
        "//app.example/callback?kind=org",
        "https://evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_nobody_is_sent_to_a_callback_that_is_not_the_apps(visitor: Browser, uri: str) -> None:
    """X16: no open redirect, not even with an error."""
    for more in ({}, {"response_type": "nonsense"}, {"prompt": "none"}):
        answer = visitor.get(visitor.address(redirect_uri=uri, **more))
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert answer.text == (
            "error=redirect_uri_mismatch"
            "&error_description=redirect_uri%20must%20match%20configuration"
        )


def test_an_unknown_app_gets_nobody_to_log_in(visitor: Browser) -> None:
    """X16: a plain line, as in a real org."""
    answer = visitor.get(visitor.address(client_id="<script>"))
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    expected = "error=invalid_client_id&error_description=client%20identifier%20invalid"
    assert answer.text == expected


def test_nothing_of_a_request_becomes_markup(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: not the hint, the state, the label, or what was typed."""
    evil = '"><script>alert(1)</script><b a="'
    label = {"label": evil}
    assert requests.patch(f"{app_org.url}/_devorg/apps/test-app", json=label, timeout=30).ok
    address = visitor.address(login_hint=evil, state=evil, nonce=evil, display=evil)
    shown = [visitor.get(address)]
    shown.append(visitor.submit(shown[0], username=evil, pw=evil))
    shown.append(visitor.log_in(address))
    for page in shown:
        assert "<script" not in page.text
        assert "<b a" not in page.text
        assert "&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_the_pages_run_no_script_and_sit_in_no_frame(visitor: Browser) -> None:
    """X16: a strict policy, whose only foreign word is the app's origin for the way back."""
    for page in (visitor.get(visitor.address()), visitor.log_in(visitor.address())):
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self' https://app.example;" in policy
        assert "unsafe" not in policy
        assert "style=" not in page.text
        assert page.headers["X-Frame-Options"] == "DENY"


def test_a_login_form_of_another_site_logs_nobody_in(visitor: Browser) -> None:
    """X16: login CSRF: without our own form's token the password is not even looked at."""
    address = visitor.address()
    sent = {"step": "login", "username": ROSA, "pw": "devorg-password"}
    for token in ({}, {"token": "0" * 64}):
        answer = visitor.http.post(address, data=sent | token, allow_redirects=False, timeout=30)
        assert answer.status_code == 200
        assert 'id="Login"' in answer.text


def test_a_form_of_another_browser_logs_nobody_in(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: the token of the attacker's own page does not fit the victim's cookie."""
    victim, address = Browser(app_org), visitor.address()
    victim.get(address)
    theirs = visitor.get(address)
    data = {"step": "login", "username": ROSA, "pw": "devorg-password"}
    found = visitor.submit(theirs, username="x", pw="x").text
    token = found.split('name="token" value="')[1].split('"')[0]
    answer = victim.http.post(
        address, data=data | {"token": token}, allow_redirects=False, timeout=30
    )
    assert answer.status_code == 200
    assert 'id="Login"' in answer.text


def test_a_consent_form_of_another_site_allows_nothing(visitor: Browser) -> None:
    """X16: consent CSRF: the browser sees the page again, and no code is made."""
    page = visitor.log_in(visitor.address(scope="api"))
    for token in ({}, {"token": "0" * 64}):
        sent = {"step": "consent", "answer": "allow"} | token
        answer = visitor.http.post(
            str(page.url), data=sent, allow_redirects=False, timeout=30
        )  # fmt: skip
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/services/oauth2/authorize?")


def test_consent_to_one_request_is_none_to_another(visitor: Browser) -> None:
    """X16: its token is for these scopes, this callback and this state."""
    small = visitor.log_in(visitor.address(scope="api"))
    large = visitor.address(scope="api web refresh_token")
    token = small.text.split('name="token" value="')[1].split('"')[0]
    sent = {"step": "consent", "answer": "allow", "token": token}
    answer = visitor.http.post(large, data=sent, allow_redirects=False, timeout=30)
    assert answer.status_code == 303


def test_logging_in_changes_the_cookie(visitor: Browser) -> None:
    """X16: who planted one before knows nothing after; and scripts never see it."""
    page = visitor.get(visitor.address())
    before = visitor.http.cookies["devorg_sid"]
    done = visitor.submit(page, username=ROSA, pw="devorg-password")
    assert visitor.http.cookies["devorg_sid"] != before
    assert "HttpOnly" in done.headers["Set-Cookie"]
    assert "SameSite=Lax" in done.headers["Set-Cookie"]
    planted = Browser(visitor.org)
    planted.http.cookies.set("devorg_sid", before)
    assert 'id="Login"' in planted.get(visitor.address()).text


def test_a_repeated_parameter_cannot_slip_in(visitor: Browser) -> None:
    """X16: the one that was checked is the one that is used."""
    doubled = f"{visitor.address()}&{urlencode({'redirect_uri': 'https://evil.example'})}"
    location = visitor.allow(visitor.log_in(doubled))
    assert location.startswith(CALLBACK)


def test_a_refresh_token_of_another_app_is_worth_nothing(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: and its own app's stays good."""
    other = APP | {"consumerKey": "other", "consumerSecret": "s"}
    assert requests.post(f"{app_org.url}/_devorg/apps", json=other, timeout=30).ok
    token = visitor.tokens()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    mixed = CLIENT | form | {"client_id": "other", "client_secret": "s"}
    url = f"{app_org.url}/services/oauth2/token"
    assert requests.post(url, data=mixed, timeout=30).status_code == 400
    assert refresh(app_org, token).status_code == 200


@pytest.mark.parametrize("rotates", [True, False])
def test_of_many_at_once_a_code_serves_one(
    app_org: RunningOrg, visitor: Browser, *, rotates: bool
) -> None:
    """X16: no race gives two grants for one consent."""
    change_app(app_org, isRefreshTokenRotationEnabled=rotates)
    code = visitor.code()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: exchange(app_org, code).status_code, range(8)))
    assert sorted(answers) == [200] + [400] * 7


def test_of_many_at_once_a_rotated_token_serves_one(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: the classic mistake of two workers: one wins, and its new token is dead, too."""
    change_app(app_org, isRefreshTokenRotationEnabled=True)
    token = visitor.tokens()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(app_org, token), range(8)))
    won = [each.json() for each in answers if each.status_code == 200]
    assert len(won) == 1
    assert refresh(app_org, won[0]["refresh_token"]).status_code == 400
    assert not works(app_org, won[0]["access_token"])


def test_no_letter_of_an_access_token_may_change(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: not the user, the scopes, or the time."""
    token = visitor.tokens()["access_token"]
    assert works(app_org, token)
    for at in (0, 5, 17, 31, 36, 50, 60, 70, 80, len(token) - 1):
        changed = "1" if token[at] != "1" else "2"
        assert not works(app_org, token[:at] + changed + token[at + 1 :])


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_no_verifier_but_the_right_one_fits(verifier: str) -> None:
    """X16: whatever is tried."""
    code = Code("a", USERS[0], frozenset(), CALLBACK, challenge_of(VERIFIER), None)
    assert code.proven_by(verifier) == (verifier == VERIFIER)
