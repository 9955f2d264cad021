"""The database's own clock, for leases: worker clocks may differ, the database has one."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement

from app.db.types import UtcDateTime


class database_now(ColumnElement[Any]):  # reads as an SQL function
    """Now by the database's clock, shifted by a fixed number of seconds."""

    type = UtcDateTime()
    inherit_cache = False

    def __init__(self, offset_seconds: float = 0) -> None:
        self.offset_seconds = float(offset_seconds)


@compiles(database_now, "sqlite")
def _sqlite_now(element: database_now, _compiler: Any, **_: Any) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '{element.offset_seconds:+.3f} seconds')"


@compiles(database_now, "postgresql")
def _postgresql_now(element: database_now, _compiler: Any, **_: Any) -> str:
    return f"(clock_timestamp() + interval '{element.offset_seconds:.3f} seconds')"
