"""The external client apps of one org: kept in its SQLite file, read from memory."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable

from devorg.apps.app import ClientApp, app_from
from devorg.config import DevorgConfig
from devorg.store import Store

_TABLE = """CREATE TABLE IF NOT EXISTS client_app (
  client_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID"""


def default_app(config: DevorgConfig) -> ClientApp:
    """The app that every org has: the client id and secret of the command line.

    Raises ControlError for a callback URL that is none.
    """
    callbacks = {"callbackUrls": list(config.callback_urls)}
    return app_from(callbacks, _blank(config))


def _blank(config: DevorgConfig) -> ClientApp:
    return ClientApp(
        config.client_id,
        config.client_secret,
        label="Devorg Connection",
        scopes=("api", "refresh_token", "openid", "id", "profile", "email", "web"),
        client_credentials=True,
        run_as="integration",
    )


def cli_app() -> ClientApp:
    """Salesforce's own CLI, which every real org lets in under this name and without a secret."""
    return ClientApp(
        "PlatformCLI",
        secrets.token_hex(16),
        label="Salesforce CLI",
        callback_urls=("http://localhost:1717/OauthRedirect",),
        scopes=("refresh_token", "api", "web"),
        secret_optional=True,
        secret_to_refresh=False,
    )


class Apps:
    """Finds apps by their consumer key."""

    def __init__(self, config: DevorgConfig, store: Store) -> None:
        self._store = store
        own, cli = default_app(config), cli_app()
        self._built_in = (own, cli) if own.client_id != cli.client_id else (own,)
        self._keep(self._built_in)
        with store.writing() as connection:
            connection.execute(_TABLE)
            rows = connection.execute("SELECT body FROM client_app").fetchall()
        for row in rows:
            app = app_from(json.loads(row["body"]))
            # The secret of the command line is the one that holds.
            if app.client_id == config.client_id:
                app = app_from({"consumerSecret": config.client_secret}, app)
            self._keep([*self.all(), app])

    def _keep(self, apps: Iterable[ClientApp]) -> None:
        self._apps = {each.client_id: each for each in apps}
        self._marks = {mark_of(each.client_id): each for each in self._apps.values()}

    def find(self, client_id: str) -> ClientApp | None:
        """The app of a consumer key, if there is one."""
        return self._apps.get(client_id)

    def by_mark(self, mark: str) -> ClientApp | None:
        """The app that `mark_of` gives this mark."""
        return self._marks.get(mark)

    def all(self) -> list[ClientApp]:
        """Every app, the default one first."""
        return list(self._apps.values())

    def save(self, app: ClientApp) -> None:
        """Add the app, or change its policies."""
        text = json.dumps(app.as_json())
        with self._store.writing() as connection:
            connection.execute("REPLACE INTO client_app VALUES (?, ?)", (app.client_id, text))
        self._keep([*self.all(), app])

    def delete(self, app: ClientApp) -> None:
        """Take the app away; what it was granted is for the caller to end."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM client_app WHERE client_id = ?", (app.client_id,))
        self._keep(each for each in self.all() if each.client_id != app.client_id)

    def reset(self) -> list[ClientApp]:
        """Only the built-in apps, with their policies of the beginning; those that went."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM client_app")
        gone = [each for each in self.all() if not self.is_built_in(each)]
        self._keep(self._built_in)
        return gone

    def is_built_in(self, app: ClientApp) -> bool:
        """True for an app that every org has; its policies may change, but it stays."""
        return any(each.client_id == app.client_id for each in self._built_in)


def mark_of(client_id: str) -> str:
    """A short sign for an app, for inside access tokens."""
    return hashlib.sha256(client_id.encode()).hexdigest()[:12]
