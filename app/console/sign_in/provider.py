"""The operator's OpenID provider: what it publishes, and the trade of a code for who it is.

OpenID Connect Discovery 1.0 and Core 1.0. What it publishes is kept for an hour in each process;
a key that is not known yet is asked for once more, at most once a minute.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oidc.discovery import get_well_known_url
from flask import current_app

from app.clock import utcnow
from app.config import Config, is_safe_address
from app.console.sign_in.attempts import Begun
from app.errors import InlayError
from app.salesforce.gateway import current_gateway
from app.salesforce.transport import Answer, NoAnswer, Request, Timeouts, Transport
from app.web import id_tokens
from app.web.id_tokens import Claims, Expected, UnknownKeyError

_log = structlog.get_logger("inlay.console")

SCOPES = "openid email profile"
_TIMEOUTS = Timeouts(connect=5, read=10)
_KEPT = timedelta(hours=1)
_ASK_AGAIN = timedelta(minutes=1)
_EXTENSION = "inlay.staff_provider"


class ProviderError(InlayError):
    """The provider gives no answer that can be used.

    Reasons: ``provider_down``, ``provider_wrong``, ``provider_refused``.
    """

    reason = "provider_down"


@dataclass(frozen=True, slots=True)
class _Published:
    """What the provider says of itself, and when it was asked."""

    metadata: Mapping[str, Any]
    keys: tuple[object, ...]
    at: datetime


class Provider:
    """One per process; threads that ask at once may both fetch, and the later one stands."""

    def __init__(self, config: Config, transport: Transport) -> None:
        self._issuer = config.staff_oidc_issuer
        self._client_id = config.staff_oidc_client_id
        self._client_secret = config.staff_oidc_client_secret
        self._transport = transport
        self._known: _Published | None = None

    def address(self, begun: Begun, redirect_uri: str, *, anew: bool) -> str:
        """Its page that asks the person; ``anew``: for another account than the present one.

        Raises:
            ProviderError: It could not be asked where that is.
        """
        uri: str = prepare_grant_uri(
            self._published().metadata["authorization_endpoint"],
            self._client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=SCOPES,
            state=begun.state,
            nonce=begun.nonce,
            code_challenge=begun.challenge,
            code_challenge_method="S256",
            prompt="select_account" if anew else None,
        )
        return uri

    def check_sender(self, issuer: str | None) -> None:
        """Refuse an answer that says that it comes from another provider (RFC 9207).

        Raises:
            ProviderError: ``provider_wrong``.
        """
        known = self._published().metadata
        is_promised = known.get("authorization_response_iss_parameter_supported") is True
        if (issuer is None and is_promised) or issuer not in {None, known["issuer"]}:
            raise _wrong("iss")

    def claims(self, code: str, verifier: str, nonce: str, redirect_uri: str) -> Claims:
        """Who the code stands for: the claims of the ID token, and of userinfo for the rest.

        Raises:
            IdTokenRefusedError: The token does not prove it.
            ProviderError: The code was refused, or there was no answer.
        """
        token = self._trade(code, verifier, redirect_uri)
        access_token = str(token.get("access_token") or "")
        found = self._verified(token.get("id_token"), nonce, access_token)
        if "email" in found or not access_token:
            return found
        return {**self._userinfo(access_token, found["sub"]), **found}

    def _trade(self, code: str, verifier: str, redirect_uri: str) -> Mapping[str, Any]:
        metadata = self._published().metadata
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers: dict[str, str] = {}
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in ways:
            headers["Authorization"] = _basic(self._client_id, self._client_secret)
        else:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        endpoint = metadata["token_endpoint"]
        answer = self._send(Request("POST", endpoint, form=form, headers=headers))
        if answer.status != 200 or not isinstance(answer.body, dict):
            told = answer.body.get("error") if isinstance(answer.body, dict) else None
            _log.warning("provider_refused", status=answer.status, error=str(told)[:64])
            if answer.status >= 500:
                raise _down()
            raise ProviderError(
                "The provider did not accept the answer of your browser. Sign in again; if it "
                "stays, the client secret that Inlay has may be out of date.",
                reason="provider_refused",
            )
        return answer.body

    def _verified(self, token: object, nonce: str, access_token: str) -> Claims:
        published = self._published()
        expected = Expected((published.metadata["issuer"],), self._client_id, nonce)
        try:
            return id_tokens.verified(token, published.keys, expected, access_token)
        except UnknownKeyError:
            if utcnow() - published.at < _ASK_AGAIN:
                raise
            self._known = None
            return id_tokens.verified(token, self._published().keys, expected, access_token)

    def _userinfo(self, access_token: str, subject: str) -> Claims:
        endpoint = self._published().metadata.get("userinfo_endpoint")
        if not self._is_safe(endpoint):
            return {}
        answer = self._send(Request("GET", str(endpoint), token=access_token))
        found = answer.body if answer.status == 200 else None
        # Core 5.3.2: of somebody else it must not be used
        return found if isinstance(found, dict) and found.get("sub") == subject else {}

    def _published(self) -> _Published:
        known = self._known
        if known is None or utcnow() - known.at > _KEPT:
            known = self._known = self._ask()
        return known

    def _ask(self) -> _Published:
        metadata = self._json(get_well_known_url(self._issuer, True))
        if str(metadata.get("issuer")).rstrip("/") != self._issuer.rstrip("/"):
            raise _wrong("issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not self._is_safe(metadata.get(name), may_have_query=name[0] == "a"):
                raise _wrong(name)
        keys = self._json(metadata["jwks_uri"]).get("keys")
        if not isinstance(keys, list):
            raise _wrong("keys")
        return _Published(metadata, tuple(keys), utcnow())

    def _is_safe(self, url: object, *, may_have_query: bool = False) -> bool:
        """Whether secrets and people may be sent there; a local provider is one of a test."""
        text = url.partition("?")[0] if isinstance(url, str) and may_have_query else url
        return is_safe_address(text, may_be_local=self._issuer.startswith("http://"))

    def _json(self, url: str) -> dict[str, Any]:
        answer = self._send(Request("GET", url))
        if answer.status != 200 or not isinstance(answer.body, dict):
            _log.warning("provider_down", status=answer.status)
            raise _down()
        return answer.body

    def _send(self, request: Request) -> Answer:
        try:
            return self._transport.send(request, _TIMEOUTS)
        except NoAnswer as failure:
            _log.warning("provider_down", slow=failure.is_slow)
        raise _down()


def current_provider() -> Provider | None:
    """The provider of this installation, if the operator named one."""
    config: Config = current_app.extensions["inlay.config"]
    if not config.staff_oidc_issuer:
        return None
    made = current_app.extensions.get(_EXTENSION)
    if made is None:
        made = Provider(config, current_gateway().transport)
    provider: Provider = current_app.extensions.setdefault(_EXTENSION, made)
    return provider


def _basic(client_id: str, secret: str) -> str:
    """RFC 6749, 2.3.1: both halves are form-encoded first."""
    halves = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(halves.encode()).decode()}"


def _down() -> ProviderError:
    return ProviderError(
        "Your sign-in provider does not answer at the moment. Try again in a minute, or use a "
        "one-time link.",
        reason="provider_down",
    )


def _wrong(what: str) -> ProviderError:
    _log.error("provider_wrong", what=what)
    return ProviderError(
        "What the sign-in provider says of itself does not fit the settings of Inlay. Tell whoever "
        "runs Inlay; until then use a one-time link.",
        reason="provider_wrong",
    )
