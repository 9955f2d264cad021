"""``flask --app wsgi upgrade | worker | orgs … | staff … | system … | keys rotate | demo-seed``."""

from __future__ import annotations

from flask import Flask

from app.cli import (
    console,
    org_access,
    org_backfills,
    org_connection,
    org_deliveries,
    org_follow_ups,
    org_owners,
    org_preflight,
    org_records,
    org_settings,
)
from app.cli.demo import demo_seed
from app.cli.keys import keys
from app.cli.orgs import orgs
from app.cli.plain import OperatorGroup
from app.cli.system import system
from app.cli.upgrade import upgrade


def install(app: Flask) -> None:
    """Register all commands; those that are added later get the same treatment."""
    app.cli = OperatorGroup(app.name)
    for part in (
        org_settings,
        org_connection,
        org_access,
        org_deliveries,
        org_follow_ups,
        org_owners,
        org_records,
        org_backfills,
        org_preflight,
        console,
    ):
        part.install(orgs)
    for command in (upgrade, orgs, console.staff, system, keys, demo_seed):
        app.cli.add_command(command)
