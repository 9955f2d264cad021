"""From the JSON of a signed request to an `Envelope`: decode, check ids, name what is missing."""

from __future__ import annotations

from typing import Any

import msgspec

from canvas.envelope import (
    Application,
    Client,
    Envelope,
    Environment,
    Links,
    Organization,
    User,
    Version,
)
from canvas.errors import SignedRequestError
from canvas.ids import ORGANIZATION_PREFIX, USER_PREFIX, to_18

ALGORITHM = "HMACSHA256"


class _Environment(msgspec.Struct, rename="camel"):
    """`Environment` as sent: its objects may be null."""

    location_url: str | None = None
    display_location: str | None = None
    sublocation: str | None = None
    ui_theme: str | None = None
    parameters: dict[str, Any] | None = None
    record: dict[str, Any] | None = None
    version: Version | None = None


class _Context(msgspec.Struct, rename="camel"):
    user: User | None = None
    organization: Organization | None = None
    application: Application | None = None
    environment: _Environment | None = None
    links: Links | None = None


class _Request(msgspec.Struct, rename="camel"):
    algorithm: str | None = None
    # Internal to Salesforce, changed its form before: whatever is no integer counts as unknown.
    issued_at: Any = None
    user_id: str | None = None
    client: Client | None = None
    context: _Context | None = None


_decoder = msgspec.json.Decoder(_Request)
_NO_CONTEXT = _Context()


def read_payload(payload: bytes) -> Envelope:
    """The envelope in the decoded payload. Raises SignedRequestError, never anything else."""
    if not _is_utf8(payload):
        raise SignedRequestError("bad_encoding")
    request = _decode(payload)
    if request is None:
        raise SignedRequestError("bad_payload")
    if request.algorithm != ALGORITHM:
        raise SignedRequestError("wrong_algorithm")
    context = request.context or _NO_CONTEXT
    organization, user = _organization(context.organization), _user(request.user_id, context.user)
    issued_at = request.issued_at
    return Envelope(
        algorithm=ALGORITHM,
        issued_at=issued_at if type(issued_at) is int else None,
        user_id=user.id,
        user=user,
        organization=organization,
        client=request.client or Client(),
        application=context.application or Application(),
        environment=_environment(context.environment),
        links=context.links or Links(),
    )


# The two helpers below answer instead of raising: an exception raised here would carry the cause,
# and with it the payload, as its context.


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(payload: bytes) -> _Request | None:
    try:
        return _decoder.decode(payload)
    except (msgspec.DecodeError, RecursionError):
        return None


def _organization(sent: Organization | None) -> Organization:
    if sent is None or not sent.id:
        raise SignedRequestError("missing_organization")
    id18 = _id18(sent.id, ORGANIZATION_PREFIX)
    return sent if id18 == sent.id else msgspec.structs.replace(sent, id=id18)


def _user(top_id: str | None, sent: User | None) -> User:
    """The user; the id at the top and the one in the context must agree where both exist."""
    sent = sent or User()
    named = top_id or sent.id
    if not named:
        raise SignedRequestError("missing_user")
    id18 = _id18(named, USER_PREFIX)
    if sent.id == id18:
        return sent
    if sent.id and _id18(sent.id, USER_PREFIX) != id18:
        raise SignedRequestError("bad_payload")
    return msgspec.structs.replace(sent, id=id18)


def _id18(record_id: str, prefix: str) -> str:
    try:
        id18 = to_18(record_id)
    except ValueError:
        id18 = ""
    if not id18.startswith(prefix):
        raise SignedRequestError("bad_payload")
    return id18


def _environment(sent: _Environment | None) -> Environment:
    if sent is None:
        return Environment()
    return Environment(
        location_url=sent.location_url,
        display_location=sent.display_location,
        sublocation=sent.sublocation,
        ui_theme=sent.ui_theme,
        parameters=sent.parameters or {},
        record=sent.record or {},
        version=sent.version or Version(),
    )
