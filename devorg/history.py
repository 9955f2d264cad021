"""What happened: the last calls that the org answered, with their bodies, in memory.

Recording costs a call next to nothing: bodies are kept as they came, cut off, and only read,
unpacked and masked when somebody looks at them (`devorg.pages.reveal`).
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask import Request, Response, g

from devorg import users
from devorg.clock import Clock

MOST_CALLS: Final = 200
MOST_BYTES: Final = 64 * 1024
_MOST_PARTS = 25
# What a part's or a call's answer is told with in one line.
_MOST_WORDS = 200
_FAILED = " rows failed: "


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
        return self.status >= 400 or _FAILED in self.note


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
        parts = any(part.failed for part in self.parts)
        return (
            self.status >= 400 or not self.status or self.dropped or _FAILED in self.note or parts
        )


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


def parts_of(asked: Any, answered: Any) -> tuple[Part, ...]:
    """The calls inside a composite or a batch, each with its status."""
    if not isinstance(asked, dict) or not isinstance(answered, dict):
        return ()
    for wanted, given, body, status in (
        ("compositeRequest", "compositeResponse", "body", "httpStatusCode"),
        ("batchRequests", "results", "result", "statusCode"),
    ):
        calls, answers = asked.get(wanted), answered.get(given)
        if isinstance(calls, list) and isinstance(answers, list):
            pairs = zip(calls[:_MOST_PARTS], answers, strict=False)
            return tuple(
                _part(number, call, answer.get(status), answer.get(body))
                for number, (call, answer) in enumerate(pairs, start=1)
                if isinstance(call, dict) and isinstance(answer, dict)
            )
    return ()


def _part(number: int, call: dict[str, Any], status: Any, body: Any) -> Part:
    name = str(call.get("referenceId") or number)
    known = status if isinstance(status, int) else 0
    return Part(name, str(call.get("method")), str(call.get("url")), known, note_of(body))


def note_of(answered: Any) -> str:
    """An answer's errors in a line: its code and message, or how many rows failed and why."""
    if not isinstance(answered, list) or not answered:
        return ""
    first = answered[0]
    if isinstance(first, dict) and "errorCode" in first:
        return f"{first['errorCode']}: {first.get('message', '')}"[:_MOST_WORDS]
    if isinstance(first, dict) and "success" in first:
        return _rows(answered)
    return ""


def _rows(results: Sequence[Any]) -> str:
    failed = [each for each in results if isinstance(each, dict) and not each.get("success")]
    if not failed:
        return f"{len(results)} rows"
    codes = Counter(_code(each.get("errors")) for each in failed)
    why = ", ".join(f"{code} ×{count}" for code, count in codes.most_common(3))
    return f"{len(failed)} of {len(results)}{_FAILED}{why}"[:_MOST_WORDS]


def _code(errors: Any) -> str:
    """The status code of a row's first error."""
    first = errors[0] if isinstance(errors, list) and errors else None
    return str(first.get("statusCode")) if isinstance(first, dict) else "no reason"
