"""How gunicorn serves Inlay: threads, so that one slow Salesforce delays nobody else."""

import os
import shutil
from pathlib import Path
from typing import Any

_port = os.environ.get("PORT") or os.environ.get("INLAY_PORT") or "8000"
bind = os.environ.get("INLAY_BIND") or f"0.0.0.0:{_port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("INLAY_THREADS", "16"))
timeout = 60
graceful_timeout = 20
keepalive = 15
accesslog = None  # the application writes its own request line, without addresses
errorlog = "-"
wsgi_app = "wsgi:app"

_metrics = Path(os.environ.get("INLAY_HOME", ".inlay")) / "metrics"
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_metrics))


def on_starting(server: Any) -> None:
    """Begin with an empty metrics folder: counters begin anew, as after any restart."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """Let the metrics forget a worker that ended."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
