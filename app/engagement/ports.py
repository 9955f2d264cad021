"""What engagement asks of higher rooms: one typed hook.

``recorded`` is called in the transaction that wrote the events, once, with the whole batch of new
ones; its errors propagate and undo the batch. ``create_app`` plugs the outbox into it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask

from app.db import TenantSession
from app.engagement.models import Event
from app.errors import ConfigError

#: The events are not part of the session, and their ``seq`` is not loaded.
Recorded = Callable[[TenantSession, Sequence[Event]], None]

_EXTENSION = "inlay.recorded"


def plug_recorded(app: Flask, recorded: Recorded) -> None:
    """Fill the port."""
    app.extensions[_EXTENSION] = recorded


def recorded_of(app: Flask) -> Recorded:
    """What the port was filled with.

    Raises:
        ConfigError: Nothing was plugged in; create_app has to call ``plug_recorded``.
    """
    recorded: Recorded | None = app.extensions.get(_EXTENSION)
    if recorded is None:
        raise ConfigError(
            "Nobody listens to recorded engagement; create_app must call plug_recorded."
        )
    return recorded
