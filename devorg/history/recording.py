"""Records calls as they are answered: from the first byte that is read to the last one sent."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from flask import Request, Response, g

from devorg import users
from devorg.clock import Clock
from devorg.history.events import MOST_BYTES, Body, History, Part
from devorg.history.notes import note_of, parts_of


class _Tee:
    """A request's body that keeps the beginning of what is read of it."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.kept = bytearray()
        self.size = 0

    def _keep(self, data: bytes | memoryview) -> None:
        self.size += len(data)
        room = MOST_BYTES - len(self.kept)
        if room > 0:
            self.kept += data[:room]

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.source.read(size)
        self._keep(data)
        return data

    def readline(self, size: int = -1) -> bytes:
        data: bytes = self.source.readline(size)
        self._keep(data)
        return data

    def readinto(self, buffer: Any) -> int:
        count: int = self.source.readinto(buffer) or 0
        self._keep(memoryview(buffer)[:count])
        return count


@dataclass(slots=True)
class _Happening:
    """A call that is being answered."""

    kind: str
    tee: _Tee
    user: str = ""
    note: str = ""
    parts: tuple[Part, ...] = ()
    dropped: bool = False
    started: float = field(default_factory=time.perf_counter)


def _kind_of(request: Request) -> str:
    """REST, Bulk, OAuth, SOAP, Canvas or Control; empty for what is not kept."""
    path = request.path
    if path.startswith("/services/data"):
        return "Bulk" if "/jobs/" in path else "REST"
    if path.startswith("/services/Soap"):
        return "SOAP"
    if path.startswith(("/services/oauth2", "/services/auth", "/id/", "/secur/")):
        return "OAuth"
    if path.startswith("/services/"):
        return "REST"
    if path in {"/lightning/signedrequest", "/lightning/canvascontext"}:
        return "Canvas"
    # Tests poll by GET; what they change may explain what follows.
    if path.startswith("/_devorg/") and request.method != "GET" and path != "/_devorg/history":
        return "Control"
    return ""


def begin(request: Request) -> None:
    """Start to record a call, if it is one of those that are kept."""
    kind = _kind_of(request)
    if kind:
        tee = _Tee(request.environ["wsgi.input"])
        request.environ["wsgi.input"] = tee
        g.happening = _Happening(kind, tee)


def _now() -> _Happening | None:
    found = g.get("happening")
    return found if isinstance(found, _Happening) else None


def tell(*, user: str = "", note: str = "", dropped: bool = False) -> None:
    """Add to what is known of the current call."""
    happening = _now()
    if happening is not None:
        happening.user = user or happening.user
        happening.note = note or happening.note
        happening.dropped = dropped or happening.dropped


def tell_parts(asked: Any, answered: Any) -> None:
    """Add what a composite or a batch consisted of, or how the rows of a collection fared."""
    happening = _now()
    if happening is not None:
        happening.parts = parts_of(asked, answered)
        happening.note = note_of(answered) or happening.note


def end(request: Request, response: Response, history: History, clock: Clock) -> None:
    """The call is answered: keep it."""
    happening = _now()
    if happening is None:
        return
    g.happening = None
    request.environ["wsgi.input"] = happening.tee.source
    data = b"" if response.is_streamed else response.get_data()
    headers = response.headers
    history.add(
        moment=clock.now(),
        kind=happening.kind,
        user=happening.user or _bearer(request),
        method=request.method,
        path=request.path,
        query=request.query_string.decode("latin-1"),
        status=response.status_code,
        milliseconds=(time.perf_counter() - happening.started) * 1000,
        asked=Body(
            bytes(happening.tee.kept), happening.tee.size, request.headers.get("Content-Type", ""),
            request.headers.get("Content-Encoding", ""),
        ),
        answered=Body(
            data[:MOST_BYTES], len(data), headers.get("Content-Type", ""),
            headers.get("Content-Encoding", ""),
        ),
        headers=tuple(request.headers.items()),
        answer_headers=tuple(headers.items()),
        parts=happening.parts,
        note=happening.note,
        dropped=happening.dropped,
        by_canvas=_is_by_canvas(request),
    )  # fmt: skip


def _is_by_canvas(request: Request) -> bool:
    """True for calls that the canvas parent made for the app in its frame."""
    return request.headers.get("X-Devorg-Canvas") == "ajax"


def _bearer(request: Request) -> str:
    """Whose the token says it is, good or not."""
    token = request.headers.get("Authorization", "").partition(" ")[2]
    user = users.find(token.partition("!")[2].partition(".")[0])
    return user.alias if user else ""
