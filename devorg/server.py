"""Serves an org: Werkzeug's threaded server, for the command line and for tests alike.

One thread per connection, without a limit: a call that sleeps (a fault, a latency) blocks
nobody, which a pool of threads cannot promise. It also hands out the socket, which the `drop`
fault closes. It is no server for the open internet, and devorg must never be on it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from devorg.application import create_org_app
from devorg.config import DevorgConfig
from devorg.org import Org, org_of

_log = logging.getLogger("devorg")


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes; under Nagle's algorithm the second can wait 40 ms.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Quiet: the usage counter says what was called."""


class RunningOrg:
    """An org that answers at `url` until it is closed."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self.app = app
        self._server: BaseWSGIServer = make_server(
            host, port, app, threaded=True, request_handler=_Handler
        )
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.server_port}"
        self._serving = threading.Event()

    @property
    def org(self) -> Org:
        """The org itself, for a test in the same process."""
        return org_of(self.app)

    @property
    def org_id(self) -> str:
        """The org's Id, 18 characters."""
        return self.org.config.org_id

    def serve(self) -> None:
        """Answer calls until `stop`; blocks."""
        self._serving.set()
        # A short poll, so that a test's fixture ends quickly.
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """End `serve`; callable from any thread but the serving one."""
        self._server.shutdown()

    def close(self) -> None:
        """Stop listening and release the data. Calls that still run are not waited for."""
        if self._serving.is_set():
            self._server.shutdown()
        self._server.server_close()
        self.org.close()


@contextmanager
def running(config: DevorgConfig, port: int = 0, host: str = "127.0.0.1") -> Iterator[RunningOrg]:
    """An org served on a thread of this process, on loopback; port 0 takes a free one."""
    served = RunningOrg(create_org_app(config), host, port)
    thread = threading.Thread(target=served.serve, name="devorg", daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.close()
        thread.join(timeout=5)
