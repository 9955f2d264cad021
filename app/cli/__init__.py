"""``flask --app wsgi upgrade | worker | orgs … | staff … | system … | keys rotate | demo-…``."""

from __future__ import annotations

from flask import Flask

from app.cli.demo import demo_begin, demo_seed
from app.cli.keys import keys
from app.cli.orgs import orgs
from app.cli.plain import OperatorGroup
from app.cli.staff import staff
from app.cli.system import system
from app.cli.upgrade import upgrade


def install(app: Flask) -> None:
    """Register all commands; those that are added later get the same treatment."""
    app.cli = OperatorGroup(app.name)
    for command in (upgrade, orgs, staff, system, keys, demo_seed, demo_begin):
        app.cli.add_command(command)
