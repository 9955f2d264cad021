"""Connections that PostgreSQL has left are not lent out; those that are alive are seldom asked.

A ping at each checkout takes a round of its own, as long as most reads do, and an open of the
widget has three. Whoever ends a connection says so: its socket has something to read. Only one that
was idle for long may have been forgotten on the way without a word, and is asked.
"""

from __future__ import annotations

import select
import time
from functools import partial
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import InvalidatePoolError

_USED = "inlay_used"
#: Networks forget a silent connection after minutes, none after so many seconds.
_TRUSTED_S = 20


def watch(engine: Engine) -> None:
    """Look at each connection of the engine's pool before it is lent out."""
    event.listen(engine, "checkin", _note)
    event.listen(engine, "checkout", partial(_look, engine.dialect))


def _note(_connection: object, record: Any) -> None:
    record.info[_USED] = time.monotonic()


def _look(dialect: Dialect, connection: Any, record: Any, _fairy: object) -> None:
    used = record.info.get(_USED)  # none yet: it was opened just now
    if used is None:
        return
    error_of_driver: Any = dialect.loaded_dbapi
    try:
        if time.monotonic() - used > _TRUSTED_S or _has_news(connection):
            dialect.do_ping(connection)
    except error_of_driver.Error as error:
        if dialect.is_disconnect(error, connection, None):
            raise InvalidatePoolError from error
        raise


def _has_news(connection: Any) -> bool:
    """Whether the server said something that nobody asked for: mostly goodbye."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
