"""Waiting for what other threads and processes do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable


def crowd() -> float:
    """How many share a processor of this machine at present, at least 1.

    A promise in seconds is of a machine that has nothing else to do: it is measured times this.
    """
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_until(condition: Callable[[], bool], seconds: float = 60, what: str = "it") -> None:
    """Look again and again; AssertionError when it does not come true.

    The seconds only end what never comes: a machine that runs other tests beside takes its time.
    """
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.02)
