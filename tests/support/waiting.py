"""Waiting for what other threads and processes do."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], seconds: float = 60, what: str = "it") -> None:
    """Look again and again; AssertionError when it does not come true.

    The seconds only end what never comes: a machine that runs other tests beside takes its time.
    """
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.02)
