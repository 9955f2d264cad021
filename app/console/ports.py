"""What the console asks of a room beside: the widget, which draws a card as a user saw it.

``create_app`` plugs the widget in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from flask import Flask

from app.crm.models import Sight
from app.db import Database
from app.errors import ConfigError
from app.orgs.models import OrgUser

#: From an org, its user and what they were shown, to HTML.
ViewAs = Callable[[Database, UUID, OrgUser, Sight], str]

_EXTENSION = "inlay.view_as"


def plug_view_as(app: Flask, view_as: ViewAs) -> None:
    """Fill the port."""
    app.extensions[_EXTENSION] = view_as


def view_as_of(app: Flask) -> ViewAs:
    """What was plugged in.

    Raises:
        ConfigError: Nothing was.
    """
    if _EXTENSION not in app.extensions:
        raise ConfigError("Nothing draws a card as seen; create_app plugs the widget in.")
    return cast(ViewAs, app.extensions[_EXTENSION])
