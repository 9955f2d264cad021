"""Files that are written while they are read: so many a minute, and so many at once.

Pieces bound the memory; this bounds the rest. A minute's files are counted in the database, by
person and by org. How many are under way at once is a matter of the process: each holds a thread.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from flask import Response, g, stream_with_context

from app.console.principal import current_principal
from app.web import context, limits
from app.web.limits import TooManyRequestsError

#: Files in a minute: of one person, of one org (whoever asks).
_PERSON_PER_MINUTE, _ORG_PER_MINUTE = 6, 12
#: Files at once in this process; gunicorn gives it 16 threads unless told otherwise.
_PERSON_AT_ONCE, _ORG_AT_ONCE, _ALL_AT_ONCE = 2, 3, 8


class Turns:
    """Counts what is under way, by several names at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, most: Mapping[str, int]) -> Callable[[], None]:
        """A turn under each of these names, if none has its most already; call it to give it back.

        Raises:
            TooManyRequestsError: One has.
        """
        with self._lock:
            if any(self._taken[name] >= number for name, number in most.items()):
                raise TooManyRequestsError(
                    "Other files are being made now. Wait until they are there, then ask again."
                )
            self._taken.update(most.keys())
        return _once(lambda: self._give_back(most))

    @property
    def taken(self) -> int:
        """How many are under way, counted under each name."""
        with self._lock:
            return self._taken.total()

    def _give_back(self, most: Mapping[str, int]) -> None:
        with self._lock:
            self._taken.subtract(most.keys())
            self._taken += Counter()  # forgets whoever has none


#: Of this process.
TURNS = Turns()
Pieces = Iterator[str] | Iterator[bytes]


def file(pieces: Pieces, name: str, mimetype: str) -> Response:
    """A file to save, of pieces that are made as they are sent; of the present org, or of all.

    Raises:
        TooManyRequestsError: More than one person, one org or this process is meant to make.
    """
    principal, org = current_principal(), g.org.salesforce_id if g.get("org") else "all"
    person = f"{principal.org_id or 'staff'}:{principal.actor}"  # invited ones have no other name
    limits.hit(context.database(), f"file:{person}", _PERSON_PER_MINUTE)
    limits.hit(context.database(), f"file:{org}", _ORG_PER_MINUTE)
    most = {f"person:{person}": _PERSON_AT_ONCE, f"org:{org}": _ORG_AT_ONCE, "all": _ALL_AT_ONCE}
    give_back = TURNS.take(most)
    response = Response(stream_with_context(_until_end(pieces, give_back)), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.call_on_close(give_back)  # also where no piece was asked for
    return response


def _until_end(pieces: Pieces, give_back: Callable[[], None]) -> Pieces:
    try:
        yield from pieces
    finally:
        give_back()


def _once(act: Callable[[], None]) -> Callable[[], None]:
    """A server may close a response more than once."""
    done = threading.Lock()

    def wrapped() -> None:
        if done.acquire(blocking=False):
            act()

    return wrapped
