"""Options that take a secret without showing it to everybody who may list the processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource


def secret_option(
    flag: str, variable: str, told: str, *, required: bool = False
) -> Callable[..., Any]:
    """An option for a secret: by ``variable``, or ``-`` (asked, else standard input), or ``@FILE``.

    The secret itself is still taken, with a warning: scripts of earlier releases go on.
    """
    return click.option(
        flag,
        envvar=variable,
        required=required,
        metavar="- | @FILE",
        help=f"{told} By {variable}; - asks for it or reads standard input.",
        callback=lambda ctx, param, value: _read(ctx, param, value, variable),
    )


def _read(
    ctx: click.Context, param: click.Parameter, value: str | None, variable: str
) -> str | None:
    source = ctx.get_parameter_source(param.name or "")
    if value is None or source is not ParameterSource.COMMANDLINE:
        return value
    if value == "-":
        found = _asked(param)
    elif value.startswith("@"):
        found = _file(value[1:])
    else:
        click.echo(
            f"Warning: others on this machine can read a secret in a command line, and the shell "
            f"keeps it. Give it by {variable}, as - or as @FILE, and renew this one.",
            err=True,
        )
        return value
    if not found:
        raise click.BadParameter("nothing was given.")
    return found


def _asked(param: click.Parameter) -> str:
    if sys.stdin.isatty():
        label = (param.name or "secret").replace("_", " ").capitalize()
        return str(click.prompt(label, hide_input=True, err=True)).strip()
    return sys.stdin.read().strip()


def _file(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"the file {name} cannot be read.") from error
