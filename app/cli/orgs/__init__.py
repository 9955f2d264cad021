"""``flask --app wsgi orgs …``: what an operator does with tenants at a shell."""

from __future__ import annotations

import click

from app.cli.orgs import (
    access,
    admins,
    backfills,
    connection,
    deliveries,
    domains,
    follow_ups,
    life,
    owners,
    preflight,
    records,
    settings,
)


@click.group()
def orgs() -> None:
    """Tenants: their state, features, settings, keys, connection."""


for _part in (
    life,
    settings,
    connection,
    access,
    admins,
    deliveries,
    domains,
    follow_ups,
    owners,
    records,
    backfills,
    preflight,
):
    _part.install(orgs)
