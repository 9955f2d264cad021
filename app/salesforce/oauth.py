"""OAuth with an org: the client credentials flow, whose token it is, and taking one back.

Client credentials are asked of the org's own host and give no refresh token; the ``id`` of the
answer is ``https://…/id/<org>/<user>`` (Salesforce Help, "OAuth 2.0 Client Credentials Flow").
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as the org gave it; ``organization`` is the 18-character id of its identity."""

    access_token: str = field(repr=False)
    instance_url: str
    organization: str | None


def client_credentials(
    transport: Transport, instance_url: str, client_id: str, client_secret: str
) -> NewToken:
    """Fetch a token for the app's own user.

    Raises:
        SalesforceDown, SalesforceSlow: Try again later.
        IpNotAllowed, AppNotApproved, ReconnectNeeded: Only a person can mend it; ``code`` is
            OAuth's own (``invalid_client``).
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
    }
    answer = _send(transport, Request("POST", f"{instance_url}/services/oauth2/token", form=form))
    if answer.status != 200:
        raise _refusal(answer)
    body = answer.body
    if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=answer.status)
    return NewToken(
        access_token=body["access_token"],
        instance_url=str(body.get("instance_url") or instance_url),
        organization=_organization_of(body.get("id")),
    )


def organization_of_token(transport: Transport, instance_url: str, access_token: str) -> str | None:
    """The org that the token itself opens, by asking the org; None when it does not say.

    ``userinfo`` costs no API call, but may need a scope the app lacks.
    """
    url = f"{instance_url}/services/oauth2/userinfo"
    answer = _send(transport, Request("GET", url, token=access_token))
    if answer.status >= 500:
        raise error_of(answer.status, answer.body, is_read=True)
    named = answer.body.get("organization_id") if isinstance(answer.body, dict) else None
    return _organization(named) if answer.status == 200 else None


def revoke(transport: Transport, instance_url: str, access_token: str) -> None:
    """Take a token back; best effort, since a token that we forget does no harm by us."""
    form = {"token": access_token}
    request = Request("POST", f"{instance_url}/services/oauth2/revoke", form=form)
    try:
        transport.send(request, TIMEOUTS)
    except NoAnswer:
        return


def _send(transport: Transport, request: Request) -> Answer:
    try:
        return transport.send(request, TIMEOUTS)
    except NoAnswer as failure:
        kind = SalesforceSlow if failure.is_slow else SalesforceDown
        raise kind() from None


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


def _organization_of(identity_url: object) -> str | None:
    parts = urlsplit(identity_url).path.split("/") if isinstance(identity_url, str) else []
    return _organization(parts[2]) if len(parts) == 4 and parts[1] == "id" else None


def _organization(value: object) -> str | None:
    try:
        organization = to_18(str(value))
    except ValueError:
        return None
    return organization if organization.startswith(ORGANIZATION_PREFIX) else None
