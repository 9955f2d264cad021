"""What the handler does with apps of any kind: long answers, streams, and errors of our own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, IncompleteRead
from typing import Any

import pytest
from flask import Flask

from devorg.server import Server

LONG = 3 << 20


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI app with a page for each test."""
    path = environ["PATH_INFO"]
    if path == "/fails":
        raise RuntimeError("a mistake in devorg")
    if path == "/fails-late":
        start_response("200 OK", [("Content-Length", str(LONG))])
        return late()
    if path == "/long":
        start_response("200 OK", [("Content-Length", str(LONG))])
        return [b"x" * (LONG // 3)] * 3
    start_response("200 OK", [("Content-Type", "text/plain")])
    return iter([b"one ", b"two ", environ["wsgi.input"].read(3)])


def late() -> Iterator[bytes]:
    """Half an answer."""
    yield b"x" * (LONG // 2)
    raise RuntimeError("a mistake after the head was sent")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server of that app."""
    flask = Flask(__name__)
    flask.wsgi_app = app  # type: ignore[method-assign]
    server = Server("127.0.0.1", 0, flask, None)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.port
    server.shutdown()
    server.end_resting()
    thread.join(timeout=5)


@contextmanager
def connected(port: int) -> Iterator[HTTPConnection]:
    """One connection that never reconnects by itself."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.auto_open = 0
    connection.connect()
    yield connection
    connection.close()


def test_long_answers_and_streams_keep_the_connection(port: int) -> None:
    """X16: a length that is not given is counted; a body that is half read is read to its end."""
    with connected(port) as connection:
        for path, body, expected in [
            ("/long", None, b"x" * LONG),
            ("/stream", b"abcdef", b"one two abc"),
            ("/long", b"unread" * (LONG // 3), b"x" * LONG),
            ("/stream", b"abc", b"one two abc"),
        ]:
            connection.request("POST", path, body)
            answer = connection.getresponse()
            assert answer.getheader("Content-Length") == str(len(expected))
            assert answer.read() == expected


@pytest.mark.parametrize("path", ["/fails", "/fails-late"])
def test_a_mistake_of_ours_ends_the_connection_and_is_seen(
    port: int, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """X16: no half answer passes for a whole one."""
    with connected(port) as connection:
        connection.request("GET", path)
        with pytest.raises((ConnectionError, IncompleteRead)):
            connection.getresponse().read()
    assert "a mistake" in capfd.readouterr().err
