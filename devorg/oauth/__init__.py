"""OAuth 2.0 and OpenID Connect of the org. A further grant is a module and a word in `token`."""

from __future__ import annotations

from devorg.oauth import (
    authorize,
    discovery,
    identity,
    introspect,
    logout,
    revoke,
    token,
)
from devorg.oauth.blueprint import blueprint

PARTS = (authorize, discovery, identity, introspect, logout, revoke, token)

__all__ = ["PARTS", "blueprint"]
