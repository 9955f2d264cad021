"""``flask --app wsgi upgrade``: bring the schema up to date, once, before any process."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.db import schema
from app.web.context import database


@click.command()
@with_appcontext
def upgrade() -> None:
    """Run the migrations that are missing."""
    schema.upgrade(database())
    click.echo("The schema is up to date.")
