"""Passwords and security tokens of the users: one default for all, changed by control calls."""

from __future__ import annotations

import hmac

from devorg import users
from devorg.store import Store
from devorg.users import User

# Documented: every user of a box on loopback has these until a test says otherwise.
DEFAULT_PASSWORD = "devorg-password"  # noqa: S105
DEFAULT_SECURITY_TOKEN = "devorg-token"  # noqa: S105
_TABLE = """CREATE TABLE IF NOT EXISTS user_password (
  user_id TEXT PRIMARY KEY, password TEXT NOT NULL, security_token TEXT NOT NULL) WITHOUT ROWID"""


def by_username(username: str) -> User | None:
    """The user who logs in by that name, in any case; an alias or an Id is no user name."""
    user = users.find(username) if "@" in username else None
    return user if user and user.username == username.lower() else None


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


class Passwords:
    """Who may log in with what. Kept in clear: nobody's real password belongs here."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.writing() as connection:
            connection.execute(_TABLE)

    def _of(self, user: User) -> tuple[str, str]:
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT password, security_token FROM user_password WHERE user_id = ?", (user.id,)
            ).fetchone()
        if row is None:
            return DEFAULT_PASSWORD, DEFAULT_SECURITY_TOKEN
        return row["password"], row["security_token"]

    def is_active(self, user: User) -> bool:
        """False for a user whom an administrator has deactivated."""
        with self._store.reading() as connection:
            row = connection.execute(
                'SELECT "IsActive" FROM "User" WHERE "Id" = ?', (user.id,)
            ).fetchone()
        return row is not None and bool(row["IsActive"])

    def opens(self, user: User, password: str) -> bool:
        """True for the password that the user types on the login page."""
        return _equal(password, self._of(user)[0])

    def opens_api(self, user: User, password: str) -> bool:
        """True for the password followed by the security token, as the APIs want it."""
        return _equal(password, "".join(self._of(user)))

    def change(self, user: User, password: str | None, security_token: str | None) -> None:
        """Another password or security token; an empty token: none is asked for."""
        old_password, old_token = self._of(user)
        new = old_password if password is None else password
        token = old_token if security_token is None else security_token
        with self._store.writing() as connection:
            connection.execute("REPLACE INTO user_password VALUES (?, ?, ?)", (user.id, new, token))

    def reset(self) -> None:
        """The defaults for everybody."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM user_password")
