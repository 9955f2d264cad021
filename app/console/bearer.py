"""The bearer of the console in a canvas frame: who was proven to be an admin, for ten minutes.

Browsers withhold cookies from a frame of another site, so each call carries this instead. It is a
JWT with pinned algorithm, type and audience, under a key of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import jwt

from app.clock import utcnow
from app.console.permissions import Role
from app.console.principal import Principal
from app.keys import Keyring, Purpose

#: A frame that slept longer than this starts afresh instead of renewing.
RENEWABLE = timedelta(hours=12)
_ALGORITHM = "HS256"
_TYPE = "inlay-console+jwt"
_AUDIENCE = "inlay:console"
_REQUIRED = ["aud", "exp", "iat", "sub", "org"]
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Admin:
    """An admin as their org named them: our id of the org, their Salesforce user id (18).

    ``app_key`` is the path of the canvas app that opened the frame, empty for the packaged one.
    """

    org_id: UUID
    user_id: str
    name: str
    app_key: str = ""
    time_zone: str = "UTC"


def issue(admin: Admin, keyring: Keyring, *, now: datetime, lifetime_s: int) -> str:
    """A bearer for ``lifetime_s`` seconds."""
    claims = {
        "aud": _AUDIENCE,
        "iat": now,
        "exp": now + timedelta(seconds=lifetime_s),
        "sub": admin.user_id,
        "org": str(admin.org_id),
        "name": admin.name[:_LONGEST_NAME],
        "app": admin.app_key,
        "tz": admin.time_zone,
    }
    key = keyring.keys_for(Purpose.CONSOLE)[0]
    return jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"typ": _TYPE})


def read(token: str, keyring: Keyring) -> Principal | None:
    """Whose bearer this is, if it is valid now."""
    admin = admin_of(token, keyring)
    if admin is None:
        return None
    return Principal(
        Role.ORG_ADMIN,
        admin.name,
        f"admin:{admin.user_id}",
        org_id=admin.org_id,
        in_frame=True,
        time_zone=admin.time_zone,
    )


def admin_of(
    token: str, keyring: Keyring, *, allow_expired: timedelta = timedelta(0)
) -> Admin | None:
    """The admin of a bearer; ``allow_expired`` is for renewal alone."""
    for key in keyring.keys_for(Purpose.CONSOLE):
        try:
            decoded = jwt.decode_complete(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": _REQUIRED, "verify_exp": False},
            )
        except jwt.PyJWTError:
            continue
        claims = decoded["payload"]
        ends = datetime.fromtimestamp(claims["exp"], tz=utcnow().tzinfo) + allow_expired
        if decoded["header"].get("typ") != _TYPE or utcnow() >= ends:
            return None
        return Admin(
            UUID(claims["org"]), claims["sub"], claims["name"], claims["app"], claims["tz"]
        )
    return None
