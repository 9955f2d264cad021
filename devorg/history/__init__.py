"""What happened: the last calls that the org answered, with their bodies, in memory.

Recording costs a call next to nothing: bodies are kept as they came, cut off, and only read,
unpacked and masked when somebody looks at them (`devorg.pages.reveal`).
"""

from __future__ import annotations

from devorg.history.events import MOST_BYTES, MOST_CALLS, Body, Event, History, Part
from devorg.history.notes import note_of, parts_of
from devorg.history.recording import begin, end, tell, tell_parts

__all__ = [
    "MOST_BYTES",
    "MOST_CALLS",
    "Body",
    "Event",
    "History",
    "Part",
    "begin",
    "end",
    "note_of",
    "parts_of",
    "tell",
    "tell_parts",
]
