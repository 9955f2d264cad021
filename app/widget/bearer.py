"""The frame's bearer: canvas claims, and beside them the names that a Destination is made with.

Both parts are signed and tied to each other; together they are all that the frame sends. No part
holds the user's Salesforce token.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import jwt
import msgspec

from app.keys import Keyring, Purpose
from canvas import session
from canvas.errors import SessionError
from canvas.session import FrameClaims

#: A frame that slept longer than this starts afresh instead of renewing.
RENEWABLE_S = 12 * 3600
_SEPARATOR = "~"
_AUDIENCE = "inlay:widget:names"
_ALGORITHM = "HS256"
_SIGNER = jwt.PyJWS()
_LONGEST_NAME = 120
_ROOM_FOR_FIRST_NAMES, _BESIDE_NAME = 600, 24


@dataclass(frozen=True, slots=True)
class Names:
    """Of the record and of its company, as the user may see them; ``more`` people are left out.

    ``app_key`` is the path of the canvas app that opened the frame, empty for the packaged one.
    ``first_names``, by Contact or Lead id, are dropped where they are too many for a header.
    """

    record: str = ""
    company: str = ""
    more: int = 0
    app_key: str = ""
    first_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """Who looks at which record, and what they may see of it."""

    claims: FrameClaims
    names: Names


def issue(frame: Frame, keyring: Keyring, *, now: datetime, lifetime_s: int) -> str:
    """A bearer of at most ``lifetime_s`` seconds.

    Raises:
        ValueError: More people than fit.
    """
    key = keyring.keys_for(Purpose.BEARER)[0]
    issued_for = frame.claims.issued_for or secrets.token_urlsafe(12)
    claims = replace(frame.claims, issued_for=issued_for)
    token = session.issue(claims, key, now=now, lifetime_s=lifetime_s)
    named = {
        "aud": _AUDIENCE,
        "jti": issued_for,
        "record": frame.names.record[:_LONGEST_NAME],
        "company": frame.names.company[:_LONGEST_NAME],
        "more": frame.names.more,
        "app": frame.names.app_key,
        "first": _few(frame.names.first_names),
    }
    return (
        token + _SEPARATOR + _SIGNER.encode(msgspec.json.encode(named), key, algorithm=_ALGORITHM)
    )


def read(bearer: str, keyring: Keyring, *, now: datetime, allow_expired_s: int = 0) -> Frame:
    """The frame of a bearer.

    Raises:
        SessionError: ``bearer_missing``, ``bearer_invalid`` or ``bearer_expired``.
    """
    token, _, named = bearer.partition(_SEPARATOR)
    refused = SessionError("bearer_missing")
    for key in keyring.keys_for(Purpose.BEARER):
        try:
            claims = session.read(token, key, now=now, allow_expired_s=allow_expired_s)
            return Frame(claims, _names(named, key, claims.issued_for))
        except SessionError as error:
            refused = error
            if error.reason == "bearer_expired":
                break
    raise refused


def _names(named: str, key: bytes, issued_for: str) -> Names:
    try:
        told = jwt.decode(named, key, algorithms=[_ALGORITHM], audience=_AUDIENCE)
    except jwt.PyJWTError:
        raise SessionError("bearer_invalid") from None
    if told.get("jti") != issued_for:
        raise SessionError("bearer_invalid")
    return Names(told["record"], told["company"], told["more"], told["app"], told["first"])


def _few(first_names: Mapping[str, str]) -> dict[str, str]:
    """Servers refuse headers beyond 8 kB, and the claims take most of that."""
    length = sum(len(each.encode()) + _BESIDE_NAME for each in first_names.values())
    return dict(first_names) if length <= _ROOM_FOR_FIRST_NAMES else {}
