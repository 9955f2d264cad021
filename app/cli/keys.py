"""``flask --app wsgi keys rotate``: seal every stored secret under the newest key."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.db import Base, SystemSession
from app.errors import ConfigError
from app.keys import Keyring, SealedError
from app.orgs.models import CanvasApp
from app.salesforce.models import ConnectAttempt, ConnectCertificate, Connection
from app.web.context import database, keyring


@click.group()
def keys() -> None:
    """Keys that seal stored secrets."""


@keys.command()
@with_appcontext
def rotate() -> None:
    """Re-seal all secrets with the first of INLAY_SECRET_KEYS; then older keys may go."""
    try:
        with database().system_writing() as session:
            count = _reseal_apps(session, keyring()) + _reseal_connections(session, keyring())
    except SealedError as error:
        raise ConfigError(
            f"{error.message} Nothing was changed: put the old key back behind the new one and "
            "run this again."
        ) from error
    click.echo(f"{count} secrets are sealed with the newest key.")


def _reseal_apps(session: SystemSession, ring: Keyring) -> int:
    apps = session.scalars(select(CanvasApp)).all()
    for app in apps:
        app.sealed_secrets = [ring.reseal(sealed) for sealed in app.sealed_secrets]
    return sum(len(app.sealed_secrets) for app in apps)


def _reseal_connections(session: SystemSession, ring: Keyring) -> int:
    rows = [
        *session.scalars(select(Connection)),
        *session.scalars(select(ConnectCertificate)),
        *session.scalars(select(ConnectAttempt)),
    ]
    return sum(_reseal(row, ring) for row in rows)


def _reseal(row: Base, ring: Keyring) -> int:
    """Re-seal every sealed column of a row; how many held something."""
    held = [name for name in vars(row) if name.startswith("sealed_") and getattr(row, name)]
    for name in held:
        setattr(row, name, ring.reseal(getattr(row, name)))
    return len(held)
