"""What an operator did wrong is one line with the next step, never a traceback."""

from __future__ import annotations

import functools
from collections.abc import Callable
from copy import copy
from typing import Any

import click
from flask.cli import with_appcontext

from app.db import Database, schema
from app.errors import ConfigError, InlayError
from app.web import context

#: Commands that run before there is a schema.
_BEFORE_THE_SCHEMA = ("upgrade",)


class OperatorGroup(click.Group):
    """The application's commands, each of them checked before and plain when it fails."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, or a group of them, in its plain form; the original stays as it is."""
        super().add_command(_plain(cmd), name)


def _plain(command: click.Command) -> click.Command:
    made = copy(command)
    if isinstance(made, click.Group):
        made.commands = {name: _plain(one) for name, one in made.commands.items()}
    elif made.callback is not None:
        needs_schema = made.name not in _BEFORE_THE_SCHEMA
        made.callback = with_appcontext(_in_one_line(made.callback, needs_schema=needs_schema))
    return made


def _in_one_line(run: Callable[..., Any], *, needs_schema: bool) -> Callable[..., Any]:
    @functools.wraps(run)
    def plainly(*args: Any, **kwargs: Any) -> Any:
        try:
            _check_database(context.database(), needs_schema=needs_schema)
            return run(*args, **kwargs)
        except InlayError as error:
            raise click.ClickException(error.message) from error

    return plainly


def _check_database(database: Database, *, needs_schema: bool) -> None:
    """Raises ConfigError when the database does not answer, or has no schema of this release."""
    state = schema.state(database)
    if state == "database_down":
        raise ConfigError(
            "The database does not answer. Check DATABASE_URL (without one: the files in "
            "INLAY_HOME), and that its server runs."
        )
    if needs_schema and state == "migrations_pending":
        raise ConfigError(
            "The database lacks this release's schema: run `flask --app wsgi upgrade` first."
        )
