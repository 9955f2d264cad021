"""The tables of jobs: what was asked, the data that came, and what became of it."""

from __future__ import annotations

import sqlite3

# Of `bulk_result` there is one row for each chunk of a job; `text` is CSV for loads, JSON for
# extracts. `purged` remembers the rows that are gone for good, for the lists of deleted ones.
_TABLES = """
CREATE TABLE IF NOT EXISTS bulk_job (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, operation TEXT NOT NULL, object TEXT NOT NULL,
  user_id TEXT NOT NULL, version TEXT NOT NULL, base_url TEXT NOT NULL,
  created TEXT NOT NULL, modified TEXT NOT NULL, state TEXT NOT NULL,
  delimiter TEXT NOT NULL, line_ending TEXT NOT NULL, key_field TEXT, query TEXT,
  call_options TEXT NOT NULL DEFAULT '', uploaded INTEGER NOT NULL DEFAULT 0,
  processed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  milliseconds INTEGER NOT NULL DEFAULT 0, error TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bulk_job_state ON bulk_job (state, created);
CREATE TABLE IF NOT EXISTS bulk_data (job_id TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bulk_result (
  job_id TEXT NOT NULL, kind TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY (job_id, kind, first));
CREATE TABLE IF NOT EXISTS purged (
  sobject TEXT NOT NULL, moment TEXT NOT NULL, record_id TEXT NOT NULL,
  PRIMARY KEY (sobject, moment, record_id)) WITHOUT ROWID;
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables where they are missing."""
    for statement in _TABLES.split(";\n"):
        connection.execute(statement)


def remove(connection: sqlite3.Connection, job_id: str) -> None:
    """Forget one job."""
    connection.execute("DELETE FROM bulk_job WHERE id = ?", [job_id])
    for name in ("bulk_data", "bulk_result"):
        connection.execute(f"DELETE FROM {name} WHERE job_id = ?", [job_id])  # noqa: S608 - names of devorg's own tables


def forget(connection: sqlite3.Connection) -> None:
    """Forget all jobs: whoever works at one finds it gone before the next chunk."""
    connection.execute("DELETE FROM bulk_job")


def content(connection: sqlite3.Connection, job_id: str) -> bytes:
    """The uploaded file; empty if nothing came."""
    row = connection.execute("SELECT content FROM bulk_data WHERE job_id = ?", [job_id]).fetchone()
    return bytes(row[0]) if row else b""


def add_result(
    connection: sqlite3.Connection, job_id: str, kind: str, first: int, count: int, text: str
) -> None:
    """Keep what became of `count` rows, the first of which is row `first`."""
    if count:
        connection.execute(
            "INSERT INTO bulk_result VALUES (?, ?, ?, ?, ?)", [job_id, kind, first, count, text]
        )
