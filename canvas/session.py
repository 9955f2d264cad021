"""The bearer of one frame: a signed claim of who asks, about which record, and what they may see.

It replaces cookies, which browsers withhold from a frame of another site. It is a JWT (RFC 7519)
with pinned algorithm, type, audience and purpose; ids travel in 15 characters to keep it small,
because it is sent as a header, and servers commonly refuse header fields beyond 8 kB.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import jwt
import msgspec

from canvas.errors import SessionError
from canvas.ids import to_18

MAX_TOKEN_BYTES = 7_000
MAX_LIFETIME_S = 600
_MIN_KEY_BYTES = 32
_ALGORITHM = "HS256"
_TYPE = "inlay-frame+jwt"
_AUDIENCE = "inlay:widget"
_PURPOSE = "frame"
# Names are cut to the first of these lengths that lets the token fit; ids are never dropped.
_NAME_LENGTHS = (255, 60, 40, 24, 16, 8, 0)
_REQUIRED = ["aud", "exp", "iat", "jti", "sub"]
_SIGNER = jwt.PyJWS()
_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, kw_only=True)
class FrameClaims:
    """What a frame may do until `expires_at`: everything it shows was proven with the user's token.

    `org_id` is our own id of the tenant, `user_id`, `record_id` and the keys of `people` and
    `opportunities` are 18-character Salesforce ids. `opportunities` maps to name and created date
    (ISO text). `others` and `hidden_opportunities` count what the user may not see. `issued_for`
    ties the bearer to what it was issued for; `issue` makes one up when it is empty.
    """

    org_id: str
    user_id: str
    record_id: str
    sobject: str
    people: Mapping[str, str] = field(default_factory=dict, repr=False)
    opportunities: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    others: int = 0
    hidden_opportunities: int = 0
    time_zone: str = "UTC"
    locale: str = "en_US"
    issued_for: str = field(default="", repr=False)
    expires_at: datetime = _NEVER  # set by `issue`


class _Token(msgspec.Struct, frozen=True):
    """The claims as they travel."""

    aud: str
    pur: str
    org: str
    sub: str
    rec: str
    obj: str
    ppl: dict[str, str]
    opp: dict[str, tuple[str, str]]
    oth: int
    hid: int
    tz: str
    loc: str
    jti: str
    iat: int
    exp: int


def issue(claims: FrameClaims, key: bytes, *, now: datetime, lifetime_s: int) -> str:
    """A bearer for `claims`, valid for `lifetime_s` seconds from `now` (aware), at most 600.

    Long names are shortened until the token has at most 7,000 bytes. Raises ValueError for a weak
    key, a lifetime out of range, ids that are none, or more people than fit.
    """
    _check_key(key)
    if not 0 < lifetime_s <= MAX_LIFETIME_S:
        raise ValueError(f"a frame's bearer lives 1 to {MAX_LIFETIME_S} seconds")
    issued_at = _epoch(now)
    if not claims.issued_for:
        claims = replace(claims, issued_for=secrets.token_urlsafe(12))
    for name_length in _NAME_LENGTHS:
        token = _signed(_to_wire(claims, issued_at, lifetime_s, name_length), key)
        if len(token) <= MAX_TOKEN_BYTES:
            return token
    raise ValueError("too many people and opportunities for one bearer: show fewer")


def read(token: str, key: bytes, *, now: datetime, allow_expired_s: int = 0) -> FrameClaims:
    """The claims of a bearer made by `issue` with the same key.

    `allow_expired_s` is for renewal only: it accepts a bearer that ended at most so long ago.
    Raises SessionError `bearer_missing`, `bearer_invalid` or `bearer_expired`.
    """
    _check_key(key)
    if not token:
        raise SessionError("bearer_missing")
    claims = _verified(token, key)
    if claims is None:
        raise SessionError("bearer_invalid")
    if _epoch(now) >= _epoch(claims.expires_at) + allow_expired_s:
        raise SessionError("bearer_expired")
    return claims


def require_same(
    claims: FrameClaims,
    *,
    org_id: str | None = None,
    user_id: str | None = None,
    record_id: str | None = None,
) -> None:
    """Raises SessionError `other_org`, `other_user` or `other_record` where a given id differs.

    A frame that renews its bearer must come back as the same user of the same org. Salesforce ids
    are compared in the 18-character form. None leaves that check out.
    """
    if org_id is not None and org_id != claims.org_id:
        raise SessionError("other_org")
    if user_id is not None and user_id != claims.user_id:
        raise SessionError("other_user")
    if record_id is not None and record_id != claims.record_id:
        raise SessionError("other_record")


def _check_key(key: bytes) -> None:
    if len(key) < _MIN_KEY_BYTES:
        raise ValueError(f"the key of frame bearers needs at least {_MIN_KEY_BYTES} bytes")


def _epoch(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("times must be aware")
    return int(moment.timestamp())


def _signed(claims: _Token, key: bytes) -> str:
    # UTF-8 as msgspec writes it: json's \u escapes would triple the size of many names
    payload = msgspec.json.encode(claims)
    return _SIGNER.encode(payload, key, algorithm=_ALGORITHM, headers={"typ": _TYPE})


def _to_wire(claims: FrameClaims, issued_at: int, lifetime_s: int, name_length: int) -> _Token:
    return _Token(
        aud=_AUDIENCE,
        pur=_PURPOSE,
        org=claims.org_id,
        sub=to_18(claims.user_id),
        rec=to_18(claims.record_id),
        obj=claims.sobject,
        ppl={to_18(i)[:15]: _cut(name, name_length) for i, name in claims.people.items()},
        opp={
            to_18(i)[:15]: (_cut(name, name_length), created)
            for i, (name, created) in claims.opportunities.items()
        },
        oth=claims.others,
        hid=claims.hidden_opportunities,
        tz=claims.time_zone,
        loc=claims.locale,
        jti=claims.issued_for,
        iat=issued_at,
        exp=issued_at + lifetime_s,
    )


def _cut(name: str, length: int) -> str:
    return name if len(name) <= length else name[:length] + "…"


def _verified(token: str, key: bytes) -> FrameClaims | None:
    """The claims, whatever their time; None unless signature, type, audience and purpose fit."""
    try:
        decoded = jwt.decode_complete(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            # time is checked by `read`, against the caller's clock
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        wire = msgspec.convert(decoded["payload"], _Token)
        if decoded["header"].get("typ") != _TYPE or wire.pur != _PURPOSE:
            return None
        return _from_wire(wire)
    except (jwt.PyJWTError, ValueError, OverflowError, RecursionError):
        return None


def _from_wire(wire: _Token) -> FrameClaims:
    return FrameClaims(
        org_id=wire.org,
        user_id=wire.sub,
        record_id=wire.rec,
        sobject=wire.obj,
        people={to_18(i): name for i, name in wire.ppl.items()},
        opportunities={to_18(i): named for i, named in wire.opp.items()},
        others=wire.oth,
        hidden_opportunities=wire.hid,
        time_zone=wire.tz,
        locale=wire.loc,
        issued_for=wire.jti,
        expires_at=datetime.fromtimestamp(wire.exp, UTC),
    )
