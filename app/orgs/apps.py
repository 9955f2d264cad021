"""Canvas apps and their secrets: whose signature counts for which org."""

from __future__ import annotations

import re
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from app.db import PreparedForAll, SystemReads, SystemSession
from app.errors import ConfigError
from app.keys import Keyring
from app.orgs.errors import NotAdmittedError
from app.orgs.models import CanvasApp, Org

#: Key of the vendor's packaged app, which signs for all orgs; its path is plain ``/canvas``.
PACKAGED = "packaged"
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Salesforce's consumer secrets are longer; what is shorter was cut off or made up.
_SHORTEST_SECRET = 16
#: In place of a name: apps of any name count.
ANY = "-"


class SigningApp(NamedTuple):
    """An app as a signed request is checked against it, under the names of its row."""

    key: str
    org_id: UUID | None
    developer_name: str
    namespace: str
    sealed_secrets: list[str]


_SIGNING = PreparedForAll(
    select(*(getattr(CanvasApp, name) for name in SigningApp._fields)).where(
        CanvasApp.key == bindparam("key")
    )
)


def find(session: SystemReads, key: str) -> SigningApp:
    """The app of a path.

    Raises:
        NotAdmittedError: ``unknown_app``.
    """
    rows = session.read(_SIGNING, key=key) if _KEY.fullmatch(key) else ()
    if not rows:
        raise NotAdmittedError(
            "No canvas app is known at this address. Check the canvas URL in Salesforce's setup.",
            reason="unknown_app",
        )
    return SigningApp._make(rows[0])


def secrets_of(app: SigningApp, keyring: Keyring) -> tuple[str, ...]:
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
    """Create the app, or replace its secrets; names that are not given stay as they are.

    A name that is ``ANY`` is forgotten.

    Raises:
        ConfigError: The key has another form, or the secrets would vouch for another org than the
            app's: a customer's app is bound to its one org for good, the packaged one to none.
            Or a secret is blank or short: anybody could sign with it.
    """
    _check_secrets(secrets)
    app = _checked(_of_key(session, key) if _KEY.fullmatch(key) else None, key, org)
    session.add(app)
    app.developer_name = _name(developer_name, app.developer_name)
    app.namespace = _name(namespace, app.namespace)
    app.sealed_secrets = [keyring.seal(secret) for secret in secrets]
    session.flush()
    return app


def _name(given: str, kept: str | None) -> str:
    return "" if given == ANY else given or kept or ""


def _of_key(session: SystemSession, key: str) -> CanvasApp | None:
    return session.scalar(select(CanvasApp).where(CanvasApp.key == key))


def _check_secrets(secrets: tuple[str, ...]) -> None:
    if not secrets or any(len(secret.strip()) < _SHORTEST_SECRET for secret in secrets):
        raise ConfigError(
            f"A consumer secret has {_SHORTEST_SECRET} characters or more, and none may be blank: "
            "copy it from the app in Salesforce's setup (several: newest first, one comma between)."
        )


def _checked(app: CanvasApp | None, key: str, org: Org | None) -> CanvasApp:
    """The app that may get these secrets; a new one where there is none."""
    if not _KEY.fullmatch(key):
        raise ConfigError("A canvas app's key has 1 to 64 letters, digits, hyphens, underscores.")
    if key == PACKAGED:
        if org is not None:
            raise ConfigError("The packaged app signs for all orgs; give a customer's app a key.")
    elif app is None and org is None:
        raise ConfigError("A customer's app vouches for one org; name it with --org.")
    elif app is not None and org is not None and app.org_id != org.id:
        raise ConfigError("This canvas app is bound to another org; choose another key.")
    return app or CanvasApp(
        key=key, org_id=org.id if org else None, developer_name="", namespace=""
    )
