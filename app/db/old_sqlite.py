"""What a library asks of SQLite that older systems do not have yet."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, event

#: From this version on `unixepoch('subsec')` is SQLite's own.
_HAS_SUBSECONDS = (3, 42)


def teach_subseconds(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Give every SQLite connection of this process `unixepoch('subsec')`, where it lacks it.

    DBOS dates its rows with it on Python 3.12 and later; Debian 12 and Ubuntu 22.04 have an older
    SQLite, which answers NULL.
    """
    if version < _HAS_SUBSECONDS and not event.contains(Engine, "connect", _teach):
        event.listen(Engine, "connect", _teach)


def _teach(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, _unixepoch)


def _unixepoch(modifier: str) -> float:
    if modifier not in {"subsec", "subsecond"}:
        raise ValueError("this unixepoch() knows the present time alone")
    return time.time()
