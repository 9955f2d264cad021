"""Serves an org: a thread per connection, for the command line and for tests alike.

Threads have no limit: a call that sleeps (a fault, a latency) blocks nobody, which a pool of
threads cannot promise. It also hands out the socket, which the `drop` fault closes. It is no
server for the open internet, and devorg must never be on it.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, select_address_family

from devorg.application import create_org_app
from devorg.config import DevorgConfig
from devorg.handler import Handler
from devorg.org import Org, org_of
from devorg.tls import Authority, folder_beside

_log = logging.getLogger("devorg")
_HANDSHAKE_SECONDS = 10


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises OSError: Werkzeug's own binding would end the process instead."""
    family = select_address_family(host, port)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


class Server(ThreadedWSGIServer):
    """Knows which connections rest between two calls, so that closing need not wait for them."""

    def __init__(self, host: str, port: int, app: Flask, tls: ssl.SSLContext | None) -> None:
        self.closing = False
        self._lock = threading.Lock()
        self._resting: set[socket.socket] = set()
        with _listen(host, port) as listener:
            super().__init__(host, port, app, Handler, fd=listener.fileno())
        # Set after: given to the constructor, a slow handshake would hold up all others.
        self.ssl_context = tls

    def finish_request(self, request: Any, client_address: Any) -> None:
        """One connection, on its own thread; the TLS handshake is made here, too."""
        if self.ssl_context is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(_HANDSHAKE_SECONDS)
        try:
            secured = self.ssl_context.wrap_socket(request, server_side=True)
        except OSError:
            return
        try:
            super().finish_request(secured, client_address)
        finally:
            with suppress(OSError):
                secured.close()

    def rest(self, connection: socket.socket) -> bool:
        """The connection waits for its next call; False if none will be taken."""
        with self._lock:
            if not self.closing:
                self._resting.add(connection)
            return not self.closing

    def wake(self, connection: socket.socket) -> None:
        """A call has come, or the connection has ended."""
        with self._lock:
            self._resting.discard(connection)

    def end_resting(self) -> None:
        """Close connections between two calls; the others close after their answer."""
        with self._lock:
            self.closing = True
            for connection in self._resting:
                with suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)


class RunningOrg:
    """An org that answers at `url` until it is closed. `authority` is the certificate to trust
    under HTTPS, None under HTTP.
    """

    def __init__(
        self, app: Flask, host: str, port: int, *, tls: bool = False, names: Sequence[str] = ()
    ) -> None:
        self.app = app
        self._authority = Authority(folder_beside(org_of(app).config.data_path)) if tls else None
        try:
            context = self._authority.context([host, *names]) if self._authority else None
            self._server = Server(host, port, app, context)
        except BaseException:
            if self._authority:
                self._authority.close()
            raise
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{shown}:{self._server.port}"
        self._lock = threading.Lock()
        self._is_serving = self._is_closed = False

    @property
    def org(self) -> Org:
        """The org itself, for a test in the same process."""
        return org_of(self.app)

    @property
    def org_id(self) -> str:
        """The org's Id, 18 characters."""
        return self.org.config.org_id

    @property
    def authority(self) -> Path | None:
        """The file of the certificate authority, for a client's `verify`."""
        return self._authority.path if self._authority else None

    def serve(self) -> None:
        """Answer calls until `stop`; blocks."""
        with self._lock:  # a thread that comes here late finds the socket open, or goes home
            if self._is_closed:
                return
            self._is_serving = True
        # A short poll, so that a test's fixture ends quickly.
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """End `serve`; callable from any thread but the serving one."""
        self._server.shutdown()

    def close(self) -> None:
        """Stop listening and release the data. Calls that still run are not waited for."""
        with self._lock:
            self._is_closed = True
        if self._is_serving:
            self._server.shutdown()
        self._server.server_close()
        self._server.end_resting()
        self.org.close()
        if self._authority:
            self._authority.close()


@contextmanager
def running(
    config: DevorgConfig, port: int = 0, host: str = "127.0.0.1", *, tls: bool = False
) -> Iterator[RunningOrg]:
    """An org served on a thread of this process, on loopback; port 0 takes a free one."""
    served = RunningOrg(create_org_app(config), host, port, tls=tls)
    thread = threading.Thread(target=served.serve, name="devorg", daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.close()
        thread.join(timeout=5)
