"""What is loaded at start is left alone by the garbage collector."""

from __future__ import annotations

import subprocess
import sys

_CODE = "from app import memory; import gc; memory.settle(); print(gc.get_freeze_count() > 1000)"


def test_what_is_loaded_is_frozen_and_garbage_is_still_found() -> None:
    """In a process of its own: it changes the whole interpreter."""
    code = _CODE + "; a = []; a.append(a); del a; print(gc.collect() >= 1)"
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["True", "True"]
