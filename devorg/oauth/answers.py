"""What the token endpoint gives: the keys of a real org, in its order."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from devorg import history
from devorg.apps import scopes as scope
from devorg.apps.app import ClientApp
from devorg.oauth.blueprint import base_url, the_org
from devorg.oauth.openid import id_token
from devorg.users import User


def identity_url(user: User) -> str:
    """The identity URL of a user of this org."""
    return f"{base_url()}/id/{the_org().config.org_id}/{user.id}"


def signature(app: ClientApp, identity: str, issued_at: str) -> str:
    """Salesforce signs the identity URL and the time with the client's secret."""
    key, text = app.client_secret.encode(), (identity + issued_at).encode()
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def granted(
    app: ClientApp,
    user: User,
    scopes: frozenset[str],
    *,
    grant_id: str | None = None,
    refresh_token: str | None = None,
    nonce: str | None = None,
) -> dict[str, Any]:
    """A new access token with all that comes along."""
    history.tell(user=user.alias)
    org, identity = the_org(), identity_url(user)
    issued_at = str(org.clock.milliseconds())
    access_token = org.tokens.issue(user, app, scopes, grant_id)
    answer: dict[str, Any] = {"access_token": access_token}
    if refresh_token is not None:
        answer["refresh_token"] = refresh_token
    answer["signature"] = signature(app, identity, issued_at)
    answer["scope"] = scope.write(scopes)
    if "openid" in scopes:
        answer["id_token"] = id_token(app, user, identity, access_token, nonce)
    answer |= {
        "instance_url": base_url(),
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }
    return answer


def granted_to_assertion(
    app: ClientApp, user: User, scopes: frozenset[str], grant_id: str | None = None
) -> dict[str, Any]:
    """The shorter answer of the JWT bearer flow."""
    history.tell(user=user.alias)
    return {
        "access_token": the_org().tokens.issue(user, app, scopes, grant_id),
        "scope": scope.write(scopes),
        "instance_url": base_url(),
        "id": identity_url(user),
        "token_type": "Bearer",
    }


def granted_to_password(app: ClientApp, user: User, scopes: frozenset[str]) -> dict[str, Any]:
    """The answer of the username-password flow, which names no scope."""
    history.tell(user=user.alias)
    identity = identity_url(user)
    issued_at = str(the_org().clock.milliseconds())
    return {
        "access_token": the_org().tokens.issue(user, app, scopes),
        "instance_url": base_url(),
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
        "signature": signature(app, identity, issued_at),
    }
