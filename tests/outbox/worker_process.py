"""A real worker process for tests that kill it; settings by INLAY_* and TEST_*.

`python worker_process.py` is one worker. With `nursery` it has everything loaded and forks one
worker for each line on its input (the file for its output), since loading takes seconds of CPU.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from app.config import load
from app.db import Database
from app.jobs.worker import Worker, WorkerOptions
from app.keys import Keyring
from app.orgs import features
from app.outbox.turns.lease import LeaseTimes
from app.salesforce.gateway import Gateway
from app.salesforce.transport import Timeouts


def main() -> None:
    """As ``flask --app wsgi worker`` does, with leases that die soon."""
    config = load()
    features.install()
    database = Database(config.database_url)
    timeouts = Timeouts(20, float(os.environ.get("TEST_READ_SECONDS", "60")))
    gateway = Gateway(config, database, Keyring(config.secret_keys), worker_timeouts=timeouts)
    dead_after = float(os.environ.get("TEST_DEAD_AFTER", "1.0"))
    options = WorkerOptions(
        threads=int(os.environ.get("TEST_THREADS", "2")),
        times=LeaseTimes(dead_after / 4, dead_after),
        has_schedules=os.environ.get("TEST_SCHEDULES") == "yes",
        grace_seconds=float(os.environ.get("TEST_GRACE", "20")),
    )
    worker = Worker(config, database, gateway, options)
    worker.stop_on_signals()
    try:
        worker.run()
    finally:
        gateway.close()
        database.dispose()


def nursery(run: Callable[[], None]) -> None:
    """Fork a process per line of input (the file for its output), and answer its process id."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            log = os.open(line.strip(), os.O_WRONLY | os.O_CREAT)
            for stream in (1, 2):
                os.dup2(log, stream)
            run()
            os._exit(0)
        print(pid, flush=True)  # noqa: T201  # the answer


if __name__ == "__main__":
    nursery(main) if sys.argv[1:] == ["nursery"] else main()
