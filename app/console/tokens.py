"""Opaque tokens: handed out once, kept as digests keyed by purpose."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from app.keys import Keyring, Purpose

#: 256 bits.
_TOKEN_BYTES = 32
#: No token of ours is longer; what is, is not looked up.
_LONGEST = 128


def new_token() -> str:
    """A fresh one, fit for a cookie and for an address."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest(keyring: Keyring, purpose: Purpose, token: str, about: str = "") -> str:
    """What is kept of a new token; ``about`` ties it to one use."""
    return _digest(keyring.keys_for(purpose)[0], token, about)


def digests(keyring: Keyring, purpose: Purpose, token: str, about: str = "") -> list[str]:
    """What may have been kept of a presented token, by all present keys."""
    if not 0 < len(token) <= _LONGEST:
        return []
    return [_digest(key, token, about) for key in keyring.keys_for(purpose)]


def _digest(key: bytes, token: str, about: str) -> str:
    return hmac.new(key, f"{about}:{token}".encode(), hashlib.sha256).hexdigest()
