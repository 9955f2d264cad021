"""What an authorization request asks for, checked before anybody is asked to log in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from devorg.apps.app import ClientApp
from devorg.apps.state import OAuthState
from devorg.errors import DevorgError

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_PROMPTS = frozenset({"login", "consent", "select_account", "none"})


class PlainError(DevorgError):
    """A refusal that must not be sent to the callback: whose it is, is not known."""


class RedirectError(DevorgError):
    """A refusal that the app hears at its callback, with the `state` it sent."""

    def __init__(self, error: str, description: str, redirect_uri: str, state: str | None) -> None:
        super().__init__(error, description)
        self.redirect_uri = redirect_uri
        self.state = state

    @property
    def location(self) -> str:
        """Where the browser goes with it."""
        words = {"error": self.reason, "error_description": self.message}
        return with_query(self.redirect_uri, words, self.state)


def with_query(url: str, words: dict[str, str], state: str | None) -> str:
    """The callback with an answer added to whatever query it has; `state` comes back as it was."""
    given = words if state is None else {**words, "state": state}
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(given)}"


@dataclass(frozen=True, slots=True)
class Asking:
    """A good authorization request."""

    app: ClientApp
    redirect_uri: str
    scopes: frozenset[str]
    state: str | None
    challenge: str | None
    prompts: frozenset[str]
    login_hint: str
    nonce: str | None
    display: str

    def refused(self, error: str, description: str) -> RedirectError:
        """A refusal for the app that asks."""
        return RedirectError(error, description, self.redirect_uri, self.state)


def read(values: Mapping[str, str], state: OAuthState) -> Asking:
    """The request in these parameters. Raises PlainError, RedirectError."""
    app = state.apps.find(values.get("client_id", ""))
    if app is None:
        raise PlainError("invalid_client_id", "client identifier invalid")
    redirect_uri = values.get("redirect_uri", "")
    # Character by character: a prefix or another port would be somebody else's.
    if redirect_uri not in app.callback_urls:
        raise PlainError("redirect_uri_mismatch", "redirect_uri must match configuration")
    refusal = _refusal(app, values)
    if refusal is not None:
        raise RedirectError(*refusal, redirect_uri, values.get("state"))
    asked = frozenset(values.get("scope", "").split())
    return Asking(
        app, redirect_uri, asked or frozenset(app.scopes), values.get("state"),
        values.get("code_challenge") or None, _prompts(values), values.get("login_hint", ""),
        values.get("nonce"), values.get("display", "page"),
    )  # fmt: skip


def _refusal(app: ClientApp, values: Mapping[str, str]) -> tuple[str, str] | None:
    if values.get("response_type") != "code":
        return "unsupported_response_type", "response type not supported"
    asked = frozenset(values.get("scope", "").split()) or frozenset(app.scopes)
    if not asked:
        return "invalid_scope", "no valid scopes defined"
    if asked - frozenset(app.scopes):
        return "invalid_scope", "the requested scope is not allowed"
    challenge = values.get("code_challenge", "")
    if app.pkce_required and not challenge:
        return "invalid_request", "missing required code challenge"
    wrong_method = values.get("code_challenge_method", "S256") != "S256"
    if challenge and (wrong_method or not _CHALLENGE.fullmatch(challenge)):
        return "invalid_request", "invalid code challenge"
    return None


def _prompts(values: Mapping[str, str]) -> frozenset[str]:
    given = frozenset(values.get("prompt", "").split()) & _PROMPTS
    return given | {"none"} if values.get("immediate") == "true" else given
