"""What was taken back before its time: access tokens, and grants with all their tokens."""

from __future__ import annotations

import sqlite3

from devorg.store import Store

_TABLE = "CREATE TABLE IF NOT EXISTS ended_token (id TEXT PRIMARY KEY) WITHOUT ROWID"


class Ended:
    """A set that outlives a restart; asked on every call, so it is kept in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.writing() as connection:
            connection.execute(_TABLE)
            self._ids = {row["id"] for row in connection.execute("SELECT id FROM ended_token")}

    def __contains__(self, each: str) -> bool:
        return each in self._ids

    def add(self, each: str, connection: sqlite3.Connection | None = None) -> None:
        """From now on it is over; inside the caller's transaction if there is one."""
        if connection is None:
            with self._store.writing() as own:
                self.add(each, own)
            return
        connection.execute("INSERT OR IGNORE INTO ended_token VALUES (?)", (each,))
        self._ids.add(each)
