"""The same rows through bare sqlite3: devorg's own file to read, its tables made anew to write."""

from __future__ import annotations

import csv
import io
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

_STAMPED = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "OwnerId", "IsDeleted")
_MOMENT = "2026-03-01T10:00:00.000+0000"
_OWNER = "0055e0000000001AAA"


class Reader:
    """Selects from the file of a running devorg, with its indexes."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def rows(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        return self._connection.execute(text, values).fetchall()

    def pages(self, columns: Sequence[str], size: int) -> Callable[[], str]:
        """Each call: the next page of contacts, as JSON."""
        listed = ", ".join(columns)
        text = f"SELECT {listed} FROM Contact WHERE Id > ? ORDER BY Id LIMIT {size}"  # noqa: S608
        last = [""]

        def page() -> str:
            found = self.rows(text, last[0])
            last[0] = found[-1][0]
            return json.dumps([dict(zip(columns, row, strict=True)) for row in found])

        return page

    def as_csv(self, columns: Sequence[str], count: int) -> str:
        """So many contacts, as CSV."""
        text = io.StringIO()
        found = self.rows(f"SELECT {', '.join(columns)} FROM Contact LIMIT {count}")  # noqa: S608
        csv.writer(text).writerows(found)
        return text.getvalue()

    def close(self) -> None:
        """End it."""
        self._connection.close()


class Writer:
    """Inserts into tables of the same columns and indexes, in a file of its own."""

    def __init__(self, path: Path, like: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._numbers = itertools.count(1)
        original = Reader(like)
        for table in ("Task", "Contact"):
            query = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type != 'trigger'"
            for (text,) in original.rows(query + " ORDER BY type DESC", table):
                if text:
                    self._connection.execute(text)
        original.close()

    def work(
        self, table: str, chunks: Iterator[list[dict[str, Any]]], key: str = ""
    ) -> Callable[[], None]:
        """Each call: the next chunk in one transaction; a row whose key is there is changed."""

        def write() -> None:
            records = next(chunks)
            names = list(records[0])
            columns = ", ".join((*_STAMPED, *names))
            marks = ", ".join("?" * (len(_STAMPED) + len(names)))
            text = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
            if key:
                changes = ", ".join(f"{name} = excluded.{name}" for name in names)
                text += f" ON CONFLICT ({key}) DO UPDATE SET {changes}"
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(text, map(self._full, records))
            self._connection.execute("COMMIT")

        return write

    def _full(self, record: dict[str, Any]) -> tuple[Any, ...]:
        new_id = f"bare{next(self._numbers):014d}"
        return (new_id, _MOMENT, _MOMENT, _MOMENT, _OWNER, 0, *record.values())

    def close(self) -> None:
        """End it."""
        self._connection.close()
