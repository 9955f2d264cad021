"""What a request may ask of the application: settings, database, keys."""

from __future__ import annotations

from typing import cast

from flask import current_app

from app.config import Config
from app.db import Database
from app.keys import Keyring


def config() -> Config:
    """Settings of the running application."""
    return cast(Config, current_app.extensions["inlay.config"])


def database() -> Database:
    """Database of the running application."""
    return cast(Database, current_app.extensions["inlay.database"])


def keyring() -> Keyring:
    """Keys of the running application."""
    return cast(Keyring, current_app.extensions["inlay.keyring"])
