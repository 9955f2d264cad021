"""Keys by which the vendor's backend speaks for one org; only their digest is kept."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select

from app.clock import utcnow
from app.db import SystemSession
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


def revoke(session: SystemSession, key: ApiKey, *, by: str) -> None:
    """End a key."""
    key.revoked_at = utcnow()
    audit.record_for(session, key.org_id, audit.Tag.API_KEY_REVOKED, by, hint=key.hint)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
