"""How a serving process keeps its memory."""

from __future__ import annotations

import gc

#: Objects made since the last look; Python's own 700 has it look in the middle of each batch.
_YOUNG = 10_000
#: A worker's batch makes 100,000 and no cycles: looking for these cost a fifth of its time.
_YOUNG_OF_BATCHES = 50_000


def settle(*, for_batches: bool = False) -> None:
    """Call once when everything is loaded: the garbage collector then leaves that alone.

    Code, models and routes live as long as the process; looking through them again and again took
    a quarter of the time of an open or a batch (``make bench``).
    """
    gc.collect()
    gc.freeze()
    if for_batches:
        gc.set_threshold(_YOUNG_OF_BATCHES, 20, 20)
    else:
        gc.set_threshold(_YOUNG, 20, 50)
