"""A tiny canvas app of another site, for the tests of the parent: it keeps what it is posted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

# Sends messages in the words of Salesforce's client and keeps what it hears.
PAGE = b"""<!doctype html><html lang="en"><title>Stub</title><p>Stub app</p><script>
const heard = [];
addEventListener("message", (event) => heard.push({ origin: event.origin, data: event.data }));
function message(seq, body, instanceId) {
  const client = { oauthToken: "null", instanceId, targetOrigin: "*" };
  const config = { ...body.config, client };
  const whole = { accessToken: "null", ...body, config };
  return { seq, src: "client", clientVersion: "41.0", body: whole, targetModule: "Canvas" };
}
function send(seq, body, instanceId = window.name.substring("canvas-frame-".length)) {
  parent.postMessage(JSON.stringify(message(seq, body, instanceId)), "*");
}
</script></html>"""


@dataclass
class Posted:
    """One POST: its headers, and the signed request of its form."""

    headers: dict[str, str]
    signed_request: str


@dataclass
class StubApp:
    """What the app was sent, oldest first."""

    port: int = 0
    posts: list[Posted] = field(default_factory=list)
    # Paths with their queries, of what was opened without a signed request.
    gets: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """The app's own origin: `localhost`, another site than devorg's 127.0.0.1."""
        return f"http://localhost:{self.port}"


@contextmanager
def stub_app() -> Iterator[StubApp]:
    """The app, served on a thread on loopback."""
    app = StubApp()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Keep the post and answer the page."""
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            (signed_request,) = parse_qs(text)["signed_request"]
            app.posts.append(Posted(dict(self.headers), signed_request))
            self._answer(PAGE)

        def do_GET(self) -> None:
            """The same page: for who must approve first, or where nobody should lead the frame."""
            app.gets.append(self.path)
            self._answer(PAGE)

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    app.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield app
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
