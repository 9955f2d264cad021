"""A port: what a room asks of another that it may not import, filled by ``create_app``."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from flask import Flask

from app.errors import ConfigError

Filling = TypeVar("Filling")


class Port(Generic[Filling]):
    """One per question; what fills it belongs to an application."""

    def __init__(self, name: str, unfilled: str) -> None:
        """``unfilled`` is said where nothing was plugged in."""
        self._name = f"inlay.{name}"
        self._unfilled = unfilled

    def plug(self, app: Flask, filling: Filling) -> None:
        """Fill the port."""
        app.extensions[self._name] = filling

    def of(self, app: Flask) -> Filling:
        """What was plugged in.

        Raises:
            ConfigError: Nothing was.
        """
        if self._name not in app.extensions:
            raise ConfigError(self._unfilled)
        return cast(Filling, app.extensions[self._name])
