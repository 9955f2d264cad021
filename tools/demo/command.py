"""A command of the app on the demo's data, with the demo's settings and secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from tools.demo.errors import DemoError
from tools.demo.home import Home
from tools.demo.plan import Plan, read_settings


def become(
    root: Path, environ: Mapping[str, str], arguments: Sequence[str], *, is_empty: bool = False
) -> NoReturn:
    """Replace this process by `flask --app wsgi` with these arguments; raises DemoError."""
    settings = read_settings(environ, is_empty=is_empty)
    home = Home(settings.home)
    if not home.has_secrets():
        raise DemoError(f"There is no demo in {home.path} yet: run `{settings.command}` first.")
    part = Plan(settings, home.secrets(), environ).command(*arguments)
    os.chdir(root)
    os.execve(part.command[0], part.command, dict(part.environment))  # noqa: S606
