"""The database's own clock, for leases: worker clocks may differ, the database has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.db.types import UtcDateTime


class database_now(FunctionElement[datetime]):  # noqa: N801  # reads as an SQL function
    """Now by the database's clock, shifted by a number of seconds (a bound value: it is cached)."""

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, offset_seconds: float = 0) -> None:
        super().__init__(literal(f"{offset_seconds:+.3f} seconds"))


@compiles(database_now, "sqlite")
def _sqlite_now(element: database_now, compiler: Any, **options: Any) -> str:
    offset = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {offset})"


@compiles(database_now, "postgresql")
def _postgresql_now(element: database_now, compiler: Any, **options: Any) -> str:
    offset = compiler.process(element.clauses, **options)
    return f"(clock_timestamp() + CAST({offset} AS interval))"
