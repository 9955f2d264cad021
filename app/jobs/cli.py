"""``flask --app wsgi worker``: delivers activities, ends visits, runs what has a schedule."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app.jobs.worker import Worker, WorkerOptions, process_name
from app.outbox.turns.lease import LeaseTimes
from app.salesforce.gateway import current_gateway
from app.web import context

_TIMES = LeaseTimes()


@click.command()
@click.option("--threads", default=4, show_default=True, help="Orgs that are served at once.")
@click.option("--name", default=None, help="Name of this worker; host and process by default.")
@click.option(
    "--heartbeat-seconds", default=_TIMES.heartbeat_seconds, show_default=True, type=float,
    help="How often a lease is renewed.",
)  # fmt: skip
@click.option(
    "--dead-after-seconds", default=_TIMES.dead_after_seconds, show_default=True, type=float,
    help="When another worker takes over a lease that is not renewed.",
)  # fmt: skip
@with_appcontext
def worker(
    threads: int, name: str | None, heartbeat_seconds: float, dead_after_seconds: float
) -> None:
    """Deliver activities to Salesforce until stopped (SIGTERM, Ctrl-C)."""
    if dead_after_seconds < 2 * heartbeat_seconds:
        raise click.UsageError("A lease must outlive at least two heartbeats.")
    options = WorkerOptions(
        name=name or process_name(),
        threads=max(1, threads),
        times=LeaseTimes(heartbeat_seconds, dead_after_seconds),
    )
    gateway = current_gateway()
    process = Worker(context.config(), context.database(), gateway, options)
    process.stop_on_signals()
    try:
        process.run()
    finally:
        gateway.close()
        current_app.extensions["inlay.database"].dispose()
