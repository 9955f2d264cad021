"""A real worker process for tests that kill it: `python worker_process.py`, settings by INLAY_*."""

from __future__ import annotations

import os

from app.config import load
from app.db import Database
from app.jobs.worker import Worker, WorkerOptions
from app.keys import Keyring
from app.orgs import features
from app.outbox.lease import LeaseTimes
from app.salesforce.gateway import Gateway
from app.salesforce.transport import Timeouts


def main() -> None:
    """As ``flask --app wsgi worker`` does, with leases that die soon."""
    config = load()
    features.install()
    database = Database(config.database_url)
    timeouts = Timeouts(2, float(os.environ.get("TEST_READ_SECONDS", "30")))
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


if __name__ == "__main__":
    main()
