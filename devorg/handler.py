"""One connection: HTTP/1.1 calls one after the other, until either side has enough.

Werkzeug's own handler closes the connection after every answer, as it does not know where the
next call begins. This one reads a body to its end and no further, and keeps the connection only
where both ends surely agree on that; so clients spare a handshake per call.
"""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from wsgiref.types import WSGIEnvironment

from werkzeug.serving import WSGIRequestHandler

if TYPE_CHECKING:
    from devorg.server import Server

# A client that says nothing for so long has gone.
IDLE_SECONDS = 60
# An unread body longer than this is not worth reading to keep the connection.
_MOST_UNREAD = 64 << 20
_PIECE = 1 << 20
_BODILESS = frozenset({204, 304})


class _Body(io.RawIOBase):
    """The body of one call: `length` bytes of the connection, and not one of the next call."""

    def __init__(self, source: Any, length: int) -> None:
        self._source = source
        self.left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data: bytes = self._source.read(min(len(buffer), self.left)) if self.left else b""
        self.left -= len(data)
        buffer[: len(data)] = data
        return len(data)


class Handler(WSGIRequestHandler):
    """Answers the calls of one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet: the usage counter says what was called."""

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Quiet: a client that leaves or talks nonsense is no news."""

    def handle_one_request(self) -> None:
        """Wait for a call and answer it."""
        if not self.server.rest(self.connection):
            self.close_connection = True
            return
        try:
            super().handle_one_request()
        finally:
            self.server.wake(self.connection)

    def run_wsgi(self) -> None:
        """One call, of any method."""
        self.server.wake(self.connection)
        length = self._length()
        if length is None:
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        self.environ = environ = self.make_environ()
        if "wsgi.input_terminated" not in environ:
            environ["wsgi.input"] = io.BufferedReader(_Body(self.rfile, length))
            environ["wsgi.input_terminated"] = True
        # Kept here: whatever the app puts in its place is not what is on the wire.
        body = environ["wsgi.input"]
        try:
            self._answer(environ)
            self._finish_body(body)
        except OSError:
            self.close_connection = True

    def _length(self) -> int | None:
        """Bytes of the body; None where the two ends could disagree about it."""
        lengths = self.headers.get_all("Content-Length", [])
        coding = self.headers.get("Transfer-Encoding")
        if coding is not None:
            return None if lengths or coding.strip().lower() != "chunked" else 0
        if len(set(lengths)) > 1 or not all(each.strip().isdecimal() for each in lengths):
            return None
        return int(lengths[0]) if lengths else 0

    def _finish_body(self, body: Any) -> None:
        """Read what the app left of the body: closed before, the client may lose the answer."""
        unread = 0
        while part := body.read(_PIECE):
            unread += len(part)
            if unread > _MOST_UNREAD:
                self.close_connection = True
                return

    def _answer(self, environ: WSGIEnvironment) -> None:
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            head[:] = [status, headers]
            return None

        try:
            result = self.server.app(environ, start_response)
            try:
                self._send(head[0], head[1], result)
            finally:
                close = getattr(result, "close", None)
                if close is not None:
                    close()
        except OSError:
            raise
        except Exception as error:
            # Flask answers for its own errors; this one is devorg's, and must be seen.
            traceback.print_exc(file=sys.stderr)
            raise ConnectionAbortedError from error

    def _send(self, status: str, headers: list[tuple[str, str]], parts: Iterable[bytes]) -> None:
        code = int(status[:3])
        empty = code in _BODILESS or self.command == "HEAD"
        if not any(name.lower() == "content-length" for name, _ in headers) and not empty:
            parts = [b"".join(parts)]
            headers = [*headers, ("Content-Length", str(len(parts[0])))]
        if self.server.closing or self.request_version == "HTTP/1.0":
            self.close_connection = True
        ending = "close" if self.close_connection else "keep-alive"
        lines = [
            f"HTTP/1.1 {status}",
            f"Date: {self.date_time_string()}",
            *(f"{name}: {value}" for name, value in headers),
            f"Connection: {ending}",
        ]
        # Head and body in one write: apart, the second may wait for the first to be noticed.
        data = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        for part in () if empty else parts:
            data += part
            if len(data) > _PIECE:
                self.wfile.write(data)
                data = b""
        self.wfile.write(data)
