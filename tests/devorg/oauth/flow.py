"""A browser and an app that walk through OAuth together, for the tests."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from devorg.apps.passwords import DEFAULT_PASSWORD
from devorg.server import RunningOrg

ROSA = "rosa.lindqvist@halyard.example"
AMIR = "amir.haddad@halyard.example"
CALLBACK = "https://app.example/callback?kind=org"
VERIFIER = "a-verifier-of-43-to-128-characters-as-RFC-7636"
CLIENT = {"client_id": "test-app", "client_secret": "test-secret"}
APP: dict[str, Any] = {
    "consumerKey": "test-app",
    "consumerSecret": "test-secret",
    "label": "Test App",
    "callbackUrls": [CALLBACK, "myapp://done"],
    "oauthScopes": ["api", "refresh_token", "openid", "web"],
}
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def words_of(location: str) -> dict[str, str]:
    """The query of an address, each word once."""
    return {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}


def make_app(org: RunningOrg, **policies: Any) -> None:
    """The test app with these policies."""
    answer = requests.post(f"{org.url}/_devorg/apps", json=APP | policies, timeout=30)
    assert answer.status_code == 200, answer.text


def change_app(org: RunningOrg, **policies: Any) -> None:
    """Other policies for the test app."""
    answer = requests.patch(f"{org.url}/_devorg/apps/test-app", json=policies, timeout=30)
    assert answer.status_code == 200, answer.text


def advance(org: RunningOrg, seconds: float) -> None:
    """Let time pass in the org."""
    body = {"advance_seconds": seconds}
    assert requests.post(f"{org.url}/_devorg/clock", json=body, timeout=30).ok


def token_call(org: RunningOrg, **form: str) -> requests.Response:
    """A call of the token endpoint by the test app."""
    return requests.post(f"{org.url}/services/oauth2/token", data=CLIENT | form, timeout=30)


def exchange(org: RunningOrg, code: str, **more: str) -> requests.Response:
    """The call that turns a code into tokens."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return token_call(org, **form | more)


def refresh(org: RunningOrg, token: str) -> requests.Response:
    """The call that turns a refresh token into an access token."""
    return token_call(org, grant_type="refresh_token", refresh_token=token)


def works(org: RunningOrg, access_token: str) -> bool:
    """True if the token opens the REST API."""
    header = {"Authorization": f"Bearer {access_token}"}
    answer = requests.get(f"{org.url}/services/data/v60.0/limits", headers=header, timeout=30)
    return answer.status_code == 200


def refused(answer: requests.Response) -> tuple[str, str]:
    """The error and description of a refusal, which has status 400."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    return body["error"], body["error_description"]


class Browser:
    """A browser with its cookies, which does not follow an address unasked."""

    def __init__(self, org: RunningOrg) -> None:
        self.org = org
        self.http = requests.Session()
        self.http.trust_env = False

    def address(self, **asked: str | None) -> str:
        """An authorization request of the test app; None leaves a parameter out."""
        words = {
            "response_type": "code", "client_id": "test-app", "redirect_uri": CALLBACK, **asked,
        }  # fmt: skip
        given = {key: value for key, value in words.items() if value is not None}
        return f"{self.org.url}/services/oauth2/authorize?{urlencode(given)}"

    def get(self, address: str) -> requests.Response:
        """One page or redirect."""
        return self.http.get(address, allow_redirects=False, timeout=30)

    def submit(self, page: requests.Response, **fields: str) -> requests.Response:
        """Fill in the page's form, hidden fields and all, and send it."""
        hidden = {key: html.unescape(value) for key, value in _HIDDEN.findall(page.text)}
        data = hidden | fields
        return self.http.post(str(page.url), data=data, allow_redirects=False, timeout=30)

    def log_in(
        self, address: str, username: str = ROSA, password: str = DEFAULT_PASSWORD
    ) -> requests.Response:
        """Type user name and password; what follows the login."""
        done = self.submit(self.get(address), username=username, pw=password)
        assert done.status_code == 303, done.text
        assert done.headers["Location"].startswith("/services/oauth2/authorize?")
        return self.get(self.org.url + done.headers["Location"])

    def allow(self, page: requests.Response) -> str:
        """Click Allow; where the browser is sent."""
        assert 'id="oaapprove"' in page.text
        return self.submit(page, answer="allow").headers["Location"]

    def code(self, username: str = ROSA, **asked: str | None) -> str:
        """The whole way to a code."""
        page = self.log_in(self.address(**asked), username)
        location = self.allow(page) if page.status_code == 200 else page.headers["Location"]
        return words_of(location)["code"]

    def tokens(self, username: str = ROSA, **asked: str | None) -> dict[str, Any]:
        """The whole way to tokens."""
        answer = exchange(self.org, self.code(username, **asked))
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert isinstance(body, dict)
        return body
