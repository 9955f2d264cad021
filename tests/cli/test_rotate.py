"""Rotation of keys: every sealed column of every table is sealed anew, all or nothing."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import attempts, certificates, connections
from app.salesforce.connect.ways import Access
from app.salesforce.gateway import EXTENSION
from app.salesforce.models import ConnectAttempt, ConnectCertificate, Connection, Method
from tests.cli.test_mistakes import invoke
from tests.support.application import SECRET_KEY

NEW = "another-secret-key-of-forty-characters-xx"


def test_what_ways_in_have_sealed_is_opened_by_the_new_key_alone(
    config: Config, database: Database, keyring: Keyring, org: Org
) -> None:
    """House, Secrets: refresh tokens, private keys, passwords, verifiers."""
    access = Access(
        Method.OWN_APP,
        "https://acme.my.salesforce.com",
        "key",
        "hush-1",
        refresh_token="hush-2",
        private_key="hush-3",
        password="hush-4",
    )
    with database.writing(org.id) as session:
        connections.replace(session, keyring, access)
        certificates.prepare(session, keyring, org.salesforce_id)
        ticket = attempts.offer(session, actor="a", opener="", login_url="https://x")
        attempts.begin(session, keyring, ticket, "")
    rotated: Flask = create_app(replace(config, secret_keys=(NEW, SECRET_KEY)), database=database)
    done = invoke(rotated, "keys", "rotate")
    assert done.output.startswith("6 secrets"), done.output
    rotated.extensions[EXTENSION].close()
    fresh = Keyring((NEW,))
    with database.reading(org.id) as session:
        kept = session.scalars(select(Connection)).one()
        assert fresh.open(kept.sealed_client_secret) == "hush-1"
        assert fresh.open(kept.sealed_refresh_token or "") == "hush-2"
        assert fresh.open(kept.sealed_private_key or "") == "hush-3"
        assert fresh.open(kept.sealed_password or "") == "hush-4"
        pair = session.scalars(select(ConnectCertificate)).one()
        assert "PRIVATE KEY" in fresh.open(pair.sealed_private_key)
        assert fresh.open(session.scalars(select(ConnectAttempt)).one().sealed_verifier or "")
