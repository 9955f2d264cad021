"""`/_devorg/`: what tests and demos ask of the org itself. JSON in and out, no login.

A new family of calls is a new module here, and one word in each of the two lists below.
"""

from __future__ import annotations

from devorg.control import (
    actions,
    apps,
    automation,
    clock,
    faults,
    history,
    metadata,
    package,
    preferences,
    records,
    rights,
    sessions,
    settings,
    shape,
    story,
    usage,
)
from devorg.control.call import blueprint

FAMILIES = (
    actions,
    apps,
    automation,
    clock,
    faults,
    history,
    metadata,
    package,
    preferences,
    records,
    rights,
    sessions,
    settings,
    shape,
    story,
    usage,
)

__all__ = ["FAMILIES", "blueprint"]
