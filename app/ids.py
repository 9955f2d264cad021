"""Identifiers: UUIDv7 for our rows (RFC 9562; a library, since Python 3.11 has none)."""

from __future__ import annotations

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh UUIDv7 as a standard UUID. Order never rests on it; sequences do that."""
    return UUID(int=uuid_utils.uuid7().int)
