"""The cookies of the console: host only, unreadable for scripts, set in one way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Request, Response

from app.config import Config


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie by its name and longest life.

    Lax: the way back from a login elsewhere, which is a navigation, carries it. Where there is
    HTTPS it is bound to the host; cookies ignore ports, so the names are our own.
    """

    name: str
    life: timedelta

    def read(self, request: Request, config: Config) -> str:
        """Its value; "" when the browser has none."""
        return request.cookies.get(self._name(config), "")

    def put(self, response: Response, config: Config, value: str) -> None:
        """Give it to the browser."""
        response.set_cookie(
            self._name(config),
            value,
            max_age=int(self.life.total_seconds()),
            secure=config.is_https,
            httponly=True,
            samesite="Lax",
            path="/",
        )

    def take_away(self, response: Response, config: Config) -> None:
        """Make the browser forget it."""
        response.delete_cookie(
            self._name(config), secure=config.is_https, httponly=True, samesite="Lax", path="/"
        )

    def _name(self, config: Config) -> str:
        return f"__Host-{self.name}" if config.is_https else self.name
