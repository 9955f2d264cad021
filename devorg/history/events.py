"""The calls that are kept, and the list of them."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

MOST_CALLS: Final = 200
MOST_BYTES: Final = 64 * 1024
# How a note tells that rows of a collection failed.
ROWS_FAILED: Final = " rows failed: "


@dataclass(frozen=True, slots=True)
class Body:
    """The beginning of a body as it went over the wire; `size` is that of all of it."""

    data: bytes = b""
    size: int = 0
    kind: str = ""
    coding: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One call inside a composite or a batch."""

    name: str
    method: str
    url: str
    status: int
    note: str

    @property
    def failed(self) -> bool:
        """True if it was refused, or rows of it were."""
        return self.status >= 400 or ROWS_FAILED in self.note


@dataclass(frozen=True, slots=True)
class Event:
    """One call and its answer. `dropped`: the connection was closed instead of answering."""

    number: int
    moment: datetime
    kind: str
    user: str
    method: str
    path: str
    query: str
    status: int
    milliseconds: float
    asked: Body
    answered: Body
    headers: tuple[tuple[str, str], ...] = ()
    answer_headers: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    note: str = ""
    dropped: bool = False
    by_canvas: bool = False

    @property
    def failed(self) -> bool:
        """True if anything of it was refused; also without an answer."""
        if self.status >= 400 or not self.status or self.dropped:
            return True
        return ROWS_FAILED in self.note or any(part.failed for part in self.parts)


class History:
    """The last calls, oldest thrown away."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[Event] = deque(maxlen=MOST_CALLS)
        self._made = 0

    def add(self, **values: Any) -> None:
        """One more."""
        with self._lock:
            self._made += 1
            self._events.append(Event(number=self._made, **values))

    def all(self) -> list[Event]:
        """The calls, newest first."""
        with self._lock:
            return list(reversed(self._events))

    def find(self, number: int) -> Event | None:
        """The call of this number, unless it was thrown away."""
        return next((each for each in self.all() if each.number == number), None)

    def clear(self) -> None:
        """Forget all; numbers go on."""
        with self._lock:
            self._events.clear()
