"""OAuth with an org: the grants, whose token it is, and taking one back.

The ``id`` of an answer is ``https://…/id/<org>/<user>`` (Salesforce Help, "OAuth Authorization
Flows"). No function here keeps anything, and no error carries what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.salesforce.errors import (
    AppNotApproved,
    IpNotAllowed,
    ReconnectNeeded,
    SalesforceDown,
    SalesforceError,
    SalesforceSlow,
)
from app.salesforce.refusals import error_of, read_refusals, without_tokens
from app.salesforce.transport import Answer, NoAnswer, Request, Timeouts, Transport
from canvas.ids import ORGANIZATION_PREFIX, to_18

TIMEOUTS = Timeouts(connect=5, read=15)
_TRANSIENT = frozenset({"unknown_error", "server_error", "temporarily_unavailable"})
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_USER_PREFIX = "005"


@dataclass(frozen=True, slots=True)
class App:
    """A client app: its consumer key, and its secret where it has one."""

    client_id: str
    client_secret: str = field(default="", repr=False)

    def form(self) -> dict[str, str]:
        """As a token endpoint wants it."""
        secret = {"client_secret": self.client_secret} if self.client_secret else {}
        return {"client_id": self.client_id, **secret}


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as the org gave it.

    ``organization`` and ``user_id`` are the 18-character ids of its identity, where it has one.
    """

    access_token: str = field(repr=False)
    instance_url: str
    organization: str | None
    user_id: str = ""
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, as far as the org tells; empty where it does not."""

    organization: str | None = None
    user_id: str = ""
    user_name: str = ""
    user_label: str = ""
    user_address: str = ""


def client_credentials(transport: Transport, url: str, app: App) -> NewToken:
    """Fetch a token for the app's own user, at the org's own host.

    Raises:
        SalesforceDown, SalesforceSlow: Try again later.
        IpNotAllowed, AppNotApproved, ReconnectNeeded: Only a person can mend it; ``code`` is
            OAuth's own (``invalid_client``). All grants raise these.
    """
    return _token(transport, url, {"grant_type": "client_credentials", **app.form()})


def jwt_bearer(transport: Transport, url: str, assertion: str) -> NewToken:
    """Trade a signed assertion for a token of the user it names; there is no refresh token."""
    return _token(transport, url, {"grant_type": _JWT_BEARER, "assertion": assertion})


def authorization_code(
    transport: Transport, url: str, app: App, *, code: str, verifier: str, redirect_uri: str
) -> NewToken:
    """Trade the code that a person's browser brought back, with the verifier of PKCE."""
    form = {"code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
    return _token(transport, url, {"grant_type": "authorization_code", **app.form(), **form})


def refresh(transport: Transport, url: str, app: App, refresh_token: str) -> NewToken:
    """Trade a refresh token for an access token, and for the next refresh token if it rotates.

    Keep that one before anything else is done: this one may be worth nothing any more, and showing
    it again would end them all (Salesforce Help 005316711).
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _token(transport, url, {**form, **app.form()})


def password(transport: Transport, url: str, app: App, username: str, secret: str) -> NewToken:
    """Trade a user's password, its security token behind it, for a token.

    Salesforce blocks this flow in new orgs.
    """
    form = {"grant_type": "password", "username": username, "password": secret}
    return _token(transport, url, {**form, **app.form()})


def identity_of(transport: Transport, instance_url: str, access_token: str) -> Identity:
    """Whose the token is, by asking the org; nothing where it does not say.

    ``userinfo`` costs no API call, but may need a scope the app lacks.
    """
    url = f"{instance_url}/services/oauth2/userinfo"
    answer = send(transport, Request("GET", url, token=access_token))
    if answer.status >= 500:
        raise error_of(answer.status, answer.body, is_read=True)
    if answer.status != 200 or not isinstance(answer.body, dict):
        return Identity()
    told = {name: str(answer.body.get(name) or "") for name in _TOLD}
    return Identity(
        organization=organization(told["organization_id"]),
        user_id=user(told["user_id"]),
        user_name=told["preferred_username"][:255],
        user_label=told["name"][:255],
        user_address=told["email"][:255],
    )


_TOLD = ("organization_id", "user_id", "preferred_username", "name", "email")


def revoke(transport: Transport, instance_url: str, token: str) -> bool:
    """Take a token back; whether the org said that it is over.

    A refresh token takes all access tokens of its grant with it.
    """
    form = {"token": token}
    request = Request("POST", f"{instance_url}/services/oauth2/revoke", form=form)
    try:
        answer = transport.send(request, TIMEOUTS)
    except NoAnswer:
        return False
    # 400 invalid_token, or unsupported_token_type: it was over before
    return answer.status in {200, 400}


def send(transport: Transport, request: Request) -> Answer:
    """One request to an endpoint of logins.

    Raises:
        SalesforceDown, SalesforceSlow: No answer came.
    """
    try:
        return transport.send(request, TIMEOUTS)
    except NoAnswer as failure:
        kind = SalesforceSlow if failure.is_slow else SalesforceDown
        raise kind(is_ambiguous=failure.was_sent) from None


def organization(value: object) -> str | None:
    """The 18-character id, if the value is one of an organization."""
    return _id(value, ORGANIZATION_PREFIX) or None


def user(value: object) -> str:
    """The 18-character id, if the value is one of a user; else nothing."""
    return _id(value, _USER_PREFIX)


def whose(identity_url: object) -> tuple[str | None, str]:
    """The org and the user of an identity URL, as far as they are ids of such."""
    parts = urlsplit(identity_url).path.split("/") if isinstance(identity_url, str) else []
    if len(parts) != 4 or parts[1] != "id":
        return None, ""
    return organization(parts[2]), user(parts[3])


def _token(transport: Transport, url: str, form: Mapping[str, str]) -> NewToken:
    answer = send(transport, Request("POST", f"{url}/services/oauth2/token", form=form))
    if answer.status != 200:
        raise _refusal(answer)
    body = answer.body
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=answer.status)
    following, signed = body.get("refresh_token"), body.get("id_token")
    owner, person = whose(body.get("id"))
    return NewToken(
        access_token=body["access_token"],
        instance_url=str(body.get("instance_url") or url),
        organization=owner,
        user_id=person,
        refresh_token=following if isinstance(following, str) and following else None,
        id_token=signed if isinstance(signed, str) else None,
    )


def _refusal(answer: Answer) -> SalesforceError:
    """Whether waiting helps: a 4xx with an OAuth error is for a person, all else passes."""
    error = error_of(answer.status, answer.body, is_read=True)
    if isinstance(error, (IpNotAllowed, AppNotApproved)):
        return error
    refusals = read_refusals(answer.body)
    if answer.status == 429 or answer.status >= 500 or not refusals:
        return SalesforceDown(code=error.code, detail=error.detail, status=answer.status)
    first = refusals[0]
    if first.code in _TRANSIENT or "rate exceeded" in first.text.lower():
        return SalesforceDown(code=first.code, status=answer.status)
    return ReconnectNeeded(code=first.code, detail=without_tokens(first.text), status=answer.status)


def _id(value: object, prefix: str) -> str:
    try:
        found = to_18(str(value))
    except ValueError:
        return ""
    return found if found.startswith(prefix) else ""
