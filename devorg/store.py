"""The org's data in one SQLite file: a table per object, and the tables of devorg itself.

Readers share a pool of connections; writers take turns in this process, so that nobody polls
for SQLite's lock. Every request is one transaction. In WAL mode with `synchronous=NORMAL` a
commit survives the death of the process; only a power failure could take the last ones.
"""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from devorg import access
from devorg.rights import record_access
from devorg.schema import Schema, tables

_OWN_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (prefix TEXT PRIMARY KEY, used INTEGER NOT NULL) WITHOUT ROWID
"""


class Store:
    """The SQLite file of one org; with no path, a temporary one that `close` removes."""

    def __init__(self, path: Path | None, schema: Schema) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="devorg-") if path is None else None
        self.path = Path(self._folder.name) / "org.sqlite" if self._folder else Path(path or "")
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._turn = threading.Lock()
        self._closed = False
        with self.writing() as connection:
            for statement in (_OWN_TABLES + ";\n" + access.OWN_TABLES).split(";\n"):
                connection.execute(statement)
            self.shape(connection, schema)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=30, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._open()
        try:
            yield connection
        finally:
            if self._closed:
                connection.close()
            else:
                self._idle.put(connection)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._borrowed() as connection:
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the data; must not write."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that may write; committed at the end, rolled back on an error."""
        with self._turn, self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def shape(self, connection: sqlite3.Connection, schema: Schema) -> None:
        """Make the tables those of a schema, inside the caller's transaction."""
        tables.shape(connection, schema)
        record_access.make_view(connection, schema)

    def drop_rest(self, connection: sqlite3.Connection, schema: Schema) -> None:
        """Take away the custom tables and columns that a schema does not have."""
        tables.drop_rest(connection, schema)

    def clear(self, connection: sqlite3.Connection) -> None:
        """Empty every table, inside the caller's transaction."""
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        for table in [row["name"] for row in connection.execute(query)]:
            connection.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of devorg's own tables

    def close(self) -> None:
        """Close what is idle; a request still running closes its own connection."""
        self._closed = True
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()
        if self._folder:
            with suppress(OSError):
                self._folder.cleanup()
