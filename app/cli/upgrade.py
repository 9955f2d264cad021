"""``flask --app wsgi upgrade``: bring the schemas up to date, once, before any process."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.db import schema
from app.db.database import private_folder
from app.web import context


@click.command()
@with_appcontext
def upgrade() -> None:
    """Run the migrations that are missing, ours and those of the durable workflows."""
    # loaded here alone: it takes a second, which no other command should wait for
    from app.jobs import workflows

    private_folder(context.config().home)  # the workflows' own file is there, whatever ours is
    schema.upgrade(context.database())
    workflows.migrate(context.config())
    click.echo("The schema is up to date.")
