"""API keys: shown once, kept as digests, revocable."""

from __future__ import annotations

from sqlalchemy import select

from app.db import Database
from app.orgs import apikeys
from app.orgs.models import ApiKey, Org


def test_a_key_is_found_by_itself_only_and_not_kept(database: Database, org: Org) -> None:
    with database.system_writing() as session:
        key = apikeys.create(session, org, "backend", by="staff")
    with database.system_reading() as session:
        found = apikeys.find(session, key)
        assert found is not None
        assert found.org_id == org.id
        assert apikeys.find(session, key[:-1]) is None
        assert apikeys.find(session, found.digest) is None
        row = session.scalars(select(ApiKey)).one()
        assert key not in str(vars(row))


def test_a_revoked_key_is_nobody(database: Database, org: Org) -> None:
    with database.system_writing() as session:
        key = apikeys.create(session, org, "backend", by="staff")
    with database.system_writing() as session:
        found = apikeys.find(session, key)
        assert found is not None
        apikeys.revoke(session, found, by="staff")
    with database.system_reading() as session:
        assert apikeys.find(session, key) is None
