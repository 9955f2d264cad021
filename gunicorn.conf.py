"""How gunicorn serves Inlay: threads, so that one slow Salesforce delays nobody else."""

import os
from pathlib import Path
from typing import Any


def _bind() -> str:
    """INLAY_BIND; every interface where a platform gives PORT; else this machine alone."""
    if platform_port := os.environ.get("PORT"):
        default = f"0.0.0.0:{platform_port}"
    else:
        default = f"127.0.0.1:{os.environ.get('INLAY_PORT') or '8000'}"
    return os.environ.get("INLAY_BIND") or default


bind = _bind()
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("INLAY_THREADS", "16"))
timeout = 60
graceful_timeout = 20
keepalive = 15
accesslog = None  # the application writes its own request line, without addresses
errorlog = "-"
wsgi_app = "wsgi:app"
# one path for all instances of a user; nothing of ours asks it
control_socket_disable = True

_home = Path(os.environ.get("INLAY_HOME") or ".inlay")
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_home / "metrics"))


def on_starting(server: Any) -> None:
    """Begin without old metrics: counters begin anew, as after any restart."""
    _home.mkdir(mode=0o700, parents=True, exist_ok=True)  # the database may come to lie here
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):  # theirs alone: the folder may be one that others use
        old.unlink(missing_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """Let the metrics forget a worker that ended."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
