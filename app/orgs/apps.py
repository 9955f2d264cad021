"""Canvas apps and their secrets: whose signature counts for which org."""

from __future__ import annotations

from sqlalchemy import select

from app.db import SystemSession
from app.keys import Keyring
from app.orgs.errors import NotAdmittedError
from app.orgs.models import CanvasApp, Org

#: Key of the vendor's packaged app, which signs for all orgs; its path is plain ``/canvas``.
PACKAGED = "packaged"


def find(session: SystemSession, key: str) -> CanvasApp:
    """The app of a path.

    Raises:
        NotAdmittedError: ``unknown_app``.
    """
    app = session.scalar(select(CanvasApp).where(CanvasApp.key == key))
    if app is None:
        raise NotAdmittedError(
            "No canvas app is known at this address. Check the canvas URL in Salesforce's setup.",
            reason="unknown_app",
        )
    return app


def secrets_of(app: CanvasApp, keyring: Keyring) -> tuple[str, ...]:
    """The app's consumer secrets in clear, newest first."""
    return tuple(keyring.open(sealed) for sealed in app.sealed_secrets)


def put(
    session: SystemSession,
    keyring: Keyring,
    key: str,
    secrets: tuple[str, ...],
    *,
    org: Org | None = None,
    developer_name: str = "",
    namespace: str = "",
) -> CanvasApp:
    """Create the app, or replace its secrets and names. An app of one org is bound for good."""
    app = session.scalar(select(CanvasApp).where(CanvasApp.key == key))
    if app is None:
        app = CanvasApp(key=key, org_id=org.id if org else None)
        session.add(app)
    app.developer_name = developer_name
    app.namespace = namespace
    app.sealed_secrets = [keyring.seal(secret) for secret in secrets]
    session.flush()
    return app
