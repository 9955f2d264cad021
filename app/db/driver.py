"""What is asked again and again goes straight to the driver.

SQLAlchemy's way around one statement costs more than most of our answers do. What it stands for is
kept: whoever listens to the engine hears of the statement before it goes out, errors are
SQLAlchemy's own, and a connection that was lost leaves the pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection


def ask(
    connection: Connection, text: str, parameters: Any = ()
) -> tuple[Sequence[Sequence[Any]], Sequence[Any]]:
    """One statement in the driver's own form: its rows as they come, and their description."""
    cursor: Any = connection.connection.cursor()
    try:
        for hear in connection.dispatch.before_cursor_execute:
            text, parameters = hear(connection, cursor, text, parameters, None, False)
        cursor.execute(text, parameters)
        told = cursor.description
        return (() if told is None else cursor.fetchall()), told or ()
    except BaseException as error:  # noqa: BLE001  # nothing is swallowed: the call below raises
        _check(connection, error)
        connection._handle_dbapi_exception(error, text, parameters, cursor, None)
    finally:
        cursor.close()


def _check(connection: Connection, error: BaseException) -> None:
    """Raises what is neither the driver's nor the end of this thread: a mistake of ours, as is."""
    ours: Any = connection.dialect.loaded_dbapi
    if isinstance(error, Exception) and not isinstance(error, ours.Error):
        raise error
