"""What the canvas address asks of a room beside: the console, for admins who come from Salesforce.

Salesforce posts every canvas of the package to one address; which page is wanted stands in the
request. ``create_app`` plugs the console in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from flask import Flask

from app.errors import ConfigError
from app.orgs.admission import Verified

#: From a verified request, and how the frame reaches its parent, to the HTML of the frame.
OpenConsole = Callable[[Verified, Mapping[str, str]], str]

_EXTENSION = "inlay.open_console"


def plug_console(app: Flask, open_console: OpenConsole) -> None:
    """Fill the port."""
    app.extensions[_EXTENSION] = open_console


def console_of(app: Flask) -> OpenConsole:
    """What was plugged in.

    Raises:
        ConfigError: Nothing was.
    """
    if _EXTENSION not in app.extensions:
        raise ConfigError("Nothing opens the console in a frame; create_app plugs it in.")
    return cast(OpenConsole, app.extensions[_EXTENSION])
