"""OpenID Connect: the id_token, and what it says of a person."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from devorg.apps.app import ClientApp
from devorg.oauth.blueprint import base_url, the_org, the_state
from devorg.users import User

# Salesforce's id tokens are good for two minutes.
LIFE_SECONDS = 120


def _half_hash(access_token: str) -> str:
    digest = hashlib.sha256(access_token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def id_token(
    app: ClientApp, user: User, identity: str, access_token: str, nonce: str | None
) -> str:
    """A signed JWT that says who has logged in."""
    now = int(the_org().clock.now().timestamp())
    claims: dict[str, Any] = {
        "at_hash": _half_hash(access_token),
        "sub": identity,
        "aud": app.client_id,
        "iss": base_url(),
        "exp": now + LIFE_SECONDS,
        "iat": now,
    }
    if nonce is not None:
        claims["nonce"] = nonce
    return the_state().keys.sign(claims)
