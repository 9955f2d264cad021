"""A real web process for tests that kill it, forked like the workers; settings by INLAY_*."""

from __future__ import annotations

import os
import sys

from werkzeug.serving import make_server

from app import create_app
from app.config import load
from tests.outbox.worker_process import nursery


def main() -> None:
    """Serve until killed."""
    app = create_app(load())
    make_server("127.0.0.1", int(os.environ["TEST_PORT"]), app, threaded=True).serve_forever()


if __name__ == "__main__":
    nursery(main) if sys.argv[1:] == ["nursery"] else main()
