"""Log in with Salesforce, for the console: who somebody is by their org's own word, then no more.

The same app as for connecting (``attempts``), without a refresh token. Whose the token is, is said
three times: beside it, in the signed ID token that answers our nonce, and by what the token opens.
The token serves one visit and is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from app.salesforce.client import Client
from app.salesforce.connect import oauth
from app.salesforce.connect.oauth import App, NewToken
from app.salesforce.errors import ReconnectNeeded, SalesforceDown, WrongOrg
from app.salesforce.gateway import Gateway
from app.salesforce.transport import Request
from app.web import id_tokens
from app.web.id_tokens import Expected, UnknownKeyError

#: ``openid`` for who it is, ``api`` for the package's resource ``me``.
SCOPES = "openid api"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who logged in; ids have 18 characters. ``client`` works until the visit is over."""

    organization: str
    user_id: str
    name: str
    client: Client


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser brought back, and what was kept for it."""

    login_url: str
    code: str
    verifier: str
    nonce: str
    redirect_uri: str


def address(
    login_url: str,
    app: App,
    *,
    state: str,
    nonce: str,
    challenge: str,
    redirect_uri: str,
    anew: bool,
) -> str:
    """The page of Salesforce that asks the person (PKCE with S256: RFC 7636).

    ``anew``: who is logged in there by chance is asked who it shall be.
    """
    asked = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPES,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **({"prompt": "select_account"} if anew else {}),
    }
    return f"{login_url}/services/oauth2/authorize?{urlencode(asked)}"


@contextmanager
def visit(gateway: Gateway, answer: Answer) -> Iterator[Visitor]:
    """Trade the code, and take the token back when the block ends.

    Raises:
        ForeignHost: An address is no host of Salesforce's.
        ReconnectNeeded, IpNotAllowed, AppNotApproved: Salesforce refused; ``code`` says why.
        WrongOrg: What is said of the token differs.
        IdTokenRefusedError: The ID token does not prove it.
        SalesforceDown, SalesforceSlow: Not now.
    """
    app = gateway.policy.vendor
    if app is None:
        raise ReconnectNeeded(code="way_not_allowed")
    url = gateway.hosts.login(answer.login_url)
    token = oauth.authorization_code(
        gateway.transport,
        url,
        app,
        code=answer.code,
        verifier=answer.verifier,
        redirect_uri=answer.redirect_uri,
    )
    try:
        yield _visitor(gateway, token, url, app.client_id, answer.nonce)
    finally:
        gateway.proof.drop(token, url)


def _visitor(gateway: Gateway, token: NewToken, url: str, client_id: str, nonce: str) -> Visitor:
    instance = gateway.hosts.instance(token.instance_url)
    issuers = tuple(dict.fromkeys((url, instance)))
    claims = _claims(gateway, token, Expected(issuers, client_id, nonce))
    signed = oauth.whose(claims["sub"])
    if token.organization is None or signed != (token.organization, token.user_id):
        raise WrongOrg(code="WRONG_ORG")
    told = oauth.identity_of(gateway.transport, instance, token.access_token)
    if (told.organization, told.user_id) not in {signed, (None, "")}:
        raise WrongOrg(code="WRONG_ORG")
    client = gateway.for_user(token.organization, instance, token.access_token)
    return Visitor(token.organization, token.user_id, told.user_label or told.user_name, client)


def _claims(gateway: Gateway, token: NewToken, expected: Expected) -> id_tokens.Claims:
    """By the keys of whichever of the issuers signed: the shared login host, or the org's own."""
    first, *others = expected.issuers
    try:
        keys = _keys(gateway, first)
        return id_tokens.verified(token.id_token, keys, expected, token.access_token)
    except UnknownKeyError:
        keys = [key for issuer in others for key in _keys(gateway, issuer)]
        return id_tokens.verified(token.id_token, keys, expected, token.access_token)


def _keys(gateway: Gateway, issuer: str) -> list[object]:
    answer = oauth.send(gateway.transport, Request("GET", f"{issuer}/id/keys"))
    keys = answer.body.get("keys") if isinstance(answer.body, dict) else None
    if answer.status != 200 or not isinstance(keys, list):
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=answer.status)
    return keys
