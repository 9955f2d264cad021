"""How a serving process keeps its memory."""

from __future__ import annotations

import gc

#: Objects made since the last look; Python's own 700 has it look in the middle of each batch.
_YOUNG = 10_000


def settle() -> None:
    """Call once when everything is loaded: the garbage collector then leaves that alone.

    Code, models and routes live as long as the process; looking through them again and again took
    a quarter of the time of an open or a batch (``make bench``).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 50)
