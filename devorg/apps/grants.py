"""What users have granted to apps: families of refresh tokens, kept in SQLite.

A grant is one run of an authorization flow; its refresh tokens follow each other if the app
rotates them. Whoever shows one that was already used ends the whole family (Salesforce Help
005316711), and of each user and app only the newest five live.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass

from devorg import users
from devorg.apps.app import ClientApp
from devorg.apps.ended import Ended
from devorg.clock import Clock
from devorg.store import Store
from devorg.users import User

LIMIT = 5
_TABLES = (
    """CREATE TABLE IF NOT EXISTS oauth_grant (
      id TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL, scopes TEXT NOT NULL,
      created INTEGER NOT NULL, used INTEGER NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS oauth_grant_of ON oauth_grant (client_id, user_id)",
    """CREATE TABLE IF NOT EXISTS refresh_token (
      digest TEXT PRIMARY KEY, grant_id TEXT NOT NULL, spent INTEGER NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS refresh_token_of ON refresh_token (grant_id)",
    """CREATE TABLE IF NOT EXISTS oauth_consent (
      client_id TEXT NOT NULL, user_id TEXT NOT NULL, scopes TEXT NOT NULL,
      PRIMARY KEY (client_id, user_id)) WITHOUT ROWID""",
)


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant that still holds."""

    id: str
    client_id: str
    user: User
    scopes: frozenset[str]
    created_ms: int
    used_ms: int


def _new_token() -> str:
    return "5Aep" + secrets.token_urlsafe(60).replace("-", ".")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _grant(row: sqlite3.Row | None) -> Grant | None:
    user = users.find(row["user_id"]) if row else None
    if row is None or user is None:
        return None
    scopes = frozenset(row["scopes"].split())
    return Grant(row["id"], row["client_id"], user, scopes, row["created"], row["used"])


class Grants:
    """The grants and approvals of one org."""

    def __init__(self, store: Store, clock: Clock, ended: Ended) -> None:
        self._store, self._clock, self._ended = store, clock, ended
        with store.writing() as connection:
            for statement in _TABLES:
                connection.execute(statement)

    def open(self, app: ClientApp, user: User, scopes: frozenset[str]) -> Grant:
        """A new grant; the oldest ones beyond the limit end."""
        now = self._clock.milliseconds()
        grant = Grant(secrets.token_hex(8), app.client_id, user, scopes, now, now)
        row = (grant.id, app.client_id, user.id, " ".join(sorted(scopes)), now, now)
        with self._store.writing() as connection:
            connection.execute("INSERT INTO oauth_grant VALUES (?, ?, ?, ?, ?, ?)", row)
            older = connection.execute(
                "SELECT id FROM oauth_grant WHERE client_id = ? AND user_id = ?"
                " ORDER BY rowid DESC LIMIT -1 OFFSET ?",
                (app.client_id, user.id, LIMIT),
            ).fetchall()
            for each in older:
                self._end(connection, each["id"])
        return grant

    def issue(self, grant: Grant) -> str:
        """A refresh token of the grant."""
        token = _new_token()
        with self._store.writing() as connection:
            self._add(connection, grant.id, token)
        return token

    def _add(self, connection: sqlite3.Connection, grant_id: str, token: str) -> None:
        connection.execute("INSERT INTO refresh_token VALUES (?, ?, 0)", (_digest(token), grant_id))

    def find(self, token: str) -> Grant | None:
        """The grant of a refresh token that is still good to use."""
        with self._store.reading() as connection:
            grant, spent = self._look_up(connection, token)
        return None if spent else grant

    def _look_up(self, connection: sqlite3.Connection, token: str) -> tuple[Grant | None, bool]:
        row = connection.execute(
            "SELECT g.*, r.spent FROM refresh_token AS r JOIN oauth_grant AS g"
            " ON g.id = r.grant_id WHERE r.digest = ?",
            (_digest(token),),
        ).fetchone()
        return _grant(row), bool(row and row["spent"])

    def refresh(self, app: ClientApp, token: str) -> tuple[Grant, str | None] | None:
        """Use a refresh token: its grant, and the next token if the app rotates them.

        None if it is not good; if it was good once and was used, its family ends here.
        """
        now, life = self._clock.milliseconds(), app.refresh_seconds
        with self._store.writing() as connection:
            grant, spent = self._look_up(connection, token)
            if grant is None or grant.client_id != app.client_id:
                return None
            since = grant.created_ms if app.refresh_policy == "SpecificLifetime" else grant.used_ms
            if spent or (life is not None and now - since >= life * 1000):
                self._end(connection, grant.id)
                return None
            connection.execute("UPDATE oauth_grant SET used = ? WHERE id = ?", (now, grant.id))
            if not app.rotates:
                return grant, None
            connection.execute(
                "UPDATE refresh_token SET spent = 1 WHERE digest = ?", (_digest(token),)
            )
            following = _new_token()
            self._add(connection, grant.id, following)
            return grant, following

    def end(self, grant_id: str) -> None:
        """Take a grant back, with all its tokens."""
        with self._store.writing() as connection:
            self._end(connection, grant_id)

    def _end(self, connection: sqlite3.Connection, grant_id: str) -> None:
        row = connection.execute("SELECT * FROM oauth_grant WHERE id = ?", (grant_id,)).fetchone()
        if row is None:
            return
        whose = (row["client_id"], row["user_id"])
        self._ended.add(grant_id, connection)
        connection.execute("DELETE FROM oauth_grant WHERE id = ?", (grant_id,))
        connection.execute("DELETE FROM refresh_token WHERE grant_id = ?", (grant_id,))
        rest = "SELECT 1 FROM oauth_grant WHERE client_id = ? AND user_id = ?"
        if connection.execute(rest, whose).fetchone() is None:
            connection.execute(
                "DELETE FROM oauth_consent WHERE client_id = ? AND user_id = ?", whose
            )

    def end_all_of(self, client_id: str) -> None:
        """Take back whatever an app was granted, and every approval."""
        with self._store.writing() as connection:
            rows = connection.execute(
                "SELECT id FROM oauth_grant WHERE client_id = ?", (client_id,)
            ).fetchall()
            for row in rows:
                self._end(connection, row["id"])
            connection.execute("DELETE FROM oauth_consent WHERE client_id = ?", (client_id,))

    def approve(self, app: ClientApp, user: User, scopes: frozenset[str]) -> None:
        """Remember that the user allows the app these scopes."""
        allowed = " ".join(sorted(scopes | self.approved(app, user)))
        with self._store.writing() as connection:
            connection.execute(
                "REPLACE INTO oauth_consent VALUES (?, ?, ?)", (app.client_id, user.id, allowed)
            )

    def approved(self, app: ClientApp, user: User) -> frozenset[str]:
        """The scopes that the user has allowed the app before."""
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT scopes FROM oauth_consent WHERE client_id = ? AND user_id = ?",
                (app.client_id, user.id),
            ).fetchone()
        return frozenset(row["scopes"].split()) if row else frozenset()

    def all(self) -> list[Grant]:
        """Every grant that holds, oldest first."""
        with self._store.reading() as connection:
            rows = connection.execute("SELECT * FROM oauth_grant ORDER BY rowid").fetchall()
        return [grant for row in rows if (grant := _grant(row)) is not None]
