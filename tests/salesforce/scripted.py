"""A small server that answers what a test tells it: for answers that devorg would never give."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ORGANIZATION = "00D5e000000DEVOEA4"
TOKEN = f"{ORGANIZATION[:15]}!AQ.made.up"


@dataclass(frozen=True)
class Reply:
    """What to answer.

    ``drop`` closes the connection instead, ``pieces`` are sent with pauses, ``cut`` promises so
    many bytes more than come.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    pause: float = 0
    pieces: tuple[bytes, ...] = ()
    cut: int = 0


@dataclass
class Seen:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    client: tuple[str, int]


class Scripted:
    """Answers by `reply`, a function of the request; remembers what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[Seen] = []
        self.reply: Callable[[Seen], Reply] = lambda _: Reply()
        self.released = threading.Event()

    def answers(self, *replies: Reply) -> None:
        """These, one after the other; the last one for good."""
        queue = list(replies)
        self.reply = lambda _: queue.pop(0) if len(queue) > 1 else queue[0]


@contextmanager
def scripted() -> Iterator[Scripted]:
    """A server on loopback."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.script = Scripted(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.script
    finally:
        server.script.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: Scripted

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        client = (self.client_address[0], self.client_address[1])
        seen = Seen(self.command, self.path, dict(self.headers), body, client)
        self.server.script.seen.append(seen)
        self._send(self.server.script.reply(seen))

    do_GET = do_POST = do_PATCH = do_PUT = _answer  # noqa: N815 - the names http.server looks for

    def _send(self, reply: Reply) -> None:
        if reply.pause:
            self.server.script.released.wait(reply.pause)
        if reply.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = _bytes(reply.body)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        size = len(content) + sum(map(len, reply.pieces)) + reply.cut
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(content)
        for piece in reply.pieces:
            self.wfile.write(piece)
            self.server.script.released.wait(0.1)
        self.close_connection = self.close_connection or bool(reply.cut)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()
