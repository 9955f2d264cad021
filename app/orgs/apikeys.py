"""Keys by which the vendor's backend speaks for one org; only their digest is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import select

from app.clock import utcnow
from app.db import SystemSession
from app.errors import ConfigError
from app.orgs import audit
from app.orgs.models import ApiKey, Org

_PREFIX = "inlay_"


def create(session: SystemSession, org: Org, label: str, *, by: str) -> str:
    """A new key; it is shown this once (256 bits, so that a plain digest protects it)."""
    key = _PREFIX + secrets.token_urlsafe(32)
    session.add(ApiKey(org_id=org.id, digest=_digest(key), hint=key[:10], label=label))
    audit.record_for(session, org.id, audit.Tag.API_KEY_CREATED, by, label=label)
    return key


def find(session: SystemSession, presented: str) -> ApiKey | None:
    """The row of a presented key unless revoked; looked up by digest, so timing tells nothing."""
    row = session.scalar(select(ApiKey).where(ApiKey.digest == _digest(presented)))
    return row if row is not None and row.revoked_at is None else None


def of_org(session: SystemSession, org: Org) -> Sequence[ApiKey]:
    """All keys of an org, revoked ones too, oldest first."""
    return session.scalars(
        select(ApiKey).where(ApiKey.org_id == org.id).order_by(ApiKey.created_at, ApiKey.id)
    ).all()


def named(session: SystemSession, org: Org, name: str) -> ApiKey:
    """The one valid key of an org with this label, or with these first characters.

    Raises:
        ConfigError: There is none, or more than one.
    """
    valid = [key for key in of_org(session, org) if key.revoked_at is None]
    found = [key for key in valid if name and name.rstrip("…") in (key.label, key.hint)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise ConfigError(f"No valid key is named {name!r}; `orgs apikeys` lists them.")
    hints = ", ".join(key.hint for key in found)
    raise ConfigError(f"{len(found)} keys are named {name!r}: say which of {hints}.")


def revoke(session: SystemSession, key: ApiKey, *, by: str) -> None:
    """End a key."""
    key.revoked_at = utcnow()
    audit.record_for(session, key.org_id, audit.Tag.API_KEY_REVOKED, by, hint=key.hint)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
