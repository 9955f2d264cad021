"""What the outbox asks of others."""

from __future__ import annotations

from collections.abc import Callable

#: Told after commit that rows are waiting. Only a hint: it may fail or be lost, the worker's sweep
#: finds the rows anyway. ``jobs`` fills it within the worker's own process.
Wake = Callable[[], None]


def no_wake() -> None:
    """Leave it to the sweep."""
